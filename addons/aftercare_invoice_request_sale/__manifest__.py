{
    'name': "Aftercare Invoice Requests for Sales",
    'summary': "Members ask for the invoices of their paid orders",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'LGPL-3',
    'depends': ['aftercare_invoice_request', 'sale'],
    'data': ['views/sale_order_views.xml', 'views/portal_templates.xml'],
    'auto_install': True,
}
