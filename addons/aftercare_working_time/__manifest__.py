{
    'name': "Aftercare Working Time",
    'summary': "Public holidays, make-up workdays and travel reserve on working calendars",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'resource'],
    'external_dependencies': {'python': ['holidays']},
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_working_time_security.xml',
        'data/ir_cron_data.xml',
        'data/mail_activity_type_data.xml',
        'views/resource_calendar_exception_views.xml',
        'views/resource_calendar_leaves_views.xml',
        'views/resource_calendar_views.xml',
        'wizard/resource_calendar_holiday_import_views.xml',
        'views/aftercare_working_time_menus.xml',
    ],
    'assets': {
        'web.assets_backend': ['aftercare_working_time/static/src/**/*'],
    },
}
