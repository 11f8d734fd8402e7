{
    'name': "Aftercare Wallet",
    'summary': "A prepaid balance: recharge, pay, withdraw, one append-only book",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'aftercare_notification', 'account_payment', 'portal'],
    'data': [
        'security/aftercare_wallet_groups.xml',
        'security/ir.model.access.csv',
        'security/aftercare_wallet_security.xml',
    ],
}
