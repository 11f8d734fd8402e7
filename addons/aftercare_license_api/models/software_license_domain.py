from odoo import models


class SoftwareLicenseDomain(models.Model):
    _inherit = 'software.license.domain'

    # The public page looks for whatever covers a host.
    _registrable_idx = models.Index('(registrable) WHERE registrable IS NOT NULL')
