from collections import Counter

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    service_record_count = fields.Integer(
        string="Service Records", compute='_compute_service_record_count', groups='base.group_user'
    )

    # === COMPUTE METHODS === #

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_service_record_count(self):
        """Count the tickets the user may know of as the customers' salesperson."""
        partners = self.with_context(active_test=False).search_fetch(
            [('id', 'child_of', self.ids)], ['parent_id']
        )
        counts = Counter()
        for partner, count in self.env['helpdesk.ticket.head']._read_group(
            [('partner_id', 'in', partners.ids)], ['partner_id'], ['__count']
        ):
            while partner:
                counts[partner.id] += count
                partner = partner.parent_id
        for partner in self:
            partner.service_record_count = counts[partner._origin.id]

    # === ACTION METHODS === #

    def action_view_service_records(self):
        """Show how the customer is served: his tickets' heads and processing records."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'aftercare_helpdesk_record.helpdesk_ticket_head_action'
            ),
            'domain': [('partner_id', 'child_of', self.id)],
        }
