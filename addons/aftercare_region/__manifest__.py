{
    'name': "Aftercare Regions",
    'summary': "Finds the service region of an IP address or a postal address",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'contacts'],
    'data': [
        'security/ir.model.access.csv',
    ],
}
