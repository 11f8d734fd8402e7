{
    'name': "Aftercare Agent Licences",
    'summary': "Agents who see own customers only see only their licences",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_agent', 'aftercare_license'],
    'data': ['security/aftercare_agent_license_security.xml'],
    'auto_install': True,
}
