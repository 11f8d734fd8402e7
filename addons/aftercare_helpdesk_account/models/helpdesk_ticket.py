from odoo import api, fields, models
from odoo.addons.aftercare_helpdesk_after_sales.models.helpdesk_ticket import GROUP
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    refund_count = fields.Integer(string="Refunds", compute='_compute_refund_count', groups=GROUP)
    refund_state = fields.Char(compute='_compute_refund_count', groups=GROUP)

    # === COMPUTE METHODS === #

    @api.depends_context('uid', 'lang')
    def _compute_refund_count(self):
        """Count the credit notes; the invoice that replaces one is no refund."""
        documents = self._get_after_sales_documents('account.move')
        for ticket in self:
            moves_sudo = documents.get(ticket._origin, self.env['account.move'].sudo())
            refunds_sudo = moves_sudo.filtered(lambda move: move.move_type == 'out_refund')
            ticket.refund_count = len(refunds_sudo)
            ticket.refund_state = refunds_sudo and refunds_sudo[0]._get_after_sales_state()[0]

    # === ACTION METHODS === #

    def action_refund(self):
        """Credit an invoice of the customer."""
        self._check_after_sales('can_refund')
        return self._open_after_sales('helpdesk.refund', self.env._("Refund"))

    def action_view_refunds(self):
        """Show the credit notes of the ticket and the invoices that replace the old ones."""
        return self._view_after_sales_documents(
            'account.move', self.env._("Refunds of %(number)s", number=self.number)
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_after_sales_models(self):
        """Override of `aftercare_helpdesk_after_sales`: credit notes come of tickets."""
        return [*super()._get_after_sales_models(), 'account.move']

    def _get_after_sales_actions(self):
        """Override of `aftercare_helpdesk_after_sales`: offer refunds of what was invoiced."""
        actions = super()._get_after_sales_actions()
        if self._is_after_sales_open('can_refund') and self._find_refundable_invoices(limit=1):
            actions.append(
                {
                    'name': 'action_refund',
                    'label': self.env._("Refund"),
                    'icon': 'fa-money',
                    'sequence': 20,
                }
            )
        return actions

    def _get_refundable_domain(self):
        """Return which invoices of the customer may be credited."""
        self.ensure_one()
        if not self.commercial_partner_id:
            return Domain.FALSE
        return Domain(
            [
                ('move_type', '=', 'out_invoice'),
                ('state', '=', 'posted'),
                ('payment_state', '!=', 'reversed'),
                ('commercial_partner_id', '=', self.commercial_partner_id.id),
                ('company_id', '=', self.company_id.id),
            ]
        )

    def _find_refundable_invoices(self, limit=None):
        """Return the posted invoices of the customer, the newest first, by superuser rights."""
        # sudo: account.move - limited to the customer of a ticket the user may write to
        return (
            self.env['account.move']
            .sudo()
            .search(self._get_refundable_domain(), order='invoice_date desc, id desc', limit=limit)
        )
