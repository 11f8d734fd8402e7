{
    'name': "Aftercare Helpdesk Macros",
    'summary': "One click for what agents do again and again: macros and ticket templates",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk'],
    'data': [
        'security/ir.model.access.csv',
        'security/helpdesk_macro_security.xml',
        'wizard/helpdesk_macro_apply_views.xml',
        'views/helpdesk_macro_views.xml',
        'views/helpdesk_ticket_template_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/aftercare_helpdesk_macro_menus.xml',
    ],
    'assets': {
        'web.assets_backend': ['aftercare_helpdesk_macro/static/src/**/*'],
        'web.assets_tests': ['aftercare_helpdesk_macro/static/tests/tours/**/*'],
    },
}
