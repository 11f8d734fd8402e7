from odoo import api, models

CARD_TICKETS = 5


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    @api.model
    @api.readonly
    def get_customer_card(self, partner_id, ticket_id=False):
        """Return what the card beside a ticket shows of its customer.

        :param int partner_id: the ``res.partner``, which the user must be allowed to read
        :param int ticket_id: the ticket the card stands beside
        """
        partner = self.env['res.partner'].browse(partner_id)
        partner.check_access('read')
        customer = partner.commercial_partner_id
        domain = [
            ('commercial_partner_id', '=', customer.id),
            ('closed', '=', False),
            ('id', '!=', ticket_id),
        ]
        others = self.search_fetch(domain, ['number', 'name', 'stage_id'], limit=CARD_TICKETS)
        is_short = len(others) < CARD_TICKETS
        return {
            'id': partner.id,
            'name': partner.name or partner.display_name,
            'company': customer.name if customer != partner else '',
            'email': partner.email or '',
            'phone': partner.phone or '',
            'facts': [
                {'label': label, 'value': value}
                for label, value in self._get_customer_facts(partner)
                if value
            ],
            'agent': self._get_customer_agent(partner),
            'tickets': [
                {
                    'id': ticket.id,
                    'number': ticket.number,
                    'name': ticket.name,
                    'stage': ticket.stage_id.name,
                }
                for ticket in others
            ],
            'open_count': len(others) if is_short else self.search_count(domain, limit=100),
        }

    @api.model
    def _get_customer_facts(self, partner):
        """Return what is worth knowing of a customer: pairs (label, value). Addons add theirs."""
        names = ('member_number', 'grade_id', 'region_id', 'country_id')
        known = partner.fields_get([name for name in names if name in partner._fields], ['string'])
        result = []
        for name in names:
            if name in known:
                value = partner[name] or partner.commercial_partner_id[name]
                is_record = isinstance(value, models.BaseModel)
                result.append((known[name]['string'], value.display_name if is_record else value))
        return result

    @api.model
    def _get_customer_agent(self, partner):
        """Return the customer's own agent, or False."""
        # sudo: service.agent - name and presence are no secret among colleagues
        agent = (partner.agent_id or partner.commercial_partner_id.agent_id).sudo()
        return bool(agent) and {
            'id': agent.id,
            'name': agent.name,
            'user_id': agent.user_id.id,
            'presence': agent.presence,
            'presence_label': dict(agent._fields['presence']._description_selection(self.env)).get(
                agent.presence
            ),
        }
