{
    'name': "Payment Provider: Alipay",
    'summary': "Takes payments with an Alipay merchant account",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_payment'],
    'external_dependencies': {'python': ['cryptography']},
    'data': [
        'views/payment_alipay_templates.xml',
        'views/payment_provider_views.xml',
        'data/payment_provider_data.xml',
    ],
    'post_init_hook': 'post_init_hook',
    'uninstall_hook': 'uninstall_hook',
}
