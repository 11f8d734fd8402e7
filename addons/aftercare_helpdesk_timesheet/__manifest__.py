{
    'name': "Aftercare Helpdesk Timesheets",
    'summary': "Hours on tickets, logged by hand or with a timer",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk', 'hr_timesheet'],
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_helpdesk_timesheet_security.xml',
        'wizard/helpdesk_timer_stop_views.xml',
        'views/account_analytic_line_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/aftercare_helpdesk_timesheet_menus.xml',
    ],
    'assets': {
        'web.assets_backend': ['aftercare_helpdesk_timesheet/static/src/**/*'],
        'web.assets_tests': ['aftercare_helpdesk_timesheet/static/tests/tours/**/*'],
    },
    'auto_install': True,
}
