from odoo import fields, models


class HelpdeskMacroUse(models.Model):
    """Somebody has used a macro. Rows instead of a counter: agents do not wait for each other."""

    _name = 'helpdesk.macro.use'
    _description = "Use of a Macro"
    _order = 'id desc'
    _rec_name = 'macro_id'

    macro_id = fields.Many2one(
        comodel_name='helpdesk.macro', required=True, index=True, ondelete='cascade'
    )
    user_id = fields.Many2one(comodel_name='res.users', required=True, ondelete='cascade')
    ticket_count = fields.Integer(string="Tickets", required=True)

    _mine_idx = models.Index('(user_id, macro_id)')
