{
    'name': "Aftercare Invoice Requests for Wallets",
    'summary': "Money in the wallet is invoiced when it is recharged or when it is spent",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_invoice_request', 'aftercare_wallet'],
    'data': ['views/res_config_settings_views.xml', 'views/wallet_templates.xml'],
    'auto_install': True,
}
