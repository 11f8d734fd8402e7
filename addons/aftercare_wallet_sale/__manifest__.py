{
    'name': "Aftercare Wallet Sales",
    'summary': "Orders are paid from the wallet, wholly or in part",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_wallet', 'sale'],
    'auto_install': True,
}
