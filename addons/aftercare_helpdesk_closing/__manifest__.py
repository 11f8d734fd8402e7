{
    'name': "Aftercare Helpdesk Closing",
    'summary': "Tickets that nobody goes on with close by themselves, and customers close and"
    " reopen theirs as the team allows",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk'],
    'data': [
        'data/mail_template_data.xml',
        'data/notification_event_data.xml',
        'data/ir_cron_data.xml',
        'views/helpdesk_closing_templates.xml',
        'views/helpdesk_ticket_views.xml',
        'views/helpdesk_ticket_team_views.xml',
    ],
}
