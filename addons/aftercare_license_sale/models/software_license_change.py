from odoo import fields, models


class SoftwareLicenseChange(models.Model):
    _inherit = 'software.license.change'

    kind = fields.Selection(
        selection_add=[('unrenew', "Renewal taken back")], ondelete={'unrenew': 'cascade'}
    )
