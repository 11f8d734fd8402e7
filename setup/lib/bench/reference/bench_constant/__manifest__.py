{
    'name': "Bench: a constant answer",
    'version': '19.0.1.0.0',
    'category': 'Hidden',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['web'],
}
