from odoo import fields, models


class HelpdeskTicketMerging(models.Model):
    """What was carried from one ticket to another, so that it can be taken back."""

    _name = 'helpdesk.ticket.merging'
    _description = "Merging of Tickets"
    _order = 'id desc'
    _rec_name = 'source_id'

    source_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, index=True, ondelete='cascade'
    )
    target_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, index=True, ondelete='cascade'
    )
    user_id = fields.Many2one(
        comodel_name='res.users', required=True, default=lambda self: self.env.uid
    )
    stage_id = fields.Many2one(
        comodel_name='helpdesk.ticket.stage', help="Where the merged ticket was before."
    )
    message_ids = fields.Many2many(comodel_name='mail.message', string="Messages")
    attachment_ids = fields.Many2many(
        comodel_name='ir.attachment', string="Attachments", bypass_search_access=True
    )
    belongings = fields.Json(help="What else was carried over: model → ids.")
    is_undone = fields.Boolean()
