import logging

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """A level that is bought is given when the order is paid, and taken back with the money."""

    _inherit = 'sale.order'

    # === ACTION METHODS === #

    def _add_partnership(self):
        """Override of `partnership`, which gives the level to whoever confirms: here the order
        must be paid, unless it costs nothing."""
        self._follow_payment()

    def _action_cancel(self):
        """Override of `sale`: with the order goes the level it gave."""
        result = super()._action_cancel()
        self._revoke_grades()
        return result

    # === BUSINESS METHODS === #

    def _follow_payment(self):
        """Give the customers the levels they have bought or earned, now that money has come or
        gone. A payment never fails on this."""
        # sudo: sale.order - whoever pays or books payments need not see orders and levels
        orders_sudo = self.sudo()
        try:
            with self.env.cr.savepoint():
                selling_sudo = orders_sudo.filtered('assigned_grade_id')
                selling_sudo._grant_paid_grades()
                selling_sudo.filtered(lambda order: not order._is_grade_paid())._revoke_grades()
                customers_sudo = orders_sudo.partner_id.commercial_partner_id
                customers_sudo.filtered('is_member')._update_grades()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Levels of the customers of %s", self)

    def _get_partnership_lines(self):
        """Return the lines whose product gives a level."""
        return self.order_line.filtered(
            lambda line: line.service_tracking == 'partnership' and line.product_id.grade_id
        )

    def _grant_paid_grades(self):
        """Give the levels that paid orders are about; running it again does nothing."""
        paid = self.filtered(lambda order: order.state == 'sale' and order._is_grade_paid())
        if not paid:
            return
        changes = self.env['member.grade.change'].search(
            [('kind', 'in', ('purchase', 'revoke')), ('order_id', 'in', paid.ids)], order='id'
        )
        last = {change.order_id: change for change in changes}
        for order in paid:
            before = last.get(order, changes.browse())
            if before.kind != 'purchase':
                lines = order._get_partnership_lines()
                order.partner_id.commercial_partner_id._grant_grade(
                    order.assigned_grade_id,
                    'purchase',
                    times=int(sum(lines.mapped('product_uom_qty'))),
                    order_id=order.id,
                    after_id=before.id,
                )

    def _revoke_grades(self):
        """Take back the levels that orders gave, unless they are deserved otherwise."""
        # sudo: member.grade.change - whoever cancels or refunds an order need not see levels
        Change = self.env['member.grade.change'].sudo()
        bought = Change.search([('kind', '=', 'purchase'), ('order_id', 'in', self.ids)])
        bought -= Change.search([('revoked_id', 'in', bought.ids)]).revoked_id
        for change in bought:
            partner = change.partner_id
            if partner.grade_id == change.granted_grade_id and not partner.grade_is_fixed:
                partner._update_grades(lapsed=change)
            else:  # another level was in effect, and stays
                partner._log_grade(
                    {partner: (partner.grade_id, partner.grade_until)},
                    kind='revoke',
                    order_id=change.order_id.id,
                    revoked_id=change.id,
                )

    def _is_grade_paid(self):
        """Tell whether the order, or its lines that give a level, are paid and not paid back."""
        self.ensure_one()
        if self.state == 'cancel':
            return False
        if self.currency_id.is_zero(self.amount_total):
            return True
        if self.currency_id.compare_amounts(self._get_paid_amount(), self.amount_total) >= 0:
            return not self._is_grade_credited()
        lines = self._get_partnership_lines()
        return bool(lines) and all(line._is_invoice_paid() for line in lines)

    def _get_paid_amount(self):
        """Return the money that came through payment providers, less what went back."""
        payments = self.transaction_ids.filtered(lambda tx: tx.operation != 'validation')
        payments |= payments.child_transaction_ids.filtered(lambda tx: tx.operation == 'refund')
        return sum(payments.filtered(lambda tx: tx.state == 'done').mapped('amount'))

    def _is_grade_credited(self):
        """Tell whether credit notes gave back what was invoiced for the level."""
        lines = self._get_partnership_lines().filtered(lambda line: line._get_posted_lines())
        return bool(lines) and all(line._get_invoiced_quantity() <= 0 for line in lines)
