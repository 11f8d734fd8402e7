from odoo.exceptions import UserError


class LicenseError(UserError):
    """A refusal in the user's words, with a stable ``code`` for programs."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code
