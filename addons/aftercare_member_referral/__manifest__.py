{
    'name': "Aftercare Members and Referrals",
    'summary': "Commission rates by the level of the affiliate",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_member', 'aftercare_referral'],
    'data': ['views/referral_rule_views.xml'],
    'auto_install': True,
}
