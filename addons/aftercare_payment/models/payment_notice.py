import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class PaymentNotice(models.Model):
    """What a gateway announced with a valid signature, also about money we do not know."""

    _name = 'payment.notice'
    _description = "Payment Notice"
    _order = 'id desc'
    _rec_name = 'reference'
    _check_company_auto = True

    provider_id = fields.Many2one(
        'payment.provider', required=True, readonly=True, index=True, ondelete='cascade'
    )
    company_id = fields.Many2one(related='provider_id.company_id', store=True, index=True)
    key = fields.Char(string="Gateway's Number of the Notice", required=True, readonly=True)
    kind = fields.Selection(
        [('payment', "Payment"), ('refund', "Refund")], required=True, readonly=True
    )
    is_live = fields.Boolean(string="Real Money", readonly=True)
    reference = fields.Char(readonly=True, index=True)
    provider_reference = fields.Char(string="Gateway Reference", readonly=True, index=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    transaction_id = fields.Many2one('payment.transaction', readonly=True, index='btree_not_null')
    transaction_state = fields.Selection(
        related='transaction_id.state', string="Transaction Status"
    )
    partner_id = fields.Many2one(related='transaction_id.partner_id')
    state = fields.Selection(
        [
            ('applied', "Applied"),
            ('unknown', "No such transaction"),
            ('different', "Differs from the transaction"),
            ('settled', "Cleared up"),
        ],
        string="Status",
        required=True,
        readonly=True,
        index=True,
    )
    needs_attention = fields.Boolean(
        compute='_compute_needs_attention', search='_search_needs_attention'
    )
    received_count = fields.Integer(string="Times Received", default=1, readonly=True)
    last_received_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    content = fields.Text(readonly=True, help="What was signed, after decryption.")
    explanation = fields.Text(help="What was found out, and what was done with the money.")
    settled_by_id = fields.Many2one('res.users', readonly=True)
    settled_at = fields.Datetime(readonly=True)

    _key_uniq = models.Constraint('UNIQUE(provider_id, key)', "A gateway numbers each notice once.")

    # === COMPUTE METHODS === #
    @api.depends('state')
    def _compute_needs_attention(self):
        for notice in self:
            notice.needs_attention = notice.state in ('unknown', 'different')

    @api.model
    def _search_needs_attention(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('state', 'in' if True in value else 'not in', ('unknown', 'different'))]

    # === CRUD METHODS === #
    def write(self, vals):
        """Override: what the gateway signed is not edited; people write the explanation."""
        if not self.env.su and set(vals) - {'explanation'}:
            raise UserError(self.env._("A notice stays as the gateway signed it."))
        return super().write(vals)

    # === ACTION METHODS === #
    def action_apply_again(self):
        """Look for the transaction once more, e.g. when it was restored or arrived later."""
        self.check_access('read')
        # sudo: payment.notice - what is applied was signed by the gateway
        for notice in self.sudo().filtered('needs_attention'):
            notice._apply(json.loads(notice.content or '{}'))

    def action_settle(self):
        """Close a notice that someone has cleared up: it needs an explanation."""
        self.check_access('read')
        if not self.env.user.has_group('aftercare_payment.aftercare_payment_group_user'):
            raise UserError(self.env._("Only who reconciles payments clears up notices."))
        for notice in self.filtered('needs_attention'):
            if not (notice.explanation or '').strip():
                raise UserError(self.env._("Please write down first what became of the money."))
        # sudo: payment.notice - the state is not written by hand
        self.sudo().filtered('needs_attention').write(
            {
                'state': 'settled',
                'settled_by_id': self.env.uid,
                'settled_at': fields.Datetime.now(),
            }
        )

    # === BUSINESS METHODS === #
    @api.model
    def _receive(self, provider, values):
        """Keep a verified notice and apply it.

        :param values: what `_verify_notice` of the provider returned
        :return: whether the gateway may stop: it may not while nobody knows whose money it is
        :raise LockError: when the transaction is being worked on
        """
        transaction = self._find_transaction(provider, values['is_live'], values['reference'])
        transaction.lock_for_update(allow_referencing=True)
        notice = self.search([('provider_id', '=', provider.id), ('key', '=', values['key'])])
        if notice:
            notice.received_count += 1
            notice.last_received_at = fields.Datetime.now()
        else:
            notice = self.create(self._prepare_notice(provider, values))
        if notice.state not in ('applied', 'settled'):
            notice._apply(values['data'])
        return not notice.needs_attention

    @api.model
    def _prepare_notice(self, provider, values):
        currency = (
            self.env['res.currency']
            .with_context(active_test=False)
            .search([('name', '=', values['currency'])], limit=1)
        )
        return {
            'provider_id': provider.id,
            'key': values['key'],
            'kind': values['kind'],
            'is_live': values['is_live'],
            'reference': values['reference'],
            'provider_reference': values['provider_reference'],
            'amount': values['amount'],
            'currency_id': currency.id,
            'state': 'unknown',
            'content': json.dumps(values['data'], indent=2, ensure_ascii=False, sort_keys=True),
        }

    @api.model
    def _find_transaction(self, provider, is_live, reference):
        """Return the transaction of this provider; play money never meets a real one."""
        if not reference:
            return self.env['payment.transaction']
        return self.env['payment.transaction'].search(
            [
                ('provider_id', '=', provider.id),
                ('is_live', '=', is_live),
                ('reference', '=', reference),
            ],
            limit=1,
        )

    def _apply(self, data):
        """Process the notice and remember whether the transaction agrees."""
        self.ensure_one()
        transaction = self.transaction_id or self._find_transaction(
            self.provider_id, self.is_live, self.reference
        )
        if not transaction:
            _logger.warning(
                "%s announced money for %s, which is none of our transactions",
                self.provider_id.code,
                self.reference,
            )
            return
        self.transaction_id = transaction
        transaction._process(self.provider_id.code, data)
        self.state = 'applied' if transaction._is_amount_right(data) else 'different'

    @api.autovacuum
    def _gc_applied(self):
        """Forget, after two years, what was applied; what someone cleared up stays."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), years=2)
        self.search([('state', '=', 'applied'), ('create_date', '<', limit)], limit=10000).unlink()
