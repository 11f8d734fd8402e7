{
    'name': "Aftercare Wallet Shop",
    'summary': "Customers use their balance at the checkout",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_wallet_sale', 'website_sale'],
    'data': ['views/templates.xml'],
    'auto_install': True,
}
