{
    'name': "Aftercare Referrals and Invoices",
    'summary': "Paid invoices bring commissions, credit notes take them back",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['account', 'aftercare_referral'],
    'data': ['data/ir_cron_data.xml', 'views/account_move_views.xml'],
    'auto_install': True,
}
