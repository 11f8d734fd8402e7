{
    'name': "Aftercare Payment Providers",
    'summary': "What providers with a direct merchant account share: orders, notices, bills, simulator",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'payment'],
    'external_dependencies': {'python': ['cryptography']},
    'data': [
        'security/aftercare_payment_groups.xml',
        'security/ir.model.access.csv',
    ],
}
