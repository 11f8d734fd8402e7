{
    'name': "Aftercare Working Time",
    'summary': "Public holidays, make-up workdays and travel reserve on working calendars",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'resource'],
    'external_dependencies': {'python': ['holidays']},
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_working_time_security.xml',
    ],
}
