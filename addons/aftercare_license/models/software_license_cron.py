from odoo import api, models


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    @api.model
    def _cron_run(self):
        """Do what is due: reminders, grace, expiry, automatic renewal."""
