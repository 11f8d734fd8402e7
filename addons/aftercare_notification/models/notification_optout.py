from odoo import fields, models


class NotificationOptout(models.Model):
    """A person who does not want the messages of a group over a channel."""

    _name = 'notification.optout'
    _description = 'Notification Opt-out'

    partner_id = fields.Many2one('res.partner', required=True, ondelete='cascade', index=True)
    group_id = fields.Many2one('notification.group', required=True, ondelete='cascade')
    channel = fields.Selection(
        selection=lambda self: self.env['notification.rule']._get_channels(), required=True
    )

    _partner_group_channel_uniq = models.Constraint(
        'UNIQUE(partner_id, group_id, channel)', "This is switched off already."
    )
