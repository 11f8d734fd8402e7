from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskRepair(models.TransientModel):
    """An agent orders a repair for the customer of a ticket."""

    _name = 'helpdesk.repair'
    _inherit = 'helpdesk.after.sales'
    _description = "Repair"
    _switch = 'can_repair'

    product_id = fields.Many2one(
        comodel_name='product.product',
        compute='_compute_product_id',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    product_choices = fields.Json(
        compute='_compute_product_choices', export_string_translation=False
    )
    lot_id = fields.Many2one(
        comodel_name='stock.lot',
        string="Serial Number",
        compute='_compute_lot_id',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    lot_choices = fields.Json(compute='_compute_lot_choices', export_string_translation=False)
    is_under_warranty = fields.Boolean(
        string="Under warranty", help="The customer pays nothing: parts get the price zero."
    )
    is_confirmed = fields.Boolean(
        string="Confirm at once",
        default=True,
        help="The workshop may begin. Else the order waits for somebody there to confirm it.",
    )
    schedule_date = fields.Datetime(
        string="Scheduled for", required=True, default=fields.Datetime.now
    )
    description = fields.Html(
        string="For the workshop",
        compute='_compute_description',
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    def _compute_product_choices(self):
        for wizard in self:
            wizard.product_choices = [
                {'id': product.id, 'title': product.display_name}
                for product in wizard._get_available_products()
            ]

    @api.depends('ticket_id')
    def _compute_product_id(self):
        for wizard in self:
            products = wizard._get_available_products()
            wizard.product_id = (wizard.ticket_id.product_id & products) or (
                len(products) == 1 and products
            )

    @api.depends('product_id')
    def _compute_lot_choices(self):
        for wizard in self:
            wizard.lot_choices = [
                {'id': lot_sudo.id, 'title': lot_sudo.name}
                for lot_sudo in wizard._get_available_lots()
            ]

    @api.depends('product_id')
    def _compute_lot_id(self):
        for wizard in self:
            lots_sudo = wizard._get_available_lots()
            # sudo: stock.lot - one of those that may be chosen
            wizard.lot_id = (wizard.ticket_id.lot_id.sudo() & lots_sudo) or (
                len(lots_sudo) == 1 and lots_sudo
            )

    @api.depends('ticket_id')
    def _compute_description(self):
        for wizard in self:
            wizard.description = wizard.ticket_id.description

    # === CONSTRAINT METHODS === #

    @api.constrains('product_id', 'lot_id')
    def _check_product_id(self):
        for wizard in self.sudo(False):
            wizard._check_choice()

    # === BUSINESS METHODS === #

    def _get_available_products(self):
        """Return the products a repair may be about."""
        self.ensure_one()
        ticket = self.ticket_id
        if not ticket or not ticket._is_after_sales_open(self._switch):
            return self.env['product.product']
        return ticket._get_repairable_products()

    def _get_available_lots(self):
        """Return the customer's pieces of the product, by superuser rights."""
        self.ensure_one()
        ticket = self.ticket_id
        if not ticket or not ticket._is_after_sales_open(self._switch):
            return self.env['stock.lot'].sudo()
        return ticket._get_delivered_lots(self.product_id)

    def _get_default_message(self):
        """Override of `aftercare_helpdesk_after_sales`."""
        return self.env._(
            "We have opened a repair for you and keep you up to date. Please quote the reference "
            "when you send or bring us the product."
        )

    def _check_choice(self):
        """Override of `aftercare_helpdesk_after_sales`: only what the customer has."""
        super()._check_choice()
        if self.product_id not in self._get_available_products():
            raise UserError(
                self.env._(
                    "This product was not delivered to the customer. "
                    "If it is the right one, enter it on the ticket first."
                )
            )
        # sudo: stock.lot - compared only
        if self.lot_id and self.lot_id.sudo() not in self._get_available_lots():
            raise UserError(self.env._("This serial number was not delivered to the customer."))

    def _create_documents(self):
        """Override of `aftercare_helpdesk_after_sales`: an order as the workshop fills it in."""
        ticket = self.ticket_id
        company = ticket.company_id
        # sudo: repair.order - product and serial number were checked to be the customer's
        repair_sudo = (
            self.env['repair.order'].sudo().with_company(company).create(self._prepare_repair())
        )
        if self.is_confirmed:
            repair_sudo._action_repair_confirm()
        return repair_sudo

    def _prepare_repair(self):
        """Return the values of the repair order."""
        return {
            'company_id': self.ticket_id.company_id.id,
            'partner_id': self.partner_id.id,
            'product_id': self.product_id.id,
            'lot_id': self.lot_id.id,
            'picking_id': self._find_return().id,
            'product_qty': 1.0,
            'under_warranty': self.is_under_warranty,
            'schedule_date': self.schedule_date,
            'internal_notes': self.description,
            # Somebody in the workshop takes it.
            'user_id': False,
        }

    def _find_return(self):
        """Return the transfer by which the product comes to us, if the ticket has one."""
        pickings_sudo = self.ticket_id._get_after_sales_documents('stock.picking').get(
            self.ticket_id, self.env['stock.picking'].sudo()
        )
        return pickings_sudo.filtered(
            lambda picking: (
                picking.state != 'cancel'
                and picking._is_after_sales_return()
                and self.product_id in picking.move_ids.product_id
            )
        )[:1]

    def _get_note(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: what is repaired."""
        return self.env._(
            "%(documents)s: %(product)s",
            documents=super()._get_note(documents_sudo),
            product=documents_sudo._get_after_sales_summary(),
        )

    def _get_customer_facts(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: reference, product and who pays."""
        facts = [
            (self.env._("Repair"), documents_sudo.name),
            (self.env._("Product"), documents_sudo._get_after_sales_summary()),
        ]
        if documents_sudo.under_warranty:
            facts.append((self.env._("Warranty"), self.env._("Free of charge for you")))
        return facts

    def _get_result_action(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: open the order for who works with it."""
        if not documents_sudo.sudo(False).has_access('read'):
            return super()._get_result_action(documents_sudo)
        return {
            'type': 'ir.actions.act_window',
            'name': documents_sudo.name,
            'res_model': 'repair.order',
            'res_id': documents_sudo.id,
            'view_mode': 'form',
        }
