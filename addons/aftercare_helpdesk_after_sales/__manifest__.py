{
    'name': "Aftercare Helpdesk After-Sales",
    'summary': "The menu, the summary and the rules that after-sales actions on a ticket share",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk', 'product'],
    'data': ['views/helpdesk_ticket_views.xml'],
    'assets': {
        'web.assets_backend': ['aftercare_helpdesk_after_sales/static/src/**/*'],
    },
    'auto_install': True,
}
