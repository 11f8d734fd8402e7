{
    'name': "Aftercare Helpdesk Members",
    'summary': "Tickets of members of a high level are more urgent",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk', 'aftercare_member'],
    'data': ['views/helpdesk_ticket_views.xml'],
    'auto_install': True,
}
