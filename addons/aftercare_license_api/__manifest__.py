{
    'name': "Aftercare Licence API",
    'summary': "Programs ask over the internet whether they are licensed and get a signed answer",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_license'],
    'external_dependencies': {'python': ['cryptography', 'jwt']},
    'data': [
        'security/ir.model.access.csv',
    ],
    'post_init_hook': '_create_keys',
}
