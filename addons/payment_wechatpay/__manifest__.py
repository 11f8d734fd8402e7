{
    'name': "Payment Provider: WeChat Pay",
    'summary': "Takes payments with a WeChat Pay merchant account",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_payment'],
    'external_dependencies': {'python': ['cryptography']},
    'data': [
        'views/payment_wechatpay_templates.xml',
        'views/payment_provider_views.xml',
        'data/payment_provider_data.xml',
    ],
    'assets': {
        'web.assets_frontend': ['payment_wechatpay/static/src/jsapi_page/jsapi_page.js'],
    },
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
}
