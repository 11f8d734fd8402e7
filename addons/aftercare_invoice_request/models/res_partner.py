from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    invoice_request_count = fields.Integer(
        compute='_compute_invoice_request_count',
        groups='aftercare_invoice_request.aftercare_invoice_request_group_user',
    )

    # === COMPUTE METHODS === #
    def _compute_invoice_request_count(self):
        counts = dict(
            self.env['invoice.request']._read_group(
                [('commercial_partner_id', 'in', self.commercial_partner_id.ids)],
                ['commercial_partner_id'],
                ['__count'],
            )
        )
        for partner in self:
            partner.invoice_request_count = counts.get(partner.commercial_partner_id, 0)

    # === ACTION METHODS === #
    def action_view_invoice_requests(self):
        """Open the requests of the member and of everybody in the same company."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_invoice_request.invoice_request_action'
        )
        return action | {
            'domain': [('commercial_partner_id', '=', self.commercial_partner_id.id)],
            'context': {'default_partner_id': self.id},
        }
