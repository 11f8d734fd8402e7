from odoo import api, fields, models
from odoo.tools import format_date


class HelpdeskTicket(models.Model):
    """Tickets are at least as urgent as the level of their customer asks for."""

    _inherit = 'helpdesk.ticket'

    partner_grade_id = fields.Many2one(
        related='commercial_partner_id.grade_id', string="Customer Level"
    )

    # === CRUD METHODS === #

    @api.model
    def _prepare_create_vals(self, vals_list):
        """Override of `aftercare_helpdesk` to raise the priority of members with a level."""
        vals_list = super()._prepare_create_vals(vals_list)
        partners = self.env['res.partner'].browse(
            {vals['partner_id'] for vals in vals_list if vals.get('partner_id')}
        )
        priorities = self._get_level_priorities(partners)
        for vals in vals_list:
            least = priorities.get(vals.get('partner_id'), '0')
            if least > (vals.get('priority') or '0'):
                vals['priority'] = least
        return vals_list

    def write(self, vals):
        """Override of `helpdesk_mgmt`: when a ticket gets its customer, it gets his priority. What
        people set afterwards stays."""
        if not vals.get('partner_id') or 'priority' in vals:
            return super().write(vals)
        changing = self.filtered(lambda ticket: ticket.partner_id.id != vals['partner_id'])
        result = super().write(vals)
        partner = self.env['res.partner'].browse(vals['partner_id'])
        least = self._get_level_priorities(partner)[partner.id]
        changing.filtered(
            lambda ticket: not ticket.closed and (ticket.priority or '0') < least
        ).priority = least
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_level_priorities(self, partners):
        """Return how urgent the tickets of customers are at least: dict of id → priority."""
        # sudo: res.partner - visitors and portal users send tickets, too
        return {
            partner.id: partner._get_level_partner().grade_id.service_priority or '0'
            for partner in partners.sudo()
        }

    @api.model
    def _get_customer_facts(self, partner):
        """Override of `aftercare_helpdesk` to say how long the level lasts and what it gives."""
        facts = super()._get_customer_facts(partner)
        holder = partner._get_level_partner()
        grade = holder.grade_id
        if not grade:
            return facts
        label = partner.fields_get(['grade_id'], ['string'])['grade_id']['string']
        parts = [grade.name]
        if holder.grade_until:
            until = format_date(self.env, holder.grade_until)
            parts.append(self.env._("until %(date)s", date=until))
        if grade.service_priority != '0':
            names = dict(grade._fields['service_priority']._description_selection(self.env))
            parts.append(
                self.env._("priority %(priority)s", priority=names[grade.service_priority])
            )
        return [(name, ', '.join(parts) if name == label else value) for name, value in facts]
