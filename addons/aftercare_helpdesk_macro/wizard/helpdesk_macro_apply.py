from odoo import api, fields, models
from odoo.tools import is_html_empty


class HelpdeskMacroApply(models.TransientModel):
    """What a macro is about to do: the agent reads, changes and confirms."""

    _name = 'helpdesk.macro.apply'
    _description = "Use a Macro"

    ticket_ids = fields.Many2many(comodel_name='helpdesk.ticket', required=True, readonly=True)
    ticket_count = fields.Integer(compute='_compute_ticket_count')
    available_macro_ids = fields.Many2many(
        comodel_name='helpdesk.macro', compute='_compute_ticket_count'
    )
    macro_id = fields.Many2one(
        comodel_name='helpdesk.macro',
        required=True,
        ondelete='cascade',
        domain="[('id', 'in', available_macro_ids)]",
    )
    summary = fields.Char(related='macro_id.summary')
    has_reply = fields.Boolean(compute='_compute_has_texts')
    has_note = fields.Boolean(compute='_compute_has_texts')
    reply_body = fields.Html(
        string="Reply to the Customer",
        compute='_compute_bodies',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    note_body = fields.Html(
        string="Internal Note",
        compute='_compute_bodies',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    partner_id = fields.Many2one(comodel_name='res.partner', compute='_compute_ticket_count')

    @api.depends('ticket_ids')
    def _compute_ticket_count(self):
        Macro = self.env['helpdesk.macro']
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            wizard.ticket_count = len(tickets)
            wizard.available_macro_ids = Macro.search(Macro._get_domain_for(tickets))
            wizard.partner_id = len(tickets) == 1 and tickets.partner_id

    @api.depends('macro_id', 'ticket_ids')
    def _compute_bodies(self):
        """The texts as the customer will read them; for many tickets each gets his own."""
        for wizard in self:
            tickets, macro = wizard.ticket_ids._origin, wizard.macro_id
            is_shown = bool(macro) and len(tickets) == 1
            wizard.reply_body = is_shown and macro._render_text('reply_body', tickets)
            wizard.note_body = is_shown and macro._render_text('note_body', tickets)

    @api.depends('macro_id', 'ticket_ids')
    def _compute_has_texts(self):
        for wizard in self:
            is_single = len(wizard.ticket_ids) == 1
            wizard.has_reply = is_single and not is_html_empty(wizard.macro_id.reply_body)
            wizard.has_note = is_single and not is_html_empty(wizard.macro_id.note_body)

    def action_apply(self):
        """Use the macro, with the texts as the agent has left them."""
        self.ensure_one()
        is_single = len(self.ticket_ids) == 1
        self.macro_id._apply(
            self.ticket_ids,
            reply=(self.reply_body or '') if is_single else None,
            note=(self.note_body or '') if is_single else None,
        )
        return {'type': 'ir.actions.act_window_close'}
