import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    license_policy_id = fields.Many2one(
        'software.license.policy',
        string="Licence Policy",
        ondelete='restrict',
        index='btree_not_null',
        tracking=True,
        help="Makes it a licensed product: the terms its licences are issued on.",
    )
    license_code = fields.Char(
        string="Product Code in Programs",
        compute='_compute_license_code',
        store=True,
        readonly=False,
        copy=False,
        help="The name under which installations ask about this product, e.g. acme-seo.",
    )
    is_licensed = fields.Boolean(compute='_compute_is_licensed', search='_search_is_licensed')
    license_type = fields.Selection(related='license_policy_id.license_type')
    license_count = fields.Integer(compute='_compute_license_count')

    _license_code_uniq = models.UniqueIndex(
        '(license_code) WHERE license_code IS NOT NULL',
        "Another product uses this code in programs already.",
    )

    # === COMPUTE METHODS === #
    @api.depends('license_policy_id')
    def _compute_is_licensed(self):
        for product in self:
            product.is_licensed = bool(product.license_policy_id)

    def _search_is_licensed(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('license_policy_id', '!=' if True in value else '=', False)]

    @api.depends('license_policy_id')
    def _compute_license_code(self):
        for product in self:
            if product.license_policy_id and not product.license_code:
                product.license_code = product._suggest_license_code()
            else:
                product.license_code = product.license_code

    def _compute_license_count(self):
        counts = dict(
            self.env['software.license']._read_group(
                [('product_tmpl_id', 'in', self.ids)], ['product_tmpl_id'], ['__count']
            )
        )
        for product in self:
            product.license_count = counts.get(product._origin, 0)

    # === CONSTRAINT METHODS === #
    @api.constrains('license_code')
    def _check_license_code(self):
        for product in self:
            if product.license_code and not re.fullmatch(
                r'[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?', product.license_code
            ):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is not fit for programs. Use lower-case letters, digits and "
                        "hyphens, e.g. “acme-seo”.",
                        code=product.license_code,
                    )
                )

    # === ACTION METHODS === #
    def action_view_licenses(self):
        """Open the licences of the product."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_action'
        )
        return action | {
            'domain': [('product_tmpl_id', 'in', self.ids)],
            'context': {'default_product_id': self.product_variant_id.id},
        }

    # === BUSINESS METHODS === #
    def _suggest_license_code(self):
        """Return a free code made of the product's name."""
        self.ensure_one()
        name = self.with_context(lang='en_US').name or ''
        slug = self.env['ir.http']._slugify(name, max_length=50) or 'product'
        slug = re.sub(r'[^a-z0-9-]+', '-', slug.lower()).strip('-') or 'product'
        # sudo: product.template - a code is taken in whichever company it is
        taken = set(
            self.sudo()
            .with_context(active_test=False)
            .search([('license_code', '=like', f'{slug}%'), ('id', 'not in', self._origin.ids)])
            .mapped('license_code')
        )
        code, number = slug, 1
        while code in taken:
            number += 1
            code = f'{slug}-{number}'
        return code
