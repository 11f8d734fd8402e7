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
        'data/helpdesk_ticket_stage_data.xml',
    ],
}
