from . import payment_bill, payment_bill_line, payment_notice, payment_provider, payment_transaction
