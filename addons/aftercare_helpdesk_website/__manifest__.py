{
    'name': "Aftercare Helpdesk Website",
    'summary': "The public ticket form of each team and better ticket pages in the portal",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['website', 'aftercare_helpdesk'],
    'external_dependencies': {'python': ['phonenumbers']},
    'data': [
        'data/ir_config_parameter_data.xml',
        'data/mail_template_data.xml',
        'data/website_menu_data.xml',
        'security/ir.model.access.csv',
        'views/helpdesk_form_templates.xml',
        'views/helpdesk_portal_templates.xml',
        'views/helpdesk_ticket_attempt_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/res_config_settings_views.xml',
    ],
    'assets': {
        'web.assets_frontend': [
            'aftercare_helpdesk_website/static/src/scss/*.scss',
            'aftercare_helpdesk_website/static/src/ticket_form/*.js',
        ],
        'web.assets_tests': [
            'aftercare_helpdesk_website/static/tests/tours/*.js',
        ],
    },
}
