from odoo import fields, models


class ResourceCalendar(models.Model):
    """Public holidays and make-up workdays come from the official lists."""

    _inherit = 'resource.calendar'

    holiday_country_id = fields.Many2one('res.country', string="Holidays of")

    def _skip_holidays(self, dates):
        """Remember dates that someone changed by hand, so that no import touches them again."""
