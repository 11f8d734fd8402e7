from odoo import fields, models


class HelpdeskTicketAttempt(models.Model):
    """One use of a public ticket form: what the rate limits count."""

    _name = 'helpdesk.ticket.attempt'
    _description = "Ticket Form Attempt"
    _order = 'id desc'

    ip = fields.Char(string="IP Address", required=True, readonly=True)
    email = fields.Char(readonly=True)
    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', ondelete='set null', index='btree_not_null', readonly=True
    )
