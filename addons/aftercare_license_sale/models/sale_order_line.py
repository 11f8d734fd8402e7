from odoo import api, fields, models
from odoo.addons.aftercare_license.exceptions import LicenseError
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_round


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    is_licensed = fields.Boolean(related='product_id.is_licensed')
    takes_license_domain = fields.Boolean(compute='_compute_takes_license_domain')
    license_domain = fields.Text(
        string="Licensed Domain",
        copy=False,
        help="The domain of the licence; one per line when several licences are bought.",
    )
    license_domain_normalized = fields.Char(
        string="Licensed Domain (as compared)",
        compute='_compute_license_domain_normalized',
        store=True,
        copy=False,
    )
    license_id = fields.Many2one(
        'software.license',
        string="Renews",
        copy=False,
        index='btree_not_null',
        ondelete='restrict',
        help="The licence that this line prolongs, by as many terms as its quantity says.",
    )
    license_ids = fields.One2many('software.license', 'sale_line_id', string="Issued Licences")
    license_done_qty = fields.Integer(
        string="Licensed",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Licences issued, or terms added, and not taken back.",
    )
    license_refunded_qty = fields.Integer(
        string="Taken Back", readonly=True, copy=False, aggregator=None
    )
    license_problem = fields.Char(
        readonly=True, copy=False, help="Why the paid licence could not be issued or renewed."
    )
    license_old_end = fields.Datetime(string="End before Renewal", readonly=True, copy=False)
    license_new_end = fields.Datetime(string="End after Renewal", readonly=True, copy=False)

    # === COMPUTE METHODS === #
    @api.depends('product_id', 'license_id')
    def _compute_takes_license_domain(self):
        for line in self:
            policy = line.product_id.license_policy_id
            line.takes_license_domain = bool(
                policy and not line.license_id and policy._takes_domain()
            )

    @api.depends('license_domain', 'product_id', 'license_id')
    def _compute_license_domain_normalized(self):
        for line in self:
            try:
                hosts = line._parse_license_domains()
            except UserError:
                hosts = []
            line.license_domain_normalized = ' '.join(host.name for host in hosts) or False

    def _compute_invoice_status(self):
        """Override of `sale`: what another shop sold, it also invoiced."""
        imported = self.filtered(lambda line: line.order_id.external_source)
        imported.invoice_status = 'no'
        super(SaleOrderLine, self - imported)._compute_invoice_status()

    @api.depends('license_id')
    def _compute_price_unit(self):
        """Override of `sale` to add the dependency: renewals have a price of their own."""
        super()._compute_price_unit()

    @api.depends('license_id')
    def _compute_name(self):
        """Override of `sale` to add the dependency: renewals say what they renew."""
        super()._compute_name()

    # === CONSTRAINT METHODS === #
    @api.constrains('license_domain', 'product_id', 'product_uom_qty')
    def _check_license_domain(self):
        for line in self:
            # what was issued has the domain of its licence, which may have changed since
            if line.license_domain and not line.license_done_qty and line.state != 'cancel':
                line._check_license_domains_free(line._parse_license_domains())

    @api.constrains('license_id', 'product_id', 'order_id')
    def _check_license_id(self):
        for line in self.filtered('license_id'):
            # sudo: software.license - the owner is compared, whoever asks
            license_sudo = line.license_id.sudo()
            owner = license_sudo.commercial_partner_id
            if owner != line.order_id.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "This licence belongs to another customer and can not be renewed here."
                    )
                )
            if license_sudo.product_tmpl_id != line.product_id.product_tmpl_id:
                raise ValidationError(
                    self.env._(
                        "%(license)s is renewed with the product %(product)s.",
                        license=license_sudo.name,
                        product=license_sudo.product_id.display_name,
                    )
                )

    # === CRUD METHODS === #
    def write(self, vals):
        """Override of `sale`: what was issued can not be moved by editing the order."""
        if 'license_domain' in vals:
            self.filtered(
                lambda line: (line.license_domain or '') != (vals['license_domain'] or '')
            )._check_license_domain_editable()
        if 'license_id' in vals and any(line.license_done_qty for line in self):
            raise UserError(self.env._("The renewal took place already."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_licensed(self):
        if any(line.license_done_qty for line in self):
            raise UserError(
                self.env._("A line that issued or renewed licences can not be deleted.")
            )

    # === BUSINESS METHODS: DOMAIN === #
    def _parse_license_domains(self):
        """Return the hosts that the typed domains mean.

        :raises UserError: says in plain words what is wrong
        """
        self.ensure_one()
        if not self.takes_license_domain:
            return []
        return self.product_id._parse_license_domains(
            self.license_domain, self._get_license_units()
        )

    def _check_license_domains_free(self, hosts):
        """Refuse domains that are named twice or have a licence of the product already."""
        self.ensure_one()
        if not hosts or not self.product_id.license_policy_id.domain_unique:
            return
        siblings = self.order_id.order_line.filtered(
            lambda line: line.product_id == self.product_id and line != self
        )
        seen = set(' '.join(filter(None, siblings.mapped('license_domain_normalized'))).split())
        for host in hosts:
            if host.name in seen:
                raise LicenseError(
                    self.env._(
                        "%(domain)s is there twice: each licence is for a domain of its own.",
                        domain=host.display,
                    ),
                    'DOMAIN_TWICE',
                )
            seen.add(host.name)
        # sudo: software.license - the own licences of the line do not stand in its way
        self.product_id._check_license_domains_free(
            hosts, self.order_id.partner_id, self.sudo().license_ids
        )

    def _check_license_domain_editable(self):
        for line in self:
            # sudo: payment.transaction - customers may know that they paid
            if line.license_done_qty or line.order_id.sudo()._is_license_paid():
                raise UserError(
                    self.env._(
                        "%(product)s is paid already. Please change the domain on the licence "
                        "itself.",
                        product=line.product_id.display_name,
                    )
                )

    def _is_license_domain_editable(self):
        """Tell whether the domain can still be changed here."""
        self.ensure_one()
        # sudo: payment.transaction - buyers may not read what paid the order
        return (
            self.takes_license_domain
            and not self.license_done_qty
            and self.order_id.state != 'cancel'
            and not self.order_id.sudo()._is_license_paid()
        )

    # === BUSINESS METHODS: UNITS === #
    def _get_license_kind(self):
        """Return what paying the line does: issue, renew, service, or False for nothing."""
        self.ensure_one()
        if self.display_type or self.is_downpayment or not self.product_id:
            return False
        if self.license_id:
            return 'renew'
        policy = self.product_id.license_policy_id
        if not policy:
            return False
        return 'issue' if policy._issues_license() else 'service'

    def _get_license_units(self):
        """Return how many licences, or terms, the line is about."""
        self.ensure_one()
        return self._to_license_units(self.product_uom_qty, self.product_uom_id)

    def _to_license_units(self, quantity, uom):
        """Return a quantity as a number of whole units of the product."""
        if not self._get_license_kind() or quantity <= 0:
            return 0
        product_uom = self.product_id.uom_id
        if uom and uom != product_uom:
            quantity = uom._compute_quantity(quantity, product_uom, round=False)
        return int(float_round(quantity, precision_digits=3) // 1)

    def _get_invoice_paid_units(self):
        """Return how many units are on invoices that are paid."""
        self.ensure_one()
        paid = self.invoice_lines.filtered(
            lambda line: (
                line.move_id.move_type == 'out_invoice'
                and line.parent_state == 'posted'
                and line.move_id.payment_state in ('paid', 'in_payment')
            )
        )
        return sum(self._to_license_units(line.quantity, line.product_uom_id) for line in paid)

    def _get_credited_units(self):
        """Return how many units were given back by credit notes, corrections not counted.

        A credit note over less than the price of a unit, such as a rebate, gives no unit back.
        """
        self.ensure_one()
        unit_price = self.price_subtotal / self.product_uom_qty if self.product_uom_qty else 0
        credited = invoiced = 0
        for line in self.invoice_lines:
            if line.move_id.move_type == 'out_invoice' and line.parent_state != 'cancel':
                invoiced += self._to_license_units(line.quantity, line.product_uom_id)
            elif line.move_id.move_type == 'out_refund' and line.parent_state == 'posted':
                quantity = line.quantity
                if not self.currency_id.is_zero(unit_price):
                    quantity = min(quantity, line.price_subtotal / unit_price)
                credited += self._to_license_units(quantity, line.product_uom_id)
        return max(0, credited - max(0, invoiced - self._get_license_units()))

    # === BUSINESS METHODS: PRICE AND TEXT === #
    def _get_product_price_context(self):
        """Override of `sale` to ask for the price of renewals."""
        context = super()._get_product_price_context()
        if self.license_id:
            context['aftercare_license_renewal'] = True
        return context

    def _get_sale_order_line_multiline_description_sale(self):
        """Override of `sale` to say which licence is renewed."""
        description = super()._get_sale_order_line_multiline_description_sale()
        if self.license_id:
            # sudo: software.license - the buyer knows the licence he renews
            license_sudo = self.license_id.sudo()
            name = ' – '.join(filter(None, [license_sudo.name, license_sudo.domain_display]))
            description += '\n' + self.env._("Renewal of licence %(license)s", license=name)
        return description
