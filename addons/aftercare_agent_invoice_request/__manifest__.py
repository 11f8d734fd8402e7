{
    'name': "Aftercare Agent Invoice Requests",
    'summary': "Agents who see own customers only see only their invoice requests",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_agent', 'aftercare_invoice_request'],
    'data': ['security/aftercare_agent_invoice_request_security.xml'],
    'auto_install': True,
}
