{
    'name': "Aftercare Referrals",
    'summary': "Who brought whom, and the commission they earn",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_base', 'aftercare_notification', 'auth_signup', 'portal', 'product'],
    'data': [
        'security/aftercare_referral_groups.xml',
        'security/ir.model.access.csv',
    ],
}
