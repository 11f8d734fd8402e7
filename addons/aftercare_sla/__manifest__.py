{
    'name': "Aftercare SLA",
    'summary': "Service level policies, clocks and pauses for any record",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'aftercare_working_time'],
    'data': [
        'security/ir.model.access.csv',
        'security/aftercare_sla_security.xml',
        'data/ir_cron_data.xml',
        'data/mail_activity_type_data.xml',
        'views/sla_policy_views.xml',
        'views/sla_status_views.xml',
        'views/aftercare_sla_menus.xml',
    ],
    'assets': {
        'web.assets_backend': [
            'aftercare_sla/static/src/**/*',
            ('remove', 'aftercare_sla/static/src/sla_status_graph/**/*'),
        ],
        'web.assets_backend_lazy': ['aftercare_sla/static/src/sla_status_graph/**/*'],
    },
}
