from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT


class SmsLog(models.Model):
    """What the log gateway was given instead of a telephone network."""

    _name = 'sms.log'
    _description = 'SMS Log'
    _order = 'id desc'
    _rec_name = 'number'

    company_id = fields.Many2one('res.company', ondelete='cascade', index='btree_not_null')
    uuid = fields.Char(string="UUID", index='btree_not_null')
    number = fields.Char(index=True)
    body = fields.Text(string="Text")
    date = fields.Datetime(required=True, index=True)
    state = fields.Selection(
        [('accepted', "Accepted"), ('refused', "Refused")], required=True, default='accepted'
    )
    reason = fields.Char()

    # === BUSINESS METHODS === #
    @api.autovacuum
    def _gc_sms_logs(self):
        """Delete what is older than the notification log is kept."""
        limit = fields.Datetime.now() - timedelta(days=self.env['notification.log']._get_days())
        rows = self.search([('date', '<', limit)], limit=GC_UNLINK_LIMIT)
        rows.unlink()
        return len(rows), len(rows) == GC_UNLINK_LIMIT
