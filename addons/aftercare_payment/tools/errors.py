from odoo.exceptions import UserError, ValidationError


class GatewayRefusal(ValidationError):
    """A gateway understood a request and, with a valid signature, said no.

    Any other ValidationError of a request means that nobody knows what the gateway did:
    it was down, or its answer cannot be trusted.
    """

    def __init__(self, message, code=''):
        super().__init__(message)
        self.code = code


class NoticeError(UserError):
    """A notification that cannot be trusted: nothing of it may be believed or kept."""
