{
    'name': "Aftercare Helpdesk Loyalty",
    'summary': "Coupons from a ticket",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk_after_sales', 'loyalty'],
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_helpdesk_loyalty_security.xml',
        'wizard/helpdesk_coupon_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/loyalty_card_views.xml',
    ],
    'auto_install': True,
}
