{
    'name': "Aftercare Licence Sales",
    'summary': "Paid orders issue and renew licences",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_license', 'sale'],
    'data': [
        'security/ir.model.access.csv',
        'data/ir_cron_data.xml',
        'wizard/software_license_issue_views.xml',
        'views/portal_templates.xml',
        'views/product_views.xml',
        'views/res_config_settings_views.xml',
        'views/sale_order_views.xml',
    ],
    'auto_install': True,
}
