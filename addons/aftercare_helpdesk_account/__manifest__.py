{
    'name': "Aftercare Helpdesk Account",
    'summary': "Refunds from a ticket",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk_after_sales', 'account'],
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_helpdesk_account_security.xml',
        'wizard/helpdesk_refund_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/account_move_views.xml',
    ],
    'auto_install': True,
}
