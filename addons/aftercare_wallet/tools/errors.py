from odoo.exceptions import UserError


class WalletError(UserError):
    """What the wallet refuses, in the customer's words, with a code for programs."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code
