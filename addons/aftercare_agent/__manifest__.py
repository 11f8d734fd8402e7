{
    'name': "Aftercare Agents",
    'summary': "Agents with regions, skills, presence and capacity; picks one and says why",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_region', 'aftercare_working_time'],
    'data': [
        'security/aftercare_agent_groups.xml',
        'security/ir.model.access.csv',
        'security/aftercare_agent_security.xml',
        'data/ir_cron_data.xml',
        'wizard/service_agent_handover_views.xml',
        'wizard/service_assignment_try_views.xml',
        'views/service_assignment_templates.xml',
        'views/service_assignment_views.xml',
        'views/service_agent_presence_log_views.xml',
        'views/service_agent_views.xml',
        'views/service_skill_views.xml',
        'views/service_region_views.xml',
        'views/res_partner_views.xml',
        'views/res_config_settings_views.xml',
        'views/aftercare_agent_menus.xml',
    ],
    'assets': {
        'web.assets_backend': [
            'aftercare_agent/static/src/**/*',
        ],
        'web.assets_tests': [
            'aftercare_agent/static/tests/tours/**/*',
        ],
    },
}
