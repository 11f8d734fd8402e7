{
    'name': "Aftercare Licences",
    'summary': "Software licences bound to a domain, their policies, changes and history",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'aftercare_notification', 'portal', 'product'],
    'external_dependencies': {'python': ['idna', 'publicsuffixlist']},
    'data': [
        'security/aftercare_license_groups.xml',
        'security/ir.model.access.csv',
        'security/aftercare_license_security.xml',
        'data/ir_sequence_data.xml',
        'data/software_license_policy_data.xml',
    ],
    'post_init_hook': '_create_secret',
}
