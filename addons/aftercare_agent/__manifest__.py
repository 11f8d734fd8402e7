{
    'name': "Aftercare Agents",
    'summary': "Agents with regions, skills, presence and capacity; picks one and says why",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_region', 'aftercare_working_time'],
    'data': [
        'security/aftercare_agent_groups.xml',
        'security/ir.model.access.csv',
    ],
}
