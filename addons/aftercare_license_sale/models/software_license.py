from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import hash_sign, verify_hash_signed

RENEWAL_SCOPE = 'aftercare_license_sale.renew'
RENEWAL_LINK_HOURS = 24 * 120


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    sale_line_id = fields.Many2one(
        'sale.order.line',
        string="Order Line",
        readonly=True,
        copy=False,
        index='btree_not_null',
        ondelete='set null',
    )
    sale_unit = fields.Integer(
        string="Unit of the Line", readonly=True, copy=False, aggregator=None
    )
    sale_order_id = fields.Many2one(
        'sale.order',
        string="Order",
        related='sale_line_id.order_id',
        store=True,
        index='btree_not_null',
    )
    sale_origin = fields.Char(
        string="Order of Another System", readonly=True, copy=False, index='btree_not_null'
    )
    renewal_line_ids = fields.One2many('sale.order.line', 'license_id', string="Renewals")
    sale_order_count = fields.Integer(compute='_compute_sale_order_count')
    can_renew = fields.Boolean(compute='_compute_can_renew')
    import_id = fields.Many2one(
        'software.license.import', readonly=True, copy=False, index='btree_not_null'
    )

    # Whatever happens, a unit that was sold gives one licence.
    _sale_unit_uniq = models.UniqueIndex(
        '(sale_line_id, sale_unit) WHERE sale_line_id IS NOT NULL',
        "This unit of the order has a licence already.",
    )

    # === COMPUTE METHODS === #
    def _compute_sale_order_count(self):
        # sudo: sale.order.line - staff may know how many orders there are
        groups = (
            self.env['sale.order.line']
            .sudo()
            ._read_group(
                [('license_id', 'in', self.ids)], ['license_id'], ['order_id:count_distinct']
            )
        )
        renewals = {license.id: count for license, count in groups}
        for license in self:
            license.sale_order_count = bool(license.sale_order_id) + renewals.get(license.id, 0)

    @api.depends('state', 'policy_id', 'product_id')
    def _compute_can_renew(self):
        for license in self:
            license.can_renew = license._can_renew_online()

    # === ACTION METHODS === #
    def action_quote_renewal(self):
        """Make quotations that renew the licences, one for each customer."""
        for license in self:
            license._check_can_renew_online()
        orders = self.env['sale.order']
        for (partner, company), licenses in self.grouped(
            lambda license: (license.partner_id, license.company_id)
        ).items():
            orders |= self.env['sale.order'].create(
                licenses._prepare_renewal_order(partner, company)
            )
        action = self.env['ir.actions.act_window']._for_xml_id('sale.action_quotations')
        action |= {'domain': [('id', 'in', orders.ids)], 'context': {}}
        if len(orders) == 1:
            action |= {'views': [(False, 'form')], 'res_id': orders.id}
        return action

    def action_view_sale_orders(self):
        """Open the orders that issued and renewed the licence."""
        self.ensure_one()
        orders = self.sale_order_id | self.renewal_line_ids.order_id
        action = self.env['ir.actions.act_window']._for_xml_id('sale.action_orders')
        action |= {'domain': [('id', 'in', orders.ids)], 'context': {'create': False}}
        if len(orders) == 1:
            action |= {'views': [(False, 'form')], 'res_id': orders.id}
        return action

    # === BUSINESS METHODS: RENEWAL === #
    def _can_renew_online(self):
        """Tell whether buying the product again adds a term."""
        self.ensure_one()
        return self._can_renew() and self.product_id.product_tmpl_id._can_renew_license()

    def _check_can_renew_online(self):
        self.ensure_one()
        if not self._can_renew_online():
            raise UserError(
                self.env._("%(license)s can not be renewed. Please contact us.", license=self.name)
            )

    def _get_renewal_price(self, partner=None):
        """Return the price of one more term for a customer, and its currency."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id).with_context(
            aftercare_license_renewal=True
        )
        partner = (partner or self.partner_id).with_company(self.company_id)
        pricelist = partner.property_product_pricelist
        currency = pricelist.currency_id or self.company_id.currency_id
        price = pricelist._get_product_price(product, 1.0, currency=currency)
        return price, currency

    def _get_renewal_order(self, terms=1):
        """Return an open order of the customer that renews the licence; the same one again when
        he comes back.

        :param int terms: how many
        :raises UserError: when the licence can not be renewed
        """
        self.ensure_one()
        self._check_can_renew_online()
        # sudo: sale.order - the customer orders for himself
        license_sudo = self.sudo()
        line_sudo = license_sudo.renewal_line_ids.filtered(
            lambda line: line._is_open_renewal()
        ).sorted('id')[-1:]
        if not line_sudo:
            vals = license_sudo._prepare_renewal_order(self.partner_id, self.company_id, terms)
            order_sudo = license_sudo.env['sale.order'].create(vals)
            order_sudo.state = 'sent'
            return order_sudo
        if line_sudo.product_uom_qty != terms:
            line_sudo.product_uom_qty = terms
        line_sudo.order_id._recompute_prices()
        return line_sudo.order_id

    def _prepare_renewal_order(self, partner, company, terms=1):
        """Return the values of an order that renews the licences."""
        return {
            'partner_id': partner.id,
            'company_id': company.id,
            'origin': ', '.join(self.mapped('name')),
            'require_signature': False,
            'require_payment': True,
            'prepayment_percent': 1.0,
            'order_line': [
                Command.create(
                    {
                        'product_id': license.product_id.id,
                        'license_id': license.id,
                        'product_uom_qty': terms,
                    }
                )
                for license in self
            ],
        }

    def _get_renewal_url(self):
        """Override of `aftercare_license`: the page on which the owner renews; the link is signed,
        so that it works from a mail without a login."""
        self.ensure_one()
        # sudo: product.product - customers read a few products only
        if not self.sudo()._can_renew_online():
            return super()._get_renewal_url()
        return f'{self.get_base_url()}/my/licenses/{self.id}/renew?token={self._sign_renewal()}'

    def _sign_renewal(self):
        """Return a token that allows to renew this licence, for some months."""
        self.ensure_one()
        # sudo: ir.config_parameter - the secret of the database signs
        return hash_sign(
            self.sudo().env,
            RENEWAL_SCOPE,
            [self.id, self.commercial_partner_id.id],
            expiration_hours=RENEWAL_LINK_HOURS,
        )

    @api.model
    def _find_by_renewal_token(self, license_id, token):
        """Return the licence of a signed link, sudoed; empty when the link is no good, or the
        licence has another owner meanwhile."""
        # sudo: software.license - the token says that it may be renewed
        license_sudo = self.sudo().browse(license_id).exists()
        try:
            signed = verify_hash_signed(license_sudo.env, RENEWAL_SCOPE, token) if token else None
        except ValueError:  # no base64
            signed = None
        if license_sudo and signed == [license_sudo.id, license_sudo.commercial_partner_id.id]:
            return license_sudo
        return license_sudo.browse()

    # === BUSINESS METHODS: PARTS === #
    def _take_back_term(self, until, reason):
        """Give the licences an earlier end: a renewal that was paid back.

        :param until: naive UTC moment
        """
        self._set_end(until, 'unrenew', reason)

    def _set_end(self, until, kind, reason):
        """Give the licences any end, earlier or later, and the state that follows from it.

        :param until: naive UTC moment
        :param str kind: of the change, for the history
        """
        for license in self._lock_version():
            end = license[license._get_end_field()]
            license.write(license._prepare_end_values(until, until.day))
            license._wake()
            license._log(
                kind,
                old=license._format_moment(end),
                new=license._format_moment(until),
                reason=reason,
            )

    def _notify_event(self, code, extra=None):
        """Override of `aftercare_license`: an import need not write to everybody."""
        if not self.env.context.get('aftercare_license_silent'):
            super()._notify_event(code, extra)
