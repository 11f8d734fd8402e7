{
    'name': "Aftercare Member SLA",
    'summary': "Service levels that depend on the level of the customer",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_member', 'aftercare_sla'],
    'data': ['views/sla_policy_views.xml'],
    'auto_install': True,
}
