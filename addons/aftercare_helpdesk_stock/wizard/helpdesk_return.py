from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

CHOICES = 100


class HelpdeskReturn(models.TransientModel):
    """An agent takes back or exchanges what the customer of a ticket has received."""

    _name = 'helpdesk.return'
    _inherit = 'helpdesk.after.sales'
    _description = "Return"
    _switch = 'can_return'

    kind = fields.Selection(
        selection=[
            ('return', "Take it back"),
            ('exchange', "Exchange it for the same product"),
        ],
        string="What happens",
        default='return',
        required=True,
    )
    picking_id = fields.Many2one(
        comodel_name='stock.picking',
        string="Delivery",
        compute='_compute_picking_id',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    picking_choices = fields.Json(
        compute='_compute_picking_choices', export_string_translation=False
    )
    line_ids = fields.One2many(
        comodel_name='helpdesk.return.line',
        inverse_name='return_id',
        string="Products",
        compute='_compute_line_ids',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    reason = fields.Char()

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    def _compute_picking_choices(self):
        for wizard in self:
            wizard.picking_choices = [
                {
                    'id': picking_sudo.id,
                    'title': picking_sudo.name,
                    'subtitle': ', '.join(picking_sudo.move_ids.product_id.mapped('display_name')),
                    'value': format_date(self.env, picking_sudo.date_done),
                }
                for picking_sudo in wizard._get_available_pickings()
            ]

    @api.depends('ticket_id')
    def _compute_picking_id(self):
        for wizard in self:
            pickings_sudo = wizard._get_available_pickings()
            product = wizard.ticket_id.product_id
            fitting_sudo = pickings_sudo.filtered(
                lambda picking, product=product: product in picking.move_ids.product_id
            )
            wizard.picking_id = (
                fitting_sudo[:1] or (len(pickings_sudo) == 1 and pickings_sudo)
            ) or False

    @api.depends('picking_id')
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in wizard._prepare_lines()),
            ]

    @api.depends('kind')
    def _compute_message(self):
        """Override of `aftercare_helpdesk_after_sales`: the words depend on what happens."""
        super()._compute_message()

    # === CONSTRAINT METHODS === #

    @api.constrains('picking_id')
    def _check_picking_id(self):
        for wizard in self.sudo(False):
            wizard._check_choice()

    # === BUSINESS METHODS === #

    def _get_available_pickings(self):
        """Return the deliveries with something left to send back, by superuser rights."""
        self.ensure_one()
        ticket = self.ticket_id
        if not ticket or not ticket._is_after_sales_open(self._switch):
            return self.env['stock.picking'].sudo()
        return ticket._find_returnable_pickings(limit=CHOICES).filtered(
            lambda picking: any(
                move._get_returnable_quantity() for move in picking.move_ids if move.state == 'done'
            )
        )

    def _get_chosen_document(self):
        """Override of `aftercare_helpdesk_after_sales`: the delivery, if it may be chosen."""
        self.ensure_one()
        ticket = self.ticket_id
        # sudo: stock.picking - checked to be a delivery to the customer of the ticket
        picking_sudo = self.picking_id.sudo()
        if not ticket or not ticket._is_after_sales_open(self._switch):
            return picking_sudo.browse()
        return picking_sudo.filtered_domain(ticket._get_returnable_domain())

    def _prepare_lines(self):
        """Return the values of the lines of the chosen delivery."""
        self.ensure_one()
        picking_sudo = self._get_chosen_document()
        moves_sudo = picking_sudo.move_ids.filtered(lambda move: move.state == 'done')
        ticket = self.ticket_id
        lines = []
        for move in moves_sudo:
            returnable = move._get_returnable_quantity()
            is_meant = move.product_id == ticket.product_id or len(moves_sudo) == 1
            if is_meant and ticket.lot_id and move.product_id == ticket.product_id:
                # One piece of many.
                is_meant = ticket.lot_id.id in move.lot_ids.ids
                wanted = 1.0 if move.product_id.tracking == 'serial' else returnable
            else:
                wanted = returnable
            lines.append(
                {
                    'move_id': move.id,
                    'name': ' · '.join(
                        [move.product_id.display_name, *move.lot_ids.mapped('name')]
                    ),
                    'delivered': move._format_after_sales_quantity(move.quantity),
                    'returnable': returnable,
                    'quantity': min(wanted, returnable) if is_meant else 0.0,
                }
            )
        return lines

    def _get_default_message(self):
        """Override of `aftercare_helpdesk_after_sales`."""
        if self.kind == 'exchange':
            return self.env._(
                "We exchange the products below. Please send them back to us and quote the "
                "reference; the replacement is on its way soon."
            )
        return self.env._(
            "We take back the products below. Please send them to us and quote the reference, "
            "so that we know at once what they are about."
        )

    def _check_choice(self):
        """Override of `aftercare_helpdesk_after_sales`: no other delivery, nor more than came."""
        super()._check_choice()
        picking_sudo = self._get_chosen_document()
        if not picking_sudo:
            raise UserError(self.env._("Choose a delivery to the customer of the ticket."))
        for line in self.line_ids:
            # sudo: stock.move - checked to belong to the delivery that was checked above
            move_sudo = line.move_id.sudo()
            if move_sudo.picking_id != picking_sudo or move_sudo.state != 'done':
                raise UserError(self.env._("A product is not part of the delivery."))
        for move_sudo, lines in self.line_ids.sudo().grouped('move_id').items():
            quantities = lines.mapped('quantity')
            returnable = move_sudo._get_returnable_quantity()
            if (
                min(quantities) < 0
                or move_sudo.product_uom.compare(sum(quantities), returnable) > 0
            ):
                raise UserError(
                    self.env._(
                        "%(product)s: %(quantity)s can come back at most.",
                        product=move_sudo.product_id.display_name,
                        quantity=move_sudo._format_after_sales_quantity(returnable),
                    )
                )

    def _create_documents(self):
        """Override of `aftercare_helpdesk_after_sales`: leave it to the warehouse's own wizard."""
        quantities = {}
        for line in self.line_ids:
            quantities[line.move_id.id] = quantities.get(line.move_id.id, 0) + line.quantity
        if not any(quantities.values()):
            raise UserError(self.env._("Say how much comes back."))
        picking_sudo = self._get_chosen_document()
        before = self._get_linked_pickings()
        return_sudo = (
            picking_sudo.env['stock.return.picking']
            .with_company(picking_sudo.company_id)
            .with_context(aftercare_helpdesk_ticket_id=self.ticket_id.id)
            .create({'picking_id': picking_sudo.id})
        )
        for line in return_sudo.product_return_moves:
            line.quantity = quantities.get(line.move_id.id, 0)
        if self.kind == 'exchange':
            # Lines without quantity would be asked of the warehouse, too.
            return_sudo.product_return_moves.filtered(lambda line: not line.quantity).unlink()
            action = return_sudo.action_create_exchanges()
        else:
            action = return_sudo.action_create_returns()
        back_sudo = before.browse(action['res_id'])
        return back_sudo | (self._get_linked_pickings() - before)

    def _get_linked_pickings(self):
        """Return the transfers of the ticket, by superuser rights."""
        # sudo: stock.picking - those of the ticket the user may write to
        return self.env['stock.picking'].sudo().search([('ticket_id', '=', self.ticket_id.id)])

    def _get_note(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: what comes back, and why."""
        note = self.env._(
            "%(documents)s for %(delivery)s: %(products)s",
            documents=super()._get_note(documents_sudo),
            delivery=self.picking_id.sudo().name,
            products=documents_sudo[:1]._get_after_sales_summary(),
        )
        return f'{note} ({self.reason})' if self.reason else note

    def _get_customer_facts(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: references and products."""
        return [
            *((document._get_after_sales_kind()[0], document.name) for document in documents_sudo),
            (self.env._("Delivery"), self.picking_id.sudo().name),
            (self.env._("Products"), documents_sudo[:1]._get_after_sales_summary()),
        ]
