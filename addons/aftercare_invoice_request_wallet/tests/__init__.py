from . import test_invoice_wallet
