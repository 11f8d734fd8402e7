from odoo import api, fields, models
from odoo.addons.aftercare_helpdesk_after_sales.models.helpdesk_ticket import GROUP
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    coupon_count = fields.Integer(string="Coupons", compute='_compute_coupon_count', groups=GROUP)
    coupon_state = fields.Char(compute='_compute_coupon_count', groups=GROUP)

    # === COMPUTE METHODS === #

    @api.depends_context('uid', 'lang')
    def _compute_coupon_count(self):
        self._compute_after_sales_counter('loyalty.card', 'coupon_count', 'coupon_state')

    # === ACTION METHODS === #

    def action_coupon(self):
        """Give the customer a coupon."""
        self._check_after_sales('can_give_coupon')
        return self._open_after_sales('helpdesk.coupon', self.env._("Coupon"))

    def action_view_coupons(self):
        """Show the coupons given on the ticket."""
        return self._view_after_sales_documents(
            'loyalty.card', self.env._("Coupons of %(number)s", number=self.number)
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_after_sales_models(self):
        """Override of `aftercare_helpdesk_after_sales`: coupons come of tickets."""
        return [*super()._get_after_sales_models(), 'loyalty.card']

    def _get_after_sales_actions(self):
        """Override of `aftercare_helpdesk_after_sales`: offer coupons of running programmes."""
        actions = super()._get_after_sales_actions()
        if self._is_after_sales_open('can_give_coupon') and self._find_coupon_programs():
            actions.append(
                {
                    'name': 'action_coupon',
                    'label': self.env._("Coupon"),
                    'icon': 'fa-ticket',
                    'sequence': 30,
                }
            )
        return actions

    def _get_coupon_program_domain(self):
        """Return which programmes may be given to the customer."""
        self.ensure_one()
        company = self.company_id
        today = fields.Date.context_today(self)
        return (
            Domain('program_type', '=', 'coupons')
            & Domain('active', '=', True)
            & (Domain('company_id', '=', False) | Domain('company_id', 'parent_of', company.ids))
            & (Domain('date_from', '=', False) | Domain('date_from', '<=', today))
            & (Domain('date_to', '=', False) | Domain('date_to', '>=', today))
        )

    def _find_coupon_programs(self):
        """Return the running coupon programmes of the ticket's company, by superuser rights."""
        # sudo: loyalty.program - limited to the company of a ticket the user may write to
        return self.env['loyalty.program'].sudo().search(self._get_coupon_program_domain())
