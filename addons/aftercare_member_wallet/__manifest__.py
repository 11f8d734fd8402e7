{
    'name': "Aftercare Member Wallet",
    'summary': "Money as a welcome bonus; spending from a bonus earns no level",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_member', 'aftercare_wallet'],
    'data': ['views/res_config_settings_views.xml', 'views/member_welcome_bonus_views.xml'],
    'auto_install': True,
}
