{
    'name': "Aftercare Helpdesk Links",
    'summary': "Merges, splits and links tickets",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk'],
    'data': [
        'security/ir.model.access.csv',
        'security/helpdesk_ticket_link_security.xml',
        'wizard/helpdesk_ticket_merge_views.xml',
        'wizard/helpdesk_ticket_split_views.xml',
        'views/helpdesk_ticket_views.xml',
    ],
}
