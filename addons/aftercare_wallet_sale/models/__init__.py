from . import payment_transaction, product_template, sale_order, wallet_account
