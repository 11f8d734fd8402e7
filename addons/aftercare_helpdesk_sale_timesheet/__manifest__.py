{
    'name': "Aftercare Helpdesk Sales Timesheets",
    'summary': "Hours on tickets billed or taken from prepaid hours through a sales order",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': [
        'aftercare_helpdesk_timesheet',
        'aftercare_helpdesk_after_sales',
        'sale_timesheet',
    ],
    'data': [
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/account_analytic_line_views.xml',
        'views/sale_order_views.xml',
    ],
    'auto_install': True,
}
