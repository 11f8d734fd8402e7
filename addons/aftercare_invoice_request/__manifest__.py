{
    'name': "Aftercare Invoice Requests",
    'summary': "Members ask for the invoice of what they paid",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'aftercare_notification', 'account', 'portal'],
    'data': [
        'security/aftercare_invoice_request_groups.xml',
        'security/ir.model.access.csv',
        'security/aftercare_invoice_request_security.xml',
        'data/ir_sequence_data.xml',
        'data/mail_activity_type_data.xml',
        'data/ir_cron_data.xml',
    ],
}
