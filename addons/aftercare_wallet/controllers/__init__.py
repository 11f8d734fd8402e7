from . import portal, portal_invoice, portal_withdrawal
