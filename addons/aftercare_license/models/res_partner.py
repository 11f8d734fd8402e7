from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    license_ids = fields.One2many('software.license', 'partner_id', string="Licences")
    license_count = fields.Integer(
        compute='_compute_license_count', groups='aftercare_license.aftercare_license_group_user'
    )
    license_banned = fields.Boolean(
        string="Licences Banned",
        tracking=True,
        copy=False,
        groups='aftercare_license.aftercare_license_group_user',
        help="No licence of this customer is valid, whatever its state.",
    )

    # === COMPUTE METHODS === #
    def _compute_license_count(self):
        counts = dict(
            self.env['software.license']._read_group(
                [('commercial_partner_id', 'in', self.commercial_partner_id.ids)],
                ['commercial_partner_id'],
                ['__count'],
            )
        )
        for partner in self:
            partner.license_count = counts.get(partner.commercial_partner_id, 0)

    # === CRUD METHODS === #
    def write(self, vals):
        banning = self.browse()
        if 'license_banned' in vals:
            banned = bool(vals['license_banned'])
            banning = self.filtered(lambda partner: partner.license_banned != banned)
        res = super().write(vals)
        if banning:
            # sudo: software.license - programs must not go back to the answers of before
            self.env['software.license'].sudo().search(
                [('commercial_partner_id', 'in', banning.ids)]
            )._lock_version()
        return res

    # === ACTION METHODS === #
    def action_view_licenses(self):
        """Open the licences of the customer and of everybody in the same company."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_action'
        )
        return action | {
            'domain': [('commercial_partner_id', '=', self.commercial_partner_id.id)],
            'context': {'default_partner_id': self.id},
        }
