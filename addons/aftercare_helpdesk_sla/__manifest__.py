{
    'name': "Aftercare Helpdesk SLA",
    'summary': "Service levels for tickets",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk', 'aftercare_sla'],
    'auto_install': True,
}
