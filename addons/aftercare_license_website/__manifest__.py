{
    'name': "Aftercare Licence Shop",
    'summary': "Asks for the licensed domain in the online shop",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_license_sale', 'website_sale'],
    'data': ['views/templates.xml'],
    'assets': {
        'web.assets_frontend': ['aftercare_license_website/static/src/**/*'],
    },
    'auto_install': True,
}
