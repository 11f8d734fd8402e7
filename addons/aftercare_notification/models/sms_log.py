from odoo import fields, models


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
    date = fields.Datetime(required=True)
    state = fields.Selection(
        [('accepted', "Accepted"), ('refused', "Refused")], required=True, default='accepted'
    )
    reason = fields.Char()
