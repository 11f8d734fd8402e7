import json
import secrets
from datetime import timedelta

import requests

from odoo import api, fields, models
from odoo.addons.payment.const import SENSITIVE_KEYS
from odoo.addons.payment.logging import get_payment_logger
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import urls

from .. import const
from ..tools import rsa
from ..tools.errors import GatewayRefusal

_logger = get_payment_logger(__name__, sensitive_keys=SENSITIVE_KEYS)


class PaymentProvider(models.Model):
    _inherit = 'payment.provider'

    is_direct_merchant = fields.Boolean(compute='_compute_is_direct_merchant')
    order_minutes = fields.Integer(
        string="Time to Pay",
        default=30,
        help="Minutes after which an unpaid order is closed at the gateway (5 to 120).",
    )
    connection_report = fields.Text(readonly=True, copy=False, groups='base.group_system')
    connection_state = fields.Selection(
        [('ok', "Works"), ('warning', "Works, with advice"), ('failed', "Does not work")],
        readonly=True,
        copy=False,
        groups='base.group_system',
    )
    connection_date = fields.Datetime(readonly=True, copy=False, groups='base.group_system')
    # Made when the simulator is first used; worth nothing outside of this database.
    simulator_keys = fields.Text(readonly=True, copy=False, groups='base.group_system')
    notice_count = fields.Integer(compute='_compute_attention_counts')
    bill_count = fields.Integer(compute='_compute_attention_counts')

    _order_minutes_range = models.Constraint(
        'CHECK(order_minutes BETWEEN 5 AND 120)',
        "The time to pay is between 5 and 120 minutes.",
    )

    # === COMPUTE METHODS === #
    @api.depends('code')
    def _compute_is_direct_merchant(self):
        codes = self._get_direct_merchant_codes()
        for provider in self:
            provider.is_direct_merchant = provider.code in codes

    def _compute_attention_counts(self):
        counts = {}
        for model in ('payment.notice', 'payment.bill'):
            # sudo: payment.notice, payment.bill - a number on the form of the provider
            counts[model] = dict(
                self.env[model]
                .sudo()
                ._read_group(
                    [('provider_id', 'in', self.ids), ('needs_attention', '=', True)],
                    ['provider_id'],
                    ['__count'],
                )
            )
        for provider in self:
            provider.notice_count = counts['payment.notice'].get(provider, 0)
            provider.bill_count = counts['payment.bill'].get(provider, 0)

    def _compute_feature_support_fields(self):
        """Override of `payment`: a merchant account of our own can refund any part."""
        result = super()._compute_feature_support_fields()
        self.filtered('is_direct_merchant').support_refund = 'partial'
        return result

    def _get_supported_currencies(self):
        """Override of `payment`: the mainland gateways take yuan only."""
        currencies = super()._get_supported_currencies()
        if self.is_direct_merchant:
            return currencies.filtered(lambda currency: currency.name == 'CNY')
        return currencies

    # === CONSTRAINT METHODS === #
    @api.constrains('state', 'code')
    def _check_direct_credentials(self):
        for provider in self.filtered(lambda p: p.is_direct_merchant and p.state == 'enabled'):
            if missing := provider._get_missing_credentials():
                raise ValidationError(
                    self.env._(
                        "%(provider)s cannot be enabled yet, please fill in: %(fields)s",
                        provider=provider.name,
                        fields=", ".join(missing),
                    )
                )

    # === ACTION METHODS === #
    def action_check_connection(self):
        """Ask the gateway something harmless and keep what came of it, in words."""
        self.ensure_one()
        self.check_access('write')
        try:
            state, lines = self._check_connection()
        except ValidationError as error:
            state, lines = 'failed', [str(error)]
        self.write(
            {
                'connection_state': state,
                'connection_report': "\n".join(lines),
                'connection_date': fields.Datetime.now(),
            }
        )
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    def action_view_notices(self):
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_payment.payment_notice_action'
        )
        return action | {
            'domain': [('provider_id', 'in', self.ids)],
            'context': {'search_default_needs_attention': 1},
        }

    def action_view_bills(self):
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_payment.payment_bill_action'
        )
        return action | {'domain': [('provider_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS: WHAT A DIRECT PROVIDER FILLS IN === #
    @api.model
    def _get_direct_merchant_codes(self):
        """Return the codes of the providers that use a merchant account of our own."""
        return set()

    def _get_missing_credentials(self):
        """Return the labels of the fields without which no payment can be taken."""
        return []

    def _get_field_labels(self, names):
        """Return the labels, in the user's language, of those ``names`` that are empty."""
        labels = self.fields_get(names, ['string'])
        return [labels[name]['string'] for name in names if not self[name]]

    def _check_connection(self):
        """Return ('ok', 'warning' or 'failed', sentences) of a trial request.

        :raise ValidationError: with the reason in words, when it failed
        """
        return 'failed', [self.env._("This provider cannot be checked.")]

    def _verify_notice(self, headers, body):
        """Return what a notification says, once its signature has been verified.

        :param headers: the headers of the request
        :param body: the raw bytes, or the dict of a form
        :return: dict with `key`, `kind` (payment or refund), `is_live`, `reference`,
            `provider_reference`, `amount`, `currency` and `data` (for `_process`)
        :raise NoticeError: when it is not from the gateway, too old, or not for this merchant
        """
        raise NotImplementedError

    def _download_bill(self, date, is_live):
        """Return (file name, bytes) of the bill of the Beijing day ``date``; None when there is none.

        :raise ValidationError: when it cannot be had now
        """
        raise NotImplementedError

    def _parse_bill(self, content):
        """Return the rows of a bill: dicts with `kind`, `reference`, `gateway_number`, `amount`
        (positive), `fee` and `moment` (naive UTC); a refund's reference is the refund's number.
        """
        raise NotImplementedError

    def _answer_as_simulator(self, method, endpoint, headers, body):
        """Return (status, headers, bytes) that the simulated gateway answers to a signed request."""
        raise NotImplementedError

    def _announce_as_simulator(self, order, refund=None):
        """Return (headers, body) of the signed notification about a simulated order or refund."""
        raise NotImplementedError

    # === BUSINESS METHODS: REQUESTS === #
    def _is_simulated(self, is_live):
        """Return whether the built-in simulator, not the gateway, serves such transactions."""
        self.ensure_one()
        return not is_live

    def _send_api_request(
        self, method, endpoint, *, params=None, data=None, json=None, reference=None, **kwargs
    ):
        """Override of `payment`: requests of the test state go to the simulator in this database,
        by the same road: signed, verified there, answered with a signature, verified here.
        """
        if not self.is_direct_merchant or not self._is_simulated(kwargs.get('is_live', True)):
            return super()._send_api_request(
                method,
                endpoint,
                params=params,
                data=data,
                json=json,
                reference=reference,
                **kwargs,
            )
        url = self._build_request_url(endpoint, **kwargs)
        headers = self._build_request_headers(method, endpoint, data, **kwargs)
        self._log_request(method, url, data, reference=reference)
        response = requests.Response()
        response.url = url
        response.status_code, answer_headers, response._content = self._answer_as_simulator(
            method, endpoint, headers, data
        )
        response.headers.update(answer_headers)
        self._log_response(response, reference=reference)
        if not response.ok:
            raise ValidationError(self._parse_response_error(response))
        return self._parse_response_content(response, **kwargs)

    def _log_response(self, response, *, reference=None):
        """Override of `payment`: a refusal is an ordinary answer here ("no such order yet")."""
        if not self.is_direct_merchant:
            return super()._log_response(response, reference=reference)
        _logger.info(
            "Received HTTP %(code)s from %(provider)s for %(ref)s.\n%(data)s",
            {
                'code': response.status_code,
                'provider': self.code,
                'ref': reference or self.display_name,
                'data': response.text,
            },
        )
        return None

    def _refuse(self, message, code=''):
        """Raise that the gateway said no."""
        raise GatewayRefusal(
            self.env._(
                "%(provider)s refused: %(message)s", provider=self.name, message=message or code
            ),
            code,
        )

    def _distrust(self, reason):
        """Raise that an answer cannot be believed."""
        raise ValidationError(
            self.env._(
                "The answer of %(provider)s cannot be trusted: %(reason)s",
                provider=self.name,
                reason=reason,
            )
        )

    def _get_notice_url(self):
        """Return the absolute address that the gateway notifies, without a query string."""
        self.ensure_one()
        return self._get_absolute_url(f'/payment/{self.code}/notify/{self.id}')

    def _get_absolute_url(self, path):
        """Return ``path`` as the payer's browser and the gateway reach it."""
        return urls.urljoin(self.get_base_url(), path)

    @api.model
    def _get_browser(self):
        """Return (is in WeChat, is a phone, IP address) of whoever pays in this request."""
        if not request:
            return False, False, ''
        agent = request.httprequest.user_agent.string or ''
        return (
            'MicroMessenger' in agent,
            bool(const.MOBILE.search(agent)),
            request.httprequest.remote_addr or '',
        )

    # === BUSINESS METHODS: NOTICES === #
    def _receive_notice(self, headers, body):
        """Verify a notification, keep it, and apply it to its transaction.

        :return: whether the gateway may stop announcing it
        :raise NoticeError: when it cannot be trusted
        :raise LockError: when the transaction is being worked on; the gateway shall retry
        """
        self.ensure_one()
        notice = self._verify_notice(headers, body)
        # sudo: payment.notice - gateways have no user; the signature is the right
        return self.env['payment.notice'].sudo()._receive(self, notice)

    # === BUSINESS METHODS: SIMULATOR === #
    def _get_simulator_keys(self):
        """Return the keys of this database's simulator: both sides', and the AES key."""
        self.ensure_one()
        # sudo: payment.provider - the simulator's keys, made on the fly, are readable by system
        provider_sudo = self.sudo()
        if not provider_sudo.simulator_keys:
            merchant_private, merchant_public = rsa.generate_pair()
            gateway_private, gateway_public = rsa.generate_pair()
            provider_sudo.simulator_keys = json.dumps(
                {
                    'merchant_private': merchant_private,
                    'merchant_public': merchant_public,
                    'gateway_private': gateway_private,
                    'gateway_public': gateway_public,
                    'aes': secrets.token_hex(16),
                }
            )
        return json.loads(provider_sudo.simulator_keys)

    def _get_simulator_order(self, reference):
        # sudo: payment.simulator.order - the gateway's side of the simulation
        return (
            self.env['payment.simulator.order']
            .sudo()
            .search([('provider_id', '=', self.id), ('reference', '=', reference)], limit=1)
        )

    def _open_simulator_order(self, reference, amount, description, channel, expires_at=None):
        """Return the simulated gateway's order ``reference`` over ``amount`` (in fen)."""
        order = self._get_simulator_order(reference)
        if order or self.state != 'test':
            return order
        return order.create(
            {
                'provider_id': self.id,
                'reference': reference,
                'amount': amount,
                'description': description,
                'channel': channel,
                'expires_at': expires_at
                or fields.Datetime.now() + timedelta(minutes=self.order_minutes),
            }
        )

    def _is_simulator_on(self):
        """Return whether simulated payments are taken: in the test mode only."""
        self.ensure_one()
        return self.state == 'test' and self._is_simulated(False)
