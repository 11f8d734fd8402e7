{
    'name': "Aftercare Referrals and Licences",
    'summary': "Renewals of licences bring the commission of renewals",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_license_sale', 'aftercare_referral_account'],
    'auto_install': True,
}
