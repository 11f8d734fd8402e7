from odoo.exceptions import UserError


class WalletError(UserError):
    """What the wallet refuses, in the customer's words, with a code for programs.

    Codes: INSUFFICIENT_FUNDS, INVALID_AMOUNT, LIMIT_EXCEEDED, BELOW_MINIMUM, WRONG_CURRENCY, FROZEN,
    NO_ACCOUNTING, NOT_POSSIBLE.
    """

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code
