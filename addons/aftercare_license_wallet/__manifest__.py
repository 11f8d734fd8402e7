{
    'name': "Aftercare Licence Renewal from the Wallet",
    'summary': "Licences renew themselves from the balance of their owner",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_license_sale', 'aftercare_wallet_sale'],
    'auto_install': True,
}
