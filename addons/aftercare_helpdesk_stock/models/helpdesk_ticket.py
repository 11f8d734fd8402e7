from odoo import api, fields, models
from odoo.addons.aftercare_helpdesk_after_sales.models.helpdesk_ticket import GROUP
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import sql


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    lot_id = fields.Many2one(
        comodel_name='stock.lot',
        string="Serial Number",
        index='btree_not_null',
        compute='_compute_lot_id',
        store=True,
        readonly=False,
        help="Which of the pieces delivered to the customer the ticket is about.",
    )
    lot_choices = fields.Json(
        compute='_compute_lot_choices', groups=GROUP, export_string_translation=False
    )
    return_count = fields.Integer(string="Returns", compute='_compute_return_count', groups=GROUP)
    return_state = fields.Char(compute='_compute_return_count', groups=GROUP)

    # === DEFAULT METHODS === #

    def _auto_init(self):
        """Override: an empty column is what all existing tickets would compute one by one."""
        if not sql.column_exists(self.env.cr, 'helpdesk_ticket', 'lot_id'):
            sql.create_column(self.env.cr, 'helpdesk_ticket', 'lot_id', 'int4')
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends('product_id', 'commercial_partner_id')
    def _compute_lot_id(self):
        for ticket in self:
            # sudo: stock.lot - agents have no right in the warehouse
            lot_sudo = ticket.lot_id.sudo()
            if not lot_sudo or lot_sudo not in ticket._get_delivered_lots(ticket.product_id):
                ticket.lot_id = False

    @api.depends('product_id', 'commercial_partner_id')
    def _compute_lot_choices(self):
        for ticket in self:
            ticket.lot_choices = [
                {'id': lot_sudo.id, 'title': lot_sudo.name}
                for lot_sudo in ticket._get_delivered_lots(ticket.product_id)
            ]

    @api.depends_context('uid', 'lang')
    def _compute_return_count(self):
        self._compute_after_sales_counter('stock.picking', 'return_count', 'return_state')

    # === CONSTRAINT METHODS === #

    @api.constrains('lot_id')
    def _check_lot_id(self):
        for ticket in self.filtered('lot_id'):
            # sudo: stock.lot - agents have no right in the warehouse
            if ticket.lot_id.sudo() not in ticket._get_delivered_lots(ticket.product_id):
                raise ValidationError(
                    self.env._("This serial number was not delivered to the customer.")
                )

    # === ACTION METHODS === #

    def action_return(self):
        """Take back or exchange what the customer has received."""
        self._check_after_sales('can_return')
        return self._open_after_sales('helpdesk.return', self.env._("Return or Exchange"))

    def action_view_returns(self):
        """Show the returns and exchanges of the ticket."""
        return self._view_after_sales_documents(
            'stock.picking', self.env._("Returns of %(number)s", number=self.number)
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_after_sales_models(self):
        """Override of `aftercare_helpdesk_after_sales`: transfers come of tickets."""
        return [*super()._get_after_sales_models(), 'stock.picking']

    def _get_after_sales_actions(self):
        """Override of `aftercare_helpdesk_after_sales`: offer returns of what was delivered."""
        actions = super()._get_after_sales_actions()
        if self._is_after_sales_open('can_return') and self._find_returnable_pickings(limit=1):
            actions.append(
                {
                    'name': 'action_return',
                    'label': self.env._("Return or Exchange"),
                    'icon': 'fa-undo',
                    'sequence': 10,
                }
            )
        return actions

    def _get_returnable_domain(self):
        """Return which transfers the customer may send something back of."""
        self.ensure_one()
        if not self.commercial_partner_id:
            return Domain.FALSE
        return Domain(
            [
                ('state', '=', 'done'),
                ('picking_type_id.code', '=', 'outgoing'),
                ('partner_id.commercial_partner_id', '=', self.commercial_partner_id.id),
                ('company_id', '=', self.company_id.id),
            ]
        )

    def _find_returnable_pickings(self, limit=None):
        """Return the deliveries of the customer, the newest first, by superuser rights."""
        # sudo: stock.picking - limited to the customer of a ticket the user may write to
        return (
            self.env['stock.picking']
            .sudo()
            .search(self._get_returnable_domain(), order='date_done desc, id desc', limit=limit)
        )

    def _get_delivered_products(self):
        """Return what the customer has received of us, whether it came back or not."""
        self.ensure_one()
        # sudo: stock.move - limited to what was delivered to the customer of the ticket
        rows = (
            self.env['stock.move']
            .sudo()
            ._read_group(
                Domain('picking_id', 'any', self._get_returnable_domain())
                & Domain('state', '=', 'done'),
                ['product_id'],
            )
        )
        return self.env['product.product'].union(*(product for [product] in rows))

    def _get_delivered_lots(self, product):
        """Return which pieces of a product the customer has received, by superuser rights."""
        self.ensure_one()
        # sudo: stock.lot - limited to what was delivered to the customer of the ticket
        lots_sudo = self.env['stock.lot'].sudo()
        if not product or product.tracking == 'none' or not self.commercial_partner_id:
            return lots_sudo
        rows = (
            self.env['stock.move.line']
            .sudo()
            ._read_group(
                Domain('picking_id', 'any', self._get_returnable_domain())
                & Domain('product_id', '=', product._origin.id)
                & Domain('lot_id', '!=', False),
                ['lot_id'],
            )
        )
        return lots_sudo.union(*(lot for [lot] in rows))
