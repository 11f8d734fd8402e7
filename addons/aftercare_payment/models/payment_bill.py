import base64
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import const
from ..tools import beijing

_logger = logging.getLogger(__name__)


class PaymentBill(models.Model):
    """What a gateway billed for one Beijing day, compared with our transactions."""

    _name = 'payment.bill'
    _description = "Payment Bill"
    _order = 'date desc, id desc'
    _check_company_auto = True

    provider_id = fields.Many2one(
        'payment.provider', required=True, readonly=True, index=True, ondelete='cascade'
    )
    company_id = fields.Many2one(related='provider_id.company_id', store=True, index=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    is_live = fields.Boolean(string="Real Money", readonly=True)
    state = fields.Selection(
        [
            ('failed', "Not received"),
            ('agrees', "Agrees"),
            ('differs', "Differs"),
            ('checked', "Cleared up"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default='failed',
    )
    needs_attention = fields.Boolean(
        compute='_compute_needs_attention', search='_search_needs_attention'
    )
    message = fields.Char(readonly=True)
    line_ids = fields.One2many('payment.bill.line', 'bill_id', readonly=True)
    matched_count = fields.Integer(compute='_compute_totals', store=True)
    missing_here_count = fields.Integer(compute='_compute_totals', store=True)
    missing_there_count = fields.Integer(compute='_compute_totals', store=True)
    different_count = fields.Integer(compute='_compute_totals', store=True)
    amount_there = fields.Monetary(string="Billed", compute='_compute_totals', store=True)
    amount_here = fields.Monetary(string="Recorded", compute='_compute_totals', store=True)
    fee = fields.Monetary(string="Fees", compute='_compute_totals', store=True)
    file = fields.Binary(string="Bill", readonly=True, attachment=True)
    file_name = fields.Char(readonly=True)
    downloaded_at = fields.Datetime(readonly=True)
    explanation = fields.Text(help="What was found out about the differences.")

    _day_uniq = models.Constraint(
        'UNIQUE(provider_id, date, is_live)', "A gateway bills each day once."
    )

    # === COMPUTE METHODS === #
    @api.depends('provider_id', 'date')
    def _compute_display_name(self):
        for bill in self:
            bill.display_name = f'{bill.provider_id.sudo().name} {bill.date}'

    @api.depends('line_ids.result', 'line_ids.amount_there', 'line_ids.amount_here', 'line_ids.fee')
    def _compute_totals(self):
        results = ('matched', 'missing_here', 'missing_there', 'different')
        for bill in self:
            groups = bill.line_ids.grouped('result')
            for result in results:
                bill[f'{result}_count'] = len(groups.get(result, ()))
            bill.amount_there = sum(bill.line_ids.mapped('amount_there'))
            bill.amount_here = sum(bill.line_ids.mapped('amount_here'))
            bill.fee = sum(bill.line_ids.mapped('fee'))

    @api.depends('state')
    def _compute_needs_attention(self):
        for bill in self:
            bill.needs_attention = bill.state in ('failed', 'differs')

    @api.model
    def _search_needs_attention(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('state', 'in' if True in value else 'not in', ('failed', 'differs'))]

    # === CRUD METHODS === #
    def write(self, vals):
        """Override: a bill stays as it came; people write the explanation."""
        if not self.env.su and set(vals) - {'explanation'}:
            raise UserError(self.env._("A bill stays as the gateway wrote it."))
        return super().write(vals)

    # === ACTION METHODS === #
    def action_download(self):
        """Get the bill again and compare it with the transactions as they are now."""
        self._check_may_reconcile()
        # sudo: payment.bill - the lines come from the gateway, nobody writes them
        for bill in self.sudo():
            bill._download()

    def action_mark_checked(self):
        """Close a bill whose differences someone has cleared up: it needs an explanation."""
        self._check_may_reconcile()
        if not all((bill.explanation or '').strip() for bill in self):
            raise UserError(self.env._("Please write down first what the differences were."))
        # sudo: payment.bill - the state is not written by hand
        self.sudo().filtered('needs_attention').state = 'checked'

    def _check_may_reconcile(self):
        self.check_access('read')
        if not self.env.user.has_group('aftercare_payment.aftercare_payment_group_user'):
            raise UserError(self.env._("Only who reconciles payments works on bills."))

    # === BUSINESS METHODS === #
    @api.model
    def _cron_download_bills(self):
        """Get the bills of the last days that are not here yet; a failed one is tried again."""
        now = beijing.localize(fields.Datetime.now())
        # sudo: payment.provider - the scheduled action serves all companies
        providers = (
            self.env['payment.provider']
            .sudo()
            .search(
                [
                    ('code', 'in', list(self.env['payment.provider']._get_direct_merchant_codes())),
                    ('state', '!=', 'disabled'),
                ]
            )
        )
        ready = (now.hour, now.minute) >= (const.BILL_READY_HOUR, const.BILL_READY_MINUTE)
        yesterday = now.date() - timedelta(days=1 if ready else 2)
        days = [yesterday - timedelta(days=index) for index in range(const.BILL_RETRY_DAYS)]
        todo = [(provider, day) for provider in providers for day in reversed(days)]
        self.env['ir.cron']._commit_progress(remaining=len(todo))
        for provider, day in todo:
            bill = self.sudo()._get_for(provider, day)
            if bill.state == 'failed':
                bill._download()
            if not self.env['ir.cron']._commit_progress(1):
                break

    @api.model
    def _get_for(self, provider, day):
        """Return the bill of the provider's present mode for the Beijing day, made if need be."""
        is_live = provider.state == 'enabled'
        bill = self.search(
            [('provider_id', '=', provider.id), ('date', '=', day), ('is_live', '=', is_live)]
        )
        return bill or self.create(
            {
                'provider_id': provider.id,
                'date': day,
                'is_live': is_live,
                'currency_id': provider._get_supported_currencies()[:1].id,
            }
        )

    def _download(self):
        """Get the bill and reconcile it; a failure is kept as the bill's message."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                download = self.provider_id._download_bill(self.date, self.is_live)
                rows = self.provider_id._parse_bill(download[1]) if download else []
        except ValidationError as error:
            self.write({'state': 'failed', 'message': str(error)})
            return
        except Exception:
            _logger.exception("The bill %s cannot be read", self.display_name)
            self.write({'state': 'failed', 'message': self.env._("The file cannot be read.")})
            return
        self.write(
            {
                'file_name': download and download[0],
                'file': download and base64.b64encode(download[1]),
                'downloaded_at': fields.Datetime.now(),
                'message': not rows and self.env._("The gateway billed nothing on this day."),
            }
        )
        self._reconcile(rows)

    def _reconcile(self, rows):
        """Compare the rows of a bill with our transactions and write the lines anew."""
        self.ensure_one()
        Transaction = self.env['payment.transaction']
        base = [('provider_id', '=', self.provider_id.id), ('is_live', '=', self.is_live)]
        known = {
            transaction.reference: transaction
            for transaction in Transaction.search(
                base + [('reference', 'in', [row['reference'] for row in rows])]
            )
        }
        lines = [self._prepare_line(row, known.get(row['reference'], Transaction)) for row in rows]
        start, end = beijing.get_day(self.date)
        of_day = Transaction.search(
            base + [('state', '=', 'done'), ('paid_at', '>=', start), ('paid_at', '<', end)]
        )
        elsewhere = self.env['payment.bill.line'].search(
            [
                ('transaction_id', 'in', of_day.ids),
                ('bill_id', '!=', self.id),
                ('result', '=', 'matched'),
            ]
        )
        billed = Transaction.union(*known.values())
        for transaction in of_day - billed - elsewhere.transaction_id:
            lines.append(self._prepare_missing_line(transaction))
        self.line_ids.unlink()
        self.env['payment.bill.line'].create(lines)
        self._settle_lines_of_other_days()
        self._update_state()

    def _prepare_line(self, row, transaction):
        sign = -1 if row['kind'] == 'refund' else 1
        paid = transaction.state == 'done'
        amount_here = transaction.amount if paid else 0.0
        amount_there = sign * row['amount']
        if not paid:
            result = 'missing_here'
        elif self.currency_id.compare_amounts(amount_here, amount_there):
            result = 'different'
        else:
            result = 'matched'
        return {
            'bill_id': self.id,
            'kind': row['kind'],
            'result': result,
            'reference': row['reference'],
            'gateway_number': row['gateway_number'],
            'amount_there': amount_there,
            'amount_here': amount_here,
            'fee': row['fee'],
            'moment': row['moment'],
            'transaction_id': transaction.id,
        }

    def _prepare_missing_line(self, transaction):
        return {
            'bill_id': self.id,
            'kind': 'refund' if transaction.operation == 'refund' else 'payment',
            'result': 'missing_there',
            'reference': transaction.reference,
            'gateway_number': transaction.provider_reference,
            'amount_here': transaction.amount,
            'moment': transaction.paid_at,
            'transaction_id': transaction.id,
        }

    def _settle_lines_of_other_days(self):
        """What another day missed and this bill has was billed around midnight: it agrees."""
        found = self.line_ids.filtered(lambda line: line.result == 'matched').transaction_id
        missed = self.env['payment.bill.line'].search(
            [
                ('transaction_id', 'in', found.ids),
                ('bill_id', '!=', self.id),
                ('result', '=', 'missing_there'),
            ]
        )
        bills = missed.bill_id
        missed.unlink()
        bills._update_state()

    def _update_state(self):
        for bill in self:
            differs = any(line.result != 'matched' for line in bill.line_ids)
            bill.state = 'differs' if differs else 'agrees'
