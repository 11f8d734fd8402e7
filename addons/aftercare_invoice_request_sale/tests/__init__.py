from . import test_invoice_sale
