{
    'name': "Aftercare Helpdesk Review",
    'summary': "Tickets close only after the team's reviewers have agreed",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk'],
    'data': [
        'security/ir.model.access.csv',
        'security/helpdesk_ticket_review_security.xml',
        'data/mail_activity_type_data.xml',
        'wizard/helpdesk_ticket_review_decide_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/helpdesk_ticket_templates.xml',
    ],
}
