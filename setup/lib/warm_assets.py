# Run by `odoo shell`: compiles the asset bundles into the database.
BUNDLES = (
    'web.assets_backend',
    'web.assets_backend_lazy',
    'web.assets_web',
    'web.assets_web_dark',
    'web.assets_frontend',
    'web.assets_frontend_minimal',
    'web.assets_frontend_lazy',
    'web.assets_tests',
    'web.report_assets_common',
    'web.chartjs_lib',
)
for bundle in BUNDLES:
    for rtl in (False, True):
        files = env['ir.qweb']._get_asset_bundle(bundle, css=True, js=True, rtl=rtl)  # noqa: F821
        if files.stylesheets:
            files.css()
        if files.javascripts and not rtl:
            files.js()
env.cr.commit()  # noqa: F821
