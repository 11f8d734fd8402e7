from . import portal
from . import portal_withdrawal
from . import portal_invoice
