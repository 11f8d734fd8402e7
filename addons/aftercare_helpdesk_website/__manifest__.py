{
    'name': "Aftercare Helpdesk Website",
    'summary': "The public ticket form of each team and better ticket pages in the portal",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['website', 'aftercare_helpdesk'],
    'external_dependencies': {'python': ['phonenumbers']},
    'data': [
        'security/ir.model.access.csv',
    ],
}
