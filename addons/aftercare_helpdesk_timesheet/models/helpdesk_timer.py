from odoo import fields, models


class HelpdeskTimer(models.Model):
    """The clock of a user that runs while he works on a ticket."""

    _name = 'helpdesk.timer'
    _description = "Running Timer"
    _order = 'date_start'
    _rec_name = 'ticket_id'

    user_id = fields.Many2one(
        comodel_name='res.users',
        required=True,
        default=lambda self: self.env.uid,
        ondelete='cascade',
    )
    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, index=True, ondelete='cascade'
    )
    date_start = fields.Datetime(string="Started", required=True, default=fields.Datetime.now)

    _user_uniq = models.Constraint('UNIQUE(user_id)', "Only one timer runs for each user.")
