{
    'name': "Aftercare Referrals and Wallet",
    'summary': "Commissions are credited to the wallet of the affiliate",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_referral_account', 'aftercare_wallet'],
    'data': [
        'data/ir_cron_data.xml',
        'views/portal_templates.xml',
        'views/referral_commission_views.xml',
    ],
    'auto_install': True,
}
