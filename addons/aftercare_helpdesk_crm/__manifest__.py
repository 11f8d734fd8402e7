{
    'name': "Aftercare Helpdesk CRM",
    'summary': "Sales leads submitted from a ticket",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk', 'crm'],
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_helpdesk_crm_security.xml',
        'data/utm_source_data.xml',
        'wizard/helpdesk_lead_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/crm_lead_views.xml',
    ],
    'auto_install': True,
}
