from . import wallet_order_refund
