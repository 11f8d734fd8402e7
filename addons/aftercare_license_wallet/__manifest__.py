{
    'name': "Aftercare Licence Renewal from the Wallet",
    'summary': "Licences renew themselves from the balance of their owner",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_license_sale', 'aftercare_wallet_sale'],
    'data': [
        'data/mail_template_data.xml',
        'data/notification_event_data.xml',
        'views/portal_templates.xml',
    ],
    'auto_install': True,
}
