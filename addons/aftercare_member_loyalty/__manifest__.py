{
    'name': "Aftercare Member Loyalty",
    'summary': "Loyalty points earn levels and are given as a welcome bonus",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_member', 'loyalty'],
    'data': [
        'views/member_welcome_bonus_views.xml',
        'views/res_config_settings_views.xml',
        'views/res_partner_grade_views.xml',
    ],
    'auto_install': True,
}
