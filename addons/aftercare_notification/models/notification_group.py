from odoo import fields, models


class NotificationGroup(models.Model):
    """A part of the product whose messages a person switches on and off together."""

    _name = 'notification.group'
    _description = 'Notification Group'
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    description = fields.Char(translate=True, help="Shown to customers on their preferences page.")
    icon = fields.Char(default='fa-bell-o', help="A Font Awesome class, for example fa-ticket.")
    sequence = fields.Integer(default=50)
    event_ids = fields.One2many('notification.event', 'group_id')

    _code_uniq = models.Constraint('UNIQUE(code)', "The code of a group must be unique.")
