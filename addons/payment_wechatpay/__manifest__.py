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
        'data/payment_provider_data.xml',
    ],
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
}
