{
    'name': "Aftercare Agent Notifications",
    'summary': "Messages to agents wait for their shifts",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_agent', 'aftercare_notification'],
    'auto_install': True,
}
