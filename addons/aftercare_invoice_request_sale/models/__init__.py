from . import account_move, invoice_source, payment_transaction, sale_order
