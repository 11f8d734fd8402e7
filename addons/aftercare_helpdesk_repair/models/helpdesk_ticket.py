from odoo import api, fields, models
from odoo.addons.aftercare_helpdesk_after_sales.models.helpdesk_ticket import GROUP


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    repair_count = fields.Integer(string="Repairs", compute='_compute_repair_count', groups=GROUP)
    repair_state = fields.Char(compute='_compute_repair_count', groups=GROUP)

    # === COMPUTE METHODS === #

    @api.depends_context('uid', 'lang')
    def _compute_repair_count(self):
        self._compute_after_sales_counter('repair.order', 'repair_count', 'repair_state')

    # === ACTION METHODS === #

    def action_repair(self):
        """Order a repair for the customer."""
        self._check_after_sales('can_repair')
        return self._open_after_sales('helpdesk.repair', self.env._("Repair"))

    def action_view_repairs(self):
        """Show the repairs of the ticket."""
        return self._view_after_sales_documents(
            'repair.order', self.env._("Repairs of %(number)s", number=self.number)
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_after_sales_models(self):
        """Override of `aftercare_helpdesk_after_sales`: repairs come of tickets."""
        return [*super()._get_after_sales_models(), 'repair.order']

    def _get_after_sales_actions(self):
        """Override of `aftercare_helpdesk_after_sales`: offer a repair."""
        actions = super()._get_after_sales_actions()
        if self._is_after_sales_open('can_repair'):
            actions.append(
                {
                    'name': 'action_repair',
                    'label': self.env._("Repair"),
                    'icon': 'fa-wrench',
                    'sequence': 40,
                }
            )
        return actions

    def _get_repairable_products(self):
        """Return what a repair may be about: what the customer has received, and the ticket's product."""
        self.ensure_one()
        products = self._get_delivered_products() | self.product_id
        return products.filtered(lambda product: product.type == 'consu')
