{
    'name': "Aftercare SLA Tests",
    'summary': "A record with service levels, for tests only",
    'version': '19.0.1.0.0',
    'category': 'Hidden/Tests',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_sla'],
    'data': ['security/ir.model.access.csv'],
}
