from collections import defaultdict

from odoo import api, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    @api.depends('helpdesk_ticket_ids.closed')
    def _compute_helpdesk_ticket_count(self):
        """Override of `helpdesk_mgmt`: count instead of loading every ticket of every partner."""
        all_partners = self.with_context(active_test=False).search_fetch(
            [('id', 'child_of', self.ids)], ['parent_id']
        )
        counts = defaultdict(lambda: [0, 0])
        for partner, is_closed, count in self.env['helpdesk.ticket']._read_group(
            [('partner_id', 'in', all_partners.ids)], ['partner_id', 'closed'], ['__count']
        ):
            while partner:
                counts[partner.id][0] += count
                counts[partner.id][1] += 0 if is_closed else count
                partner = partner.parent_id
        for partner in self:
            total, active = counts[partner._origin.id]
            partner.helpdesk_ticket_count = total
            partner.helpdesk_ticket_active_count = active
            partner.helpdesk_ticket_count_string = f'{active} / {total}'
