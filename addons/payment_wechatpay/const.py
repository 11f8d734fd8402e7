from odoo.addons.payment.const import SENSITIVE_KEYS

SENSITIVE_KEYS.update(
    (
        'wechatpay_private_key',
        'wechatpay_api_v3_key',
        'wechatpay_app_secret',
        'prepay_id',
        'code_url',
        'h5_url',
    )
)

GATEWAY_URL = 'https://api.mch.weixin.qq.com'
OPENID_URL = 'https://api.weixin.qq.com/sns/oauth2/access_token'
AUTHORIZE_URL = 'https://open.weixin.qq.com/connect/oauth2/authorize'

SCHEMA = 'WECHATPAY2-SHA256-RSA2048'
# How far the clocks of both sides may be apart, in seconds; also stops old messages.
CLOCK_TOLERANCE = 300
SIMULATOR_SERIAL = 'PUB_KEY_ID_SIMULATOR'
SIMULATOR_APPID = 'wx0simulator'
SIMULATOR_MCHID = '1900000000'

DEFAULT_PAYMENT_METHOD_CODES = {'wechat_pay'}
UNKNOWN_ORDER_CODES = {'ORDER_NOT_EXIST', 'ORDERNOTEXIST', 'RESOURCE_NOT_EXISTS', 'NOT_FOUND'}
NO_BILL_CODES = {'NO_STATEMENT_EXIST', 'NO_BILL_EXIST'}
