{
    'name': "Aftercare Helpdesk SLA",
    'summary': "Service levels for tickets",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk', 'aftercare_sla'],
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_helpdesk_sla_security.xml',
        'data/notification_event_data.xml',
        'views/helpdesk_ticket_views.xml',
        'views/sla_policy_views.xml',
        'views/sla_status_views.xml',
    ],
    'assets': {
        'web.assets_backend': ['aftercare_helpdesk_sla/static/src/desk/*.xml'],
    },
    'auto_install': True,
}
