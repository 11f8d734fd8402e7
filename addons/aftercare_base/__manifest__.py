{
    'name': "Aftercare",
    'summary': "The common ground of the Aftercare suite: category, menu, privilege, settings page",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['mail', 'portal', 'base_setup'],
    'data': [
        'data/ir_module_category_data.xml',
        'security/aftercare_base_groups.xml',
        'views/res_config_settings_views.xml',
        'views/aftercare_base_menus.xml',
    ],
    'assets': {
        'web.assets_tests': ['aftercare_base/static/tests/tours/**/*'],
    },
}
