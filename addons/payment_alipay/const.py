from odoo.addons.payment.const import SENSITIVE_KEYS

SENSITIVE_KEYS.update(
    (
        'alipay_private_key',
        'buyer_id',
        'buyer_user_id',
        'buyer_open_id',
        'buyer_logon_id',
        'bill_download_url',
        'qr_code',
    )
)

GATEWAY_URL = 'https://openapi.alipay.com/gateway.do'
SANDBOX_URL = 'https://openapi-sandbox.dl.alipaydev.com/gateway.do'
SIMULATOR_APP_ID = '2021000000SIMULATOR'
SIMULATOR_SELLER_ID = '2088000000000000'

DEFAULT_PAYMENT_METHOD_CODES = {'alipay'}
PAGE_METHODS = {
    'page': ('alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'),
    'wap': ('alipay.trade.wap.pay', 'QUICK_WAP_WAY'),
}
PAID_STATES = ('TRADE_SUCCESS', 'TRADE_FINISHED')
SUCCESS_CODE = '10000'
# The gateway's own troubles: whether it did anything is not known.
UNKNOWN_OUTCOME_CODES = {'20000', 'ACQ.SYSTEM_ERROR', 'aop.ACQ.SYSTEM_ERROR', 'isp.unknow-error'}
UNKNOWN_ORDER_CODES = {'ACQ.TRADE_NOT_EXIST'}
NO_BILL_CODES = {'isp.bill_not_exist', 'BILL_NOT_EXIST'}
