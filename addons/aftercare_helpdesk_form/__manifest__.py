{
    'name': "Aftercare Helpdesk Forms",
    'summary': "Extra fields of each team's tickets that appear when they apply, and the lists"
    " of the team",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk_website'],
    'data': [
        'security/ir.model.access.csv',
        'security/ir_embedded_actions_security.xml',
        'wizard/helpdesk_team_fields_views.xml',
        'views/helpdesk_form_templates.xml',
        'views/helpdesk_portal_templates.xml',
        'views/helpdesk_ticket_property_rule_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/helpdesk_team_lists.xml',
    ],
    'assets': {
        'web.assets_backend': [
            'aftercare_helpdesk_form/static/src/conditions/**/*',
            'aftercare_helpdesk_form/static/src/backend/**/*',
        ],
        'web.assets_frontend': [
            'aftercare_helpdesk_form/static/src/conditions/**/*',
            'aftercare_helpdesk_form/static/src/website/**/*',
        ],
        'web.assets_tests': ['aftercare_helpdesk_form/static/tests/tours/**/*'],
    },
    'post_init_hook': '_create_rules_of_known_fields',
}
