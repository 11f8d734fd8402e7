{
    'name': "Aftercare Members",
    'summary': "Customers register as members and get a number, a region, an agent",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': [
        'aftercare_agent',
        'aftercare_notification',
        'auth_signup',
        'partnership',
        'phone_validation',
        'portal',
    ],
    'external_dependencies': {'python': ['phonenumbers']},
    'data': [
        'security/ir.model.access.csv',
        'data/ir_sequence_data.xml',
    ],
}
