{
    'name': "Aftercare Helpdesk Repair",
    'summary': "Repair orders from a ticket",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk_stock', 'repair'],
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_helpdesk_repair_security.xml',
        'wizard/helpdesk_repair_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/repair_order_views.xml',
    ],
    'auto_install': True,
}
