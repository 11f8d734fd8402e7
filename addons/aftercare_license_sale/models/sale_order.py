import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    external_source = fields.Char(
        string="Shop", readonly=True, copy=False, help="The shop the order was imported from."
    )
    external_reference = fields.Char(string="Number in that Shop", readonly=True, copy=False)
    license_ids = fields.One2many('software.license', 'sale_order_id', string="Licences")
    license_count = fields.Integer(compute='_compute_license_count')
    has_unissued_licenses = fields.Boolean(compute='_compute_has_unissued_licenses')
    has_license_lines = fields.Boolean(compute='_compute_has_license_lines')
    license_problems = fields.Text(compute='_compute_license_problems')

    _external_reference_uniq = models.UniqueIndex(
        '(external_source, external_reference, company_id) WHERE external_reference IS NOT NULL',
        "This order of that shop was imported already.",
    )

    # === COMPUTE METHODS === #
    def _compute_license_count(self):
        # sudo: software.license - sales people may know how many licences an order brought
        groups = (
            self.env['software.license']
            .sudo()
            ._read_group([('sale_order_id', 'in', self.ids)], ['sale_order_id'], ['__count'])
        )
        counts = {order.id: count for order, count in groups}
        renewed = defaultdict(set)
        for line in self.order_line.filtered('license_id'):
            renewed[line.order_id.id].add(line.license_id.id)
        for order in self:
            order.license_count = counts.get(order.id, 0) + len(renewed[order._origin.id])

    @api.depends('state', 'order_line.license_done_qty', 'order_line.product_uom_qty')
    def _compute_has_unissued_licenses(self):
        for order in self:
            order.has_unissued_licenses = order.state == 'sale' and any(
                line.license_done_qty + line.license_refunded_qty < line._get_license_units()
                for line in order.order_line
            )

    @api.depends('order_line.product_id')
    def _compute_has_license_lines(self):
        for order in self:
            order.has_license_lines = any(order.order_line.mapped('is_licensed'))

    @api.depends('order_line.license_problem')
    def _compute_license_problems(self):
        for order in self:
            order.license_problems = '\n'.join(
                filter(None, order.order_line.mapped('license_problem'))
            )

    # === CONSTRAINT METHODS === #
    @api.constrains('partner_id')
    def _check_license_partner(self):
        self.order_line._check_license_id()

    # === ACTION METHODS === #
    def action_view_licenses(self):
        """Open the licences that the order issued or renews."""
        self.ensure_one()
        licenses = self.license_ids | self.order_line.license_id
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_action'
        )
        action |= {'domain': [('id', 'in', licenses.ids)], 'context': {'create': False}}
        if len(licenses) == 1:
            action |= {'views': [(False, 'form')], 'res_id': licenses.id}
        return action

    def _action_confirm(self):
        """Override of `sale`: what costs nothing, or was paid before, is issued at once."""
        res = super()._action_confirm()
        # sudo: sale.order - buyers confirm their orders by paying
        self.sudo()._issue_licenses()
        return res

    def _action_cancel(self):
        """Override of `sale`: an order that nobody paid leaves nothing behind."""
        res = super()._action_cancel()
        # sudo: software.license - whoever cancels need not write licences
        for order in self.sudo():
            lines = order.order_line.filtered(lambda line: line.license_done_qty > 0)
            if lines and not order._is_license_paid():
                reason = self.env._("%(order)s was cancelled.", order=order.name)
                for line in lines:
                    unpaid = line.license_done_qty - line._get_invoice_paid_units()
                    line._take_back_units(unpaid, reason)
        return res

    # === BUSINESS METHODS: ISSUE === #
    def _issue_licenses(self, reason='', force=False):
        """Issue and renew what the orders entitle to; running it again does nothing.

        :param str reason: for the history of the licences
        :param bool force: whether to do so before the money is there
        :return: the issued licences, as superuser
        """
        # sudo: software.license - buyers and accountants make licences by paying
        lines_sudo = self.sudo().order_line.filtered(lambda line: line._get_license_kind())
        licenses_sudo = lines_sudo.env['software.license']
        for batch in split_every(
            BATCH_SIZE, lines_sudo.order_id.ids, self.env['sale.order'].sudo().browse
        ):
            owed = batch._get_owed_units(force)
            if owed:
                batch.browse({line.order_id.id for line in owed})._lock_for_licenses()
                licenses_sudo |= batch._fulfil(owed, reason)
        return licenses_sudo

    def _get_owed_units(self, force=False):
        """Return what is paid but not issued yet: line → units."""
        owed = {}
        for order in self:
            is_paid = force or order._is_license_paid()
            for line in order.order_line:
                if not line._get_license_kind():
                    continue
                units = line._get_license_units()
                paid = units if is_paid else min(units, line._get_invoice_paid_units())
                left = paid - line.license_done_qty - line.license_refunded_qty
                if left > 0:
                    owed[line] = left
        return owed

    def _is_license_paid(self):
        """Tell whether the order is paid as a whole, by payments or because it costs nothing."""
        self.ensure_one()
        if self.currency_id.is_zero(self.amount_total):
            return self.state == 'sale'
        return (
            self.amount_total > 0
            and self.currency_id.compare_amounts(self._get_received_amount(), self.amount_total)
            >= 0
        )

    def _get_received_amount(self):
        """Return the money that arrived through payment providers, less what went back."""
        self.ensure_one()
        payments = self.transaction_ids.filtered(lambda tx: tx.operation != 'validation')
        payments |= payments.child_transaction_ids.filtered(lambda tx: tx.operation == 'refund')
        return sum(payments.filtered(lambda tx: tx.state == 'done').mapped('amount'))

    def _lock_for_licenses(self):
        """Make a second payment of the same orders wait, and then see what this one issued."""
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE sale_order SET write_date = write_date WHERE id IN %s RETURNING id",
                self._ids,
            )
        )

    def _fulfil(self, owed, reason):
        """Issue and renew; what can not be done is told to the salesperson and left for later.

        A payment that arrived is never lost because of a licence.

        :param dict owed: line → units
        """
        try:
            with self.env.cr.savepoint():
                licenses = self.order_line._fulfil_units(owed, reason)
                self.env.flush_all()
            return licenses
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(owed) == 1:
                if not isinstance(error, UserError):
                    _logger.exception("Licences of %s", next(iter(owed)).order_id.name)
                next(iter(owed))._report_license_problem(error)
                return self.env['software.license']
        licenses = self.env['software.license']
        for line, units in owed.items():
            licenses |= line.order_id._fulfil({line: units}, reason)
        return licenses

    # === BUSINESS METHODS: TAKE BACK === #
    def _take_back_refunded(self):
        """Take back everything when the whole payment went back; ask staff when a part did."""
        for order in self:
            if not order.company_id.license_revoke_on_refund:
                continue
            lines = order.order_line.filtered(lambda line: line.license_done_qty > 0)
            if not lines or order._is_license_paid():
                continue
            if order.currency_id.compare_amounts(order._get_received_amount(), 0) <= 0:
                reason = self.env._("The payment of %(order)s went back.", order=order.name)
                for line in lines:
                    line._refund_units(line.license_done_qty, reason)
            else:
                order._schedule_license_activity(
                    self.env._("Part of the payment went back: revoke licences?"),
                    self.env._("A credit note revokes as many licences as it gives back."),
                )

    # === BUSINESS METHODS: PARTS === #
    def _schedule_license_activity(self, summary, note):
        """Give the salesperson something to do; nothing twice."""
        self.ensure_one()
        if summary in self.activity_ids.mapped('summary'):
            return self.env['mail.activity']
        return self.activity_schedule(
            'mail.mail_activity_data_todo',
            summary=summary,
            note=note,
            user_id=self._get_license_user().id,
        )

    def _get_license_user(self):
        """Return who looks after licences of the order when nobody else does."""
        self.ensure_one()
        user = self.user_id or self.team_id.user_id
        if user:
            return user
        managers = self.env.ref('aftercare_license.aftercare_license_group_manager').all_user_ids
        managers = managers.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return managers.sorted('id')[:1] or self.env.user
