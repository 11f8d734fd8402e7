from odoo import api, fields, models


class SoftwareLicenseCheckin(models.Model):
    """How often the answer was which on a day."""

    _name = 'software.license.checkin'
    _description = 'Licence Check-in'
    _order = 'date desc, id desc'
    _rec_name = 'code'

    license_id = fields.Many2one(
        'software.license', string="Licence", required=True, ondelete='cascade'
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    code = fields.Char(string="Answer", required=True)
    count = fields.Integer(string="Checks", default=1)

    _day_uniq = models.UniqueIndex(
        '(license_id, date, code)', "The answers of a day are counted once."
    )
    _date_idx = models.Index('(date)')

    # === CRUD METHODS === #
    @api.autovacuum
    def _gc_checkins(self):
        """Forget what is older than a year and a month."""
        # sudo: software.license.checkin - housekeeping, of all companies
        self.sudo().search([('date', '<', 'today -13m')], limit=100_000).unlink()
