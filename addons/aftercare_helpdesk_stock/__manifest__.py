{
    'name': "Aftercare Helpdesk Stock",
    'summary': "Returns and exchanges from a ticket",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk_after_sales', 'stock'],
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_helpdesk_stock_security.xml',
        'wizard/helpdesk_return_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/stock_picking_views.xml',
    ],
    'assets': {
        'web.assets_tests': ['aftercare_helpdesk_stock/static/tests/tours/**/*'],
    },
    'auto_install': True,
}
