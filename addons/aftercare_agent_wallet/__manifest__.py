{
    'name': "Aftercare Agent Wallets",
    'summary': "Agents who see own customers only see only their wallets",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_agent', 'aftercare_wallet'],
    'data': ['security/aftercare_agent_wallet_security.xml'],
    'auto_install': True,
}
