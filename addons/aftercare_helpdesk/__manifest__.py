{
    'name': "Aftercare Helpdesk",
    'summary': "Teams that assign by rule, with a ticket desk a supervisor leaves open all day",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': [
        'helpdesk_mgmt',
        'helpdesk_type',
        'helpdesk_mgmt_rating',
        'aftercare_agent',
        'aftercare_notification',
    ],
    'data': [
        'security/aftercare_helpdesk_groups.xml',
        'security/ir.model.access.csv',
        'security/helpdesk_ticket_security.xml',
        'data/mail_template_data.xml',
        'data/sms_template_data.xml',
        'data/notification_event_data.xml',
        'data/helpdesk_ticket_stage_data.xml',
    ],
}
