{
    'name': "Aftercare Suite",
    'summary': "Installs the whole Aftercare suite, with a demo company on request",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': [
        'aftercare_helpdesk',
        'aftercare_helpdesk_sla',
        'aftercare_helpdesk_website',
        'aftercare_member',
        'aftercare_notification',
    ],
    'demo': ['demo/aftercare_demo.xml'],
    'application': True,
}
