{
    'name': "Aftercare Helpdesk Satisfaction",
    'summary': "How satisfied customers are: by agent, team and period, and in public",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk_website'],
    'data': [
        'security/ir.model.access.csv',
        'security/helpdesk_rating_report_security.xml',
        'data/mail_template_data.xml',
        'data/notification_event_data.xml',
        'data/ir_cron_data.xml',
        'report/helpdesk_rating_report_views.xml',
        'views/helpdesk_rating_templates.xml',
        'views/helpdesk_ticket_team_views.xml',
    ],
}
