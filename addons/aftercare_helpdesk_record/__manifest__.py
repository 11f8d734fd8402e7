{
    'name': "Aftercare Helpdesk Record",
    'summary': "Keeps a processing record of each ticket for supervisors and the customer's salesperson",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk_teamwork'],
    'data': [
        'security/ir.model.access.csv',
        'security/helpdesk_ticket_record_security.xml',
        'views/helpdesk_ticket_record_views.xml',
        'views/helpdesk_ticket_head_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/res_partner_views.xml',
    ],
    'assets': {
        'web.assets_backend': ['aftercare_helpdesk_record/static/src/**/*'],
    },
}
