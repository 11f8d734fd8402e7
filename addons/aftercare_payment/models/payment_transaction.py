import base64
import hashlib
import math
import re
import secrets
import string
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.payment.const import SENSITIVE_KEYS
from odoo.addons.payment.logging import get_payment_logger
from odoo.exceptions import LockError, UserError, ValidationError
from odoo.fields import Domain

from .. import const
from ..tools.errors import GatewayRefusal

_logger = get_payment_logger(__name__, sensitive_keys=SENSITIVE_KEYS)

ALPHABET = string.digits + string.ascii_lowercase


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    is_direct_merchant = fields.Boolean(related='provider_id.is_direct_merchant')
    gateway_channel = fields.Char(string="Channel", readonly=True, copy=False)
    gateway_queried_at = fields.Datetime(string="Last Asked", readonly=True, copy=False)
    expires_at = fields.Datetime(readonly=True, copy=False)
    paid_at = fields.Datetime(readonly=True, copy=False, index='btree_not_null')
    # What the QR code says. Never leaves the server as text: a picture is shown.
    qr_content = fields.Char(readonly=True, copy=False, groups='base.group_system')
    notice_ids = fields.One2many('payment.notice', 'transaction_id', readonly=True)

    _waiting_idx = models.Index(
        "(provider_id, gateway_queried_at) WHERE state IN ('draft', 'pending')"
    )

    # === CRUD METHODS === #
    @api.model
    def _get_specific_create_values(self, provider_code, values):
        """Override of `payment`: no order number that the gateway would refuse gets in."""
        result = super()._get_specific_create_values(provider_code, values)
        if not self._is_direct_code(provider_code):
            return result
        provider = self.env['payment.provider'].browse(values['provider_id'])
        reference = values.get('reference') or ''
        if not const.REFERENCE.fullmatch(reference):
            result['reference'] = self._compute_reference(provider_code, prefix=reference)
        if values.get('operation') != 'refund':
            result['expires_at'] = fields.Datetime.now() + timedelta(minutes=provider.order_minutes)
        return result

    # === ACTION METHODS === #
    def action_ask_gateway(self):
        """Ask the gateway now whether this was paid or refunded."""
        self.check_access('read')
        # sudo: payment.transaction - only what the gateway signs is written
        for transaction in self.sudo().filtered('is_direct_merchant'):
            transaction._ask_gateway()
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    # === BUSINESS METHODS: ORDER NUMBERS === #
    @api.model
    def _is_direct_code(self, provider_code):
        return provider_code in self.env['payment.provider']._get_direct_merchant_codes()

    @api.model
    def _compute_reference(self, provider_code, prefix=None, separator='-', **kwargs):
        """Override of `payment`: letters, digits and underscores, at most 32, and unique beyond
        this database, since others may use the same merchant account and a transaction that is
        rolled back and tried again must not meet its own first order.
        """
        if not self._is_direct_code(provider_code):
            return super()._compute_reference(
                provider_code, prefix=prefix, separator=separator, **kwargs
            )
        if not prefix:
            prefix = self.sudo()._compute_reference_prefix('_', **kwargs)
        readable = re.sub(r'[^0-9A-Za-z]+', '_', prefix or 'tx').strip('_') or 'tx'
        tail = ''.join(secrets.choice(ALPHABET) for _index in range(10))
        suffix = f'_{self._get_database_tag()}{tail}'
        return readable[: const.REFERENCE_LENGTH - len(suffix)] + suffix

    @api.model
    def _get_database_tag(self):
        """Return three letters that tell this database from others on the same account."""
        # sudo: ir.config_parameter - the identity of the database
        uuid = self.env['ir.config_parameter'].sudo().get_param('database.uuid') or ''
        number = int(hashlib.sha256(uuid.encode()).hexdigest(), 16)
        return ''.join(ALPHABET[number // 36**index % 36] for index in range(3))

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Override of `payment`: the number of a refund depends on nothing but the refunds before
        it. If the server dies after the gateway has refunded, the second attempt carries the same
        number, and the gateway does not refund twice.
        """
        if is_refund and self.is_direct_merchant:
            number = 1 + self.search_count(
                [('source_transaction_id', '=', self.id), ('operation', '=', 'refund')]
            )
            custom_create_values.setdefault('reference', f'R_{self.reference}_{number}')
        return super()._create_child_transaction(amount, is_refund, **custom_create_values)

    # === BUSINESS METHODS: WHAT A DIRECT PROVIDER FILLS IN === #
    def _fetch_gateway_data(self):
        """Return what the gateway knows of this payment or refund, for `_process`; None if nothing.

        :raise ValidationError: when it cannot be asked
        """
        raise NotImplementedError

    def _close_gateway_order(self):
        """Close the unpaid order at the gateway, so that nobody can pay it any more.

        :raise ValidationError: when it cannot be closed (e.g. it was paid meanwhile)
        """
        raise NotImplementedError

    def _request_refund(self):
        """Ask the gateway to refund and return its answer, for `_process`.

        :raise GatewayRefusal: when it will not
        :raise ValidationError: when nobody knows
        """
        raise NotImplementedError

    # === BUSINESS METHODS: STATE === #
    def _is_amount_right(self, payment_data):
        """Return whether the gateway speaks of exactly this amount and currency.

        Core lets a second notification with a wrong amount confirm a transaction: its own check
        stops only when the state changes to `error`, and from `error` the way to `done` is open.
        """
        self.ensure_one()
        expected = self._extract_amount_data(payment_data) or {}
        amount = expected.get('amount')
        return (
            amount is not None
            and self.currency_id.compare_amounts(amount, abs(self.amount)) == 0
            and expected.get('currency_code') == self.currency_id.name
        )

    def _confirm_at_gateway(self, payment_data, provider_reference, paid_at):
        """Mark as done what the gateway says was paid or refunded: this amount, this currency.

        Money that arrives after the order was given up is taken: the customer has paid.
        """
        self.ensure_one()
        if self.state == 'done':
            return
        if not self._is_amount_right(payment_data):
            self._set_error(
                self.env._("The gateway speaks of another amount. Nothing was confirmed.")
            )
            return
        self.write(
            {
                'provider_reference': provider_reference or self.provider_reference,
                'paid_at': paid_at or fields.Datetime.now(),
            }
        )
        self._set_done(extra_allowed_states=('cancel',))
        self._trigger_post_processing()

    def _give_up(self, message):
        """Cancel an order that will not be paid; never touch one that was."""
        self.ensure_one()
        if self.state in ('draft', 'pending'):
            self._set_canceled(message)
            self._trigger_post_processing()

    def _trigger_post_processing(self):
        # sudo: ir.cron - nobody may be looking: the payment must not wait for a browser
        cron = self.env.ref('payment.cron_post_process_payment_tx', raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    def _ask_gateway(self):
        """Ask the gateway what became of each transaction and apply it.

        :raise LockError: when one is being worked on
        :raise ValidationError: when the gateway cannot be asked
        """
        for transaction in self:
            transaction.lock_for_update(allow_referencing=True)
            transaction.gateway_queried_at = fields.Datetime.now()
            data = transaction._fetch_gateway_data()
            if data is None and transaction.operation == 'refund':
                if transaction.state == 'pending':
                    transaction._send_refund_request_again()
            elif data is not None:
                transaction._process(transaction.provider_code, data)

    def _expire(self):
        """Close at the gateway what was not paid in time; the gateway is asked before."""
        for transaction in self:
            transaction._ask_gateway()
            if transaction.state == 'draft':
                transaction._close_gateway_order()
                transaction._give_up(self.env._("It was not paid in time."))

    # === BUSINESS METHODS: REFUNDS === #
    def _refund(self, amount_to_refund=None):
        """Override of `payment`: never more than was paid, and never a refund of a refund."""
        if not self.is_direct_merchant:
            return super()._refund(amount_to_refund=amount_to_refund)
        self.ensure_one()
        if self.operation == 'refund':
            raise UserError(self.env._("A refund cannot be refunded."))
        self.lock_for_update(allow_referencing=True)
        amount = self.currency_id.round(amount_to_refund or self.amount)
        left = self._get_refundable_amount()
        if amount <= 0 or self.currency_id.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._(
                    "Between %(least)s and %(most)s of this payment can be refunded.",
                    least=self.currency_id.format(self.currency_id.rounding),
                    most=self.currency_id.format(left),
                )
            )
        return super()._refund(amount_to_refund=amount)

    def _get_refundable_amount(self):
        """Return what is left of a payment when refunds, also those under way, are taken off."""
        self.ensure_one()
        refunds = self.child_transaction_ids.filtered(
            lambda child: child.operation == 'refund' and child.state not in ('cancel', 'error')
        )
        return self.currency_id.round(self.amount + sum(refunds.mapped('amount')))

    def _send_refund_request(self):
        """Override of `payment`: without an answer the refund waits and is asked again with the
        same number; only a signed refusal ends it.
        """
        if not self.is_direct_merchant:
            return super()._send_refund_request()
        try:
            data = self._request_refund()
        except GatewayRefusal:
            raise
        except ValidationError as error:
            self._set_pending(state_message=str(error))
            return None
        self._process(self.provider_code, data)
        return None

    def _send_refund_request_again(self):
        """Send a refund the gateway has never heard of, with its own number."""
        try:
            data = self._request_refund()
        except GatewayRefusal as error:
            self._set_error(str(error))
        else:
            self._process(self.provider_code, data)

    # === BUSINESS METHODS: SCHEDULED ACTION === #
    @api.model
    def _cron_ask_gateways(self):
        """Ask the gateways about what nobody announced, and close what was not paid in time.

        Notifications are not guaranteed. Oldest question first, each transaction by itself; a
        gateway that cannot be reached is left alone until the next run.
        """
        now = fields.Datetime.now()
        before = now - timedelta(minutes=const.QUERY_AFTER_MINUTES)
        # sudo: payment.transaction - the scheduled action serves all companies
        Transaction = self.sudo()
        domain = (
            Domain(
                'provider_code',
                'in',
                list(self.env['payment.provider']._get_direct_merchant_codes()),
            )
            & Domain('create_date', '<', before)
            & (Domain('gateway_queried_at', '=', False) | Domain('gateway_queried_at', '<', before))
            & (
                (Domain('state', '=', 'draft') & Domain('operation', '!=', 'refund'))
                | (Domain('state', '=', 'pending') & Domain('operation', '=', 'refund'))
            )
        )
        waiting = Transaction.search(
            domain, order='gateway_queried_at NULLS FIRST, id', limit=const.BATCH_SIZE
        )
        self.env['ir.cron']._commit_progress(remaining=len(waiting))
        unreachable = set()
        for transaction in waiting:
            key = (transaction.provider_id, transaction.is_live)
            if key not in unreachable and not transaction._ask_gateway_in_turn(now):
                unreachable.add(key)
            if not self.env['ir.cron']._commit_progress(1):
                break

    def _ask_gateway_in_turn(self, now):
        """Do one transaction of the scheduled action; return False when the gateway is down."""
        try:
            with self.env.cr.savepoint():
                if self.state == 'draft' and self.expires_at and self.expires_at <= now:
                    self._expire()
                else:
                    self._ask_gateway()
        except (LockError, GatewayRefusal) as error:
            _logger.info("Transaction %s waits for the next run: %s", self.reference, error)
        except ValidationError as error:
            _logger.info("No answer about transaction %s: %s", self.reference, error)
            return False
        except Exception:
            _logger.exception("Transaction %s could not be asked about", self.reference)
        # Written also when it failed, so that one bad record does not keep its place in the queue.
        self.gateway_queried_at = now
        return True

    # === BUSINESS METHODS: PAGE === #
    def _get_waiting_page(self):
        """Return what the status page shows while a direct merchant waits for the payer; or None."""
        self.ensure_one()
        if not self.is_direct_merchant or self.state != 'draft' or self.operation == 'refund':
            return None
        provider = self.provider_id
        simulated = provider._is_simulated(self.is_live)
        order = provider._get_simulator_order(self.reference) if simulated else None
        in_wechat, is_phone, _address = provider._get_browser()
        return {
            'provider_code': provider.code,
            'provider_name': provider.name,
            'qr_picture': self._get_qr_picture(),
            'is_phone': is_phone,
            'in_wechat': in_wechat,
            'simulator_url': order._get_page_url() if order else None,
            'minutes_left': self._get_minutes_left(),
            'other_way_url': self._get_other_way_url(),
        }

    def _get_minutes_left(self):
        """Return how long the order is still open; 0 when its time is over."""
        self.ensure_one()
        left = (self.expires_at or fields.Datetime.now()) - fields.Datetime.now()
        return max(0, math.ceil(left.total_seconds() / 60))

    def _get_qr_picture(self):
        """Return the QR code as a data URI; None when there is none."""
        if not self.qr_content:
            return None
        picture = self.env['ir.actions.report'].barcode(
            'QR', self.qr_content, width=320, height=320, quiet=0
        )
        return 'data:image/png;base64,' + base64.b64encode(picture).decode()

    def _get_other_way_url(self):
        """Return where another payment method can be chosen."""
        route = self.landing_route or '/my'
        return '/shop/payment' if route.startswith('/shop/') else route

    def _may_be_asked_again(self):
        """Return whether the payer's own question is not too soon after the last one."""
        self.ensure_one()
        earliest = fields.Datetime.now() - timedelta(seconds=const.CHECK_SECONDS)
        return not self.gateway_queried_at or self.gateway_queried_at <= earliest

    def _get_gateway_description(self):
        """Return what the payer reads at the gateway: who sells, and our number of the order."""
        self.ensure_one()
        return f'{self.company_id.name[:30]} {self.reference}'

    def _get_cents(self):
        """Return the amount, without its sign, in the smallest unit."""
        self.ensure_one()
        return round(abs(self.amount) * 100)
