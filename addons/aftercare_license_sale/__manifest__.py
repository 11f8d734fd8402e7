{
    'name': "Aftercare Licence Sales",
    'summary': "Paid orders issue and renew licences",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_license', 'sale'],
    'auto_install': True,
}
