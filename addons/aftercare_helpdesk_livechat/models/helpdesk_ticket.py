from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    chat_ids = fields.One2many(
        comodel_name='discuss.channel', inverse_name='helpdesk_ticket_id', string="Chats"
    )
    chat_count = fields.Integer(compute='_compute_chat_count', compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends('chat_ids')
    def _compute_chat_count(self):
        counts = dict(
            self.env['discuss.channel']._read_group(
                [('helpdesk_ticket_id', 'in', self.ids)], ['helpdesk_ticket_id'], ['__count']
            )
            if self.ids
            else ()
        )
        for ticket in self:
            ticket.chat_count = counts.get(ticket._origin, 0)

    # === ACTION METHODS === #

    def action_open_chats(self):
        """Open the chat the ticket was made of, or the list if there are several."""
        self.ensure_one()
        chats = self.env['discuss.channel'].search([('helpdesk_ticket_id', '=', self.id)])
        if not chats:
            raise UserError(
                self.env._(
                    "Only members of the team may open this chat. Its transcript is in the "
                    "description."
                )
            )
        if len(chats) == 1:
            return chats.action_open_chat()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_helpdesk_livechat.discuss_channel_action'
        )
        return {**action, 'domain': [('helpdesk_ticket_id', '=', self.id)], 'context': {}}

    # === BUSINESS METHODS === #

    @api.model
    def _get_belongings(self):
        """Override of `aftercare_helpdesk`: chats go along."""
        return {**super()._get_belongings(), 'discuss.channel': 'helpdesk_ticket_id'}

    @api.model
    def _get_customer_facts(self, partner):
        """Override of `aftercare_helpdesk`: balance and licences, where the user may see them."""
        facts = super()._get_customer_facts(partner)
        known = {label for label, _value in facts}
        names = [name for name in ('license_count', 'wallet_balance') if name in partner._fields]
        for name, info in partner.fields_get(names, ['string']).items() if names else ():
            if info['string'] not in known:
                facts.append((self._get_fact_label(name, info['string']), partner[name]))
        return facts

    @api.model
    def _get_fact_label(self, name, label):
        return self.env._("Licences") if name == 'license_count' else label
