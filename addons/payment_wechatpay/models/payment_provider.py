import csv
import hashlib
import io
import json
import secrets
import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import requests

from odoo import api, fields, models
from odoo.addons.aftercare_payment.tools import beijing, rsa
from odoo.addons.aftercare_payment.tools.errors import GatewayRefusal, NoticeError
from odoo.exceptions import ValidationError

from .. import const


class PaymentProvider(models.Model):
    _inherit = 'payment.provider'

    code = fields.Selection(
        selection_add=[('wechatpay', "WeChat Pay")], ondelete={'wechatpay': 'set default'}
    )
    wechatpay_appid = fields.Char(
        string="App ID",
        copy=False,
        help="AppID of the official account, mini program or app that is bound to the merchant "
        "account: Merchant Platform › Product Center › AppID Account Management. Begins with wx.",
    )
    wechatpay_mchid = fields.Char(
        string="Merchant Number",
        copy=False,
        help="Merchant Platform › Account Center › Merchant Information. Ten digits.",
    )
    wechatpay_serial = fields.Char(
        string="Certificate Serial Number",
        copy=False,
        groups='base.group_system',
        help="Merchant Platform › Account Center › API Security › Merchant API Certificate › "
        "Manage Certificates. 40 letters and digits.",
    )
    wechatpay_private_key = fields.Char(
        string="Merchant Private Key",
        copy=False,
        groups='base.group_system',
        help="The content of apiclient_key.pem, which the certificate tool saved when the "
        "merchant API certificate was requested. WeChat Pay does not keep it.",
    )
    wechatpay_api_v3_key = fields.Char(
        string="APIv3 Key",
        copy=False,
        groups='base.group_system',
        help="The 32 characters that you chose yourself at Merchant Platform › Account Center › "
        "API Security › APIv3 Key.",
    )
    wechatpay_public_key_id = fields.Char(
        string="WeChat Pay Public Key ID",
        copy=False,
        groups='base.group_system',
        help="Merchant Platform › Account Center › API Security › WeChat Pay Public Key. "
        "Begins with PUB_KEY_ID_.",
    )
    wechatpay_public_key = fields.Text(
        string="WeChat Pay Public Key",
        copy=False,
        groups='base.group_system',
        help="The content of pub_key.pem, downloaded at the same place as its ID.",
    )
    wechatpay_certificates = fields.Text(
        string="Platform Certificates",
        copy=False,
        groups='base.group_system',
        help="Only for merchant accounts that have no WeChat Pay public key yet, or are changing "
        "over to it: one or several platform certificates (PEM), one below the other. "
        "Get Certificates fetches them.",
    )
    wechatpay_app_secret = fields.Char(
        string="App Secret",
        copy=False,
        groups='base.group_system',
        help="Needed only to pay inside of WeChat: WeChat Official Accounts Platform › Settings "
        "and Development › Basic Configuration.",
    )
    wechatpay_use_jsapi = fields.Boolean(
        string="Pay inside of WeChat",
        help="JSAPI payment for customers who read the shop in WeChat. Must be opened at Merchant "
        "Platform › Product Center, and the address of the shop entered there under "
        "Development Configuration.",
    )
    wechatpay_use_h5 = fields.Boolean(
        string="Pay in a phone's browser",
        help="H5 payment: the browser of a phone opens WeChat. Must be opened at Merchant Platform "
        "› Product Center, and the domain registered there. Without it phones show a QR code.",
    )

    # === COMPUTE METHODS === #
    @api.model
    def _get_direct_merchant_codes(self):
        """Override of `aftercare_payment` to add WeChat Pay."""
        return super()._get_direct_merchant_codes() | {'wechatpay'}

    def _get_default_payment_method_codes(self):
        """Override of `payment` to return the default payment method codes."""
        self.ensure_one()
        if self.code != 'wechatpay':
            return super()._get_default_payment_method_codes()
        return const.DEFAULT_PAYMENT_METHOD_CODES

    def _get_missing_credentials(self):
        """Override of `aftercare_payment` to name the empty fields."""
        if self.code != 'wechatpay':
            return super()._get_missing_credentials()
        # sudo: payment.provider - only whether the secrets are filled in
        provider_sudo = self.sudo()
        names = [
            'wechatpay_appid',
            'wechatpay_mchid',
            'wechatpay_serial',
            'wechatpay_private_key',
            'wechatpay_api_v3_key',
        ]
        if not provider_sudo.wechatpay_certificates:
            names += ['wechatpay_public_key_id', 'wechatpay_public_key']
        if provider_sudo.wechatpay_use_jsapi:
            names.append('wechatpay_app_secret')
        return provider_sudo._get_field_labels(names)

    # === ACTION METHODS === #
    def action_wechatpay_get_certificates(self):
        """Fetch the platform certificates in force (accounts without a WeChat Pay public key)."""
        self.ensure_one()
        self.check_access('write')
        self.wechatpay_certificates = self._wechatpay_fetch_certificates()
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}

    # === BUSINESS METHODS: KEYS === #
    def _wechatpay_get_credentials(self, is_live):
        """Return who we are, and `platform_keys`: {serial: PEM} of whom we believe."""
        self.ensure_one()
        if self._is_simulated(is_live):
            keys = self._get_simulator_keys()
            return SimpleNamespace(
                appid=const.SIMULATOR_APPID,
                mchid=const.SIMULATOR_MCHID,
                serial='SIMULATOR',
                private_key=keys['merchant_private'],
                aes_key=keys['aes'],
                public_key_id=const.SIMULATOR_SERIAL,
                platform_keys={const.SIMULATOR_SERIAL: keys['gateway_public']},
            )
        # sudo: payment.provider - the keys sign and verify here, they are not shown
        provider_sudo = self.sudo()
        platform_keys = rsa.load_certificates(provider_sudo.wechatpay_certificates)
        public_key_id = (provider_sudo.wechatpay_public_key_id or '').strip()
        if public_key_id and provider_sudo.wechatpay_public_key:
            platform_keys[public_key_id] = provider_sudo.wechatpay_public_key
        return SimpleNamespace(
            appid=(self.wechatpay_appid or '').strip(),
            mchid=(self.wechatpay_mchid or '').strip(),
            serial=(provider_sudo.wechatpay_serial or '').strip(),
            private_key=provider_sudo.wechatpay_private_key,
            aes_key=(provider_sudo.wechatpay_api_v3_key or '').strip(),
            public_key_id=public_key_id,
            platform_keys=platform_keys,
        )

    def _wechatpay_sign(self, is_live, *lines):
        """Return the signature of the lines, each ended by a newline."""
        credentials = self._wechatpay_get_credentials(is_live)
        message = ''.join(f'{line}\n' for line in lines)
        try:
            return rsa.sign(credentials.private_key, message)
        except ValueError:
            raise ValidationError(
                self.env._(
                    "The merchant private key cannot be read. Paste the whole content of "
                    "apiclient_key.pem."
                )
            )

    def _wechatpay_get_distrust(self, headers, body, is_live):
        """Return why a message with these headers is not from WeChat Pay; None when it is.

        :param body: the raw bytes
        """
        keys = self._wechatpay_get_credentials(is_live).platform_keys
        serial = headers.get('Wechatpay-Serial') or ''
        key = keys.get(serial) or keys.get(serial.upper().lstrip('0'))
        timestamp = headers.get('Wechatpay-Timestamp') or ''
        nonce = headers.get('Wechatpay-Nonce') or ''
        schema = headers.get('Wechatpay-Signature-Type') or const.SCHEMA
        if not key:
            return self.env._("it is signed with the unknown key %s", serial or '—')
        if schema != const.SCHEMA:
            return self.env._("it is signed in another way: %s", schema)
        message = f'{timestamp}\n{nonce}\n'.encode() + body + b'\n'
        if not rsa.verify(key, message, headers.get('Wechatpay-Signature')):
            return self.env._("its signature is wrong")
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > const.CLOCK_TOLERANCE:
            return self.env._("its time is more than five minutes away from this server's clock")
        return None

    # === BUSINESS METHODS: REQUESTS === #
    def _wechatpay_request(self, method, path, payload=None, *, is_live, reference=None, raw=False):
        """Return WeChat Pay's verified answer.

        :param path: with its query string
        :param payload: a dict for the body
        :param raw: return the bytes of a download, whose answer is not signed
        :raise GatewayRefusal: when it refused, with its signature
        :raise ValidationError: when nobody knows what it did
        """
        # ASCII only: the text that is signed is the text that is sent.
        body = json.dumps(payload) if payload is not None else None
        return self._send_api_request(
            method, path, data=body, reference=reference, is_live=is_live, raw=raw
        )

    def _build_request_url(self, endpoint, **kwargs):
        """Override of `payment` to build the request URL."""
        if self.code != 'wechatpay':
            return super()._build_request_url(endpoint, **kwargs)
        if self._is_simulated(kwargs['is_live']):
            return f'simulator:{endpoint}'
        return f'{const.GATEWAY_URL}{endpoint}'

    def _build_request_headers(self, method, endpoint, payload, **kwargs):
        """Override of `payment` to sign the request."""
        if self.code != 'wechatpay':
            return super()._build_request_headers(method, endpoint, payload, **kwargs)
        is_live = kwargs['is_live']
        credentials = self._wechatpay_get_credentials(is_live)
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        signature = self._wechatpay_sign(is_live, method, endpoint, timestamp, nonce, payload or '')
        headers = {
            'Accept': 'application/json',
            'Content-Type': 'application/json',
            'User-Agent': 'Aftercare',
            'Authorization': (
                f'{const.SCHEMA} mchid="{credentials.mchid}",nonce_str="{nonce}",'
                f'signature="{signature}",timestamp="{timestamp}",'
                f'serial_no="{credentials.serial}"'
            ),
        }
        if credentials.public_key_id:
            # Answers shall be signed with the public key, not with a platform certificate.
            headers['Wechatpay-Serial'] = credentials.public_key_id
        return headers

    def _parse_response_content(self, response, **kwargs):
        """Override of `payment` to believe signed answers only."""
        if self.code != 'wechatpay':
            return super()._parse_response_content(response, **kwargs)
        if kwargs.get('raw'):
            return response.content
        if reason := self._wechatpay_get_distrust(
            response.headers, response.content, kwargs['is_live']
        ):
            self._distrust(reason)
        return response.json() if response.content else {}

    def _parse_response_error(self, response):
        """Override of `payment`: a signed refusal is an answer, an unsigned one is only a hint."""
        if self.code != 'wechatpay':
            return super()._parse_response_error(response)
        try:
            answer = response.json()
        except ValueError:
            answer = {}
        answer = answer if isinstance(answer, dict) else {}
        code = str(answer.get('code') or response.status_code)
        message = str(answer.get('message') or '')
        is_live = not response.url.startswith('simulator:')
        distrust = self._wechatpay_get_distrust(response.headers, response.content, is_live)
        if 400 <= response.status_code < 500 and response.status_code != 429 and not distrust:
            self._refuse(message, code)
        return f'{code} {message}'.strip()

    # === BUSINESS METHODS: NOTICES === #
    def _verify_notice(self, headers, body):
        """Override of `aftercare_payment` to verify and decrypt a notification."""
        if self.code != 'wechatpay':
            return super()._verify_notice(headers, body)
        is_live = headers.get('Wechatpay-Serial') != const.SIMULATOR_SERIAL
        if not is_live and not self._is_simulator_on():
            raise NoticeError(self.env._("The simulator is switched off."))
        if reason := self._wechatpay_get_distrust(headers, body, is_live):
            raise NoticeError(reason)
        credentials = self._wechatpay_get_credentials(is_live)
        try:
            notice = json.loads(body)
            resource = notice['resource']
            data = json.loads(
                rsa.decrypt(
                    credentials.aes_key,
                    resource['nonce'],
                    resource.get('associated_data'),
                    resource['ciphertext'],
                )
            )
            key = notice['id']
        except (ValueError, KeyError, TypeError):
            raise NoticeError(
                self.env._("It cannot be decrypted. Is the APIv3 key the one in force?")
            )
        if data.get('mchid') != credentials.mchid:
            raise NoticeError(self.env._("It is about another merchant."))
        is_refund = 'out_refund_no' in data
        if not is_refund and data.get('appid') != credentials.appid:
            raise NoticeError(self.env._("It is about another app."))
        amount = data.get('amount') or {}
        return {
            'key': key,
            'kind': 'refund' if is_refund else 'payment',
            'is_live': is_live,
            'reference': data['out_refund_no'] if is_refund else data.get('out_trade_no'),
            'provider_reference': data.get('refund_id' if is_refund else 'transaction_id'),
            'amount': (amount.get('refund' if is_refund else 'total') or 0) / 100,
            'currency': amount.get('currency') or 'CNY',
            'data': data,
        }

    # === BUSINESS METHODS: CONNECTION === #
    def _check_connection(self):
        """Override of `aftercare_payment`: ask for an order that cannot exist."""
        if self.code != 'wechatpay':
            return super()._check_connection()
        is_live = self.state != 'test'
        credentials = self._wechatpay_get_credentials(is_live)
        if is_live:
            if missing := self._get_missing_credentials():
                return 'failed', [self.env._("Please fill in: %s", ", ".join(missing))]
            if len(credentials.aes_key.encode()) != 32:
                return 'failed', [self.env._("The APIv3 key must have exactly 32 characters.")]
            if not credentials.platform_keys:
                return 'failed', [self.env._("The platform certificates cannot be read.")]
            try:
                for key in credentials.platform_keys.values():
                    rsa.load_public_key(key)
            except ValueError:
                return 'failed', [
                    self.env._(
                        "The WeChat Pay public key cannot be read. Paste the whole content of "
                        "pub_key.pem."
                    )
                ]
        path = (
            f'/v3/pay/transactions/out-trade-no/CHECK_{secrets.token_hex(8)}'
            f'?mchid={credentials.mchid}'
        )
        try:
            self._wechatpay_request('GET', path, is_live=is_live)
        except GatewayRefusal as error:
            if error.code not in const.UNKNOWN_ORDER_CODES:
                raise
        if is_live:
            lines = [self.env._("WeChat Pay took our signature, and its answer was verified.")]
        else:
            lines = [self.env._("The simulator took our signature, and its answer was verified.")]
        if is_live and not self._get_notice_url().startswith('https://'):
            lines.append(
                self.env._(
                    "But this server's address, %s, is not https: WeChat Pay will not notify it. "
                    "Payments are found only when they are asked about, every two minutes.",
                    self.get_base_url(),
                )
            )
        return ('warning' if len(lines) > 1 else 'ok'), lines

    def _wechatpay_fetch_certificates(self):
        """Return the PEM of the platform certificates in force.

        The first answer is signed with a certificate that only it contains: what vouches for it
        is that the certificates were encrypted with our APIv3 key.
        """
        credentials = self._wechatpay_get_credentials(True)
        answer = json.loads(
            self._wechatpay_request('GET', '/v3/certificates', is_live=True, raw=True)
        )
        try:
            return "\n".join(
                rsa.decrypt(
                    credentials.aes_key,
                    item['encrypt_certificate']['nonce'],
                    item['encrypt_certificate'].get('associated_data'),
                    item['encrypt_certificate']['ciphertext'],
                )
                .decode()
                .strip()
                for item in answer['data']
            )
        except (ValueError, KeyError, TypeError):
            raise ValidationError(
                self.env._("The certificates cannot be decrypted. Is the APIv3 key right?")
            )

    def _wechatpay_get_openid(self, code):
        """Return who the payer is inside of WeChat, for the code of the authorisation.

        Not sent by `_send_api_request`: that writes the address, and the secret in it, into the log.
        """
        # sudo: payment.provider - the secret goes to WeChat only
        params = {
            'appid': self.wechatpay_appid,
            'secret': self.sudo().wechatpay_app_secret,
            'code': code,
            'grant_type': 'authorization_code',
        }
        try:
            answer = requests.get(const.OPENID_URL, params=params, timeout=10).json()
        except (requests.exceptions.RequestException, ValueError):
            answer = {}
        if not answer.get('openid'):
            raise ValidationError(
                self.env._("WeChat did not tell who is paying. Please try again.")
            )
        return answer['openid']

    # === BUSINESS METHODS: BILLS === #
    def _download_bill(self, date, is_live):
        """Override of `aftercare_payment` to get the trade bill and compare its hash."""
        if self.code != 'wechatpay':
            return super()._download_bill(date, is_live)
        try:
            answer = self._wechatpay_request(
                'GET', f'/v3/bill/tradebill?bill_date={date}&bill_type=ALL', is_live=is_live
            )
        except GatewayRefusal as error:
            if error.code in const.NO_BILL_CODES:
                return None
            raise
        address = urlsplit(answer['download_url'])
        path = f'{address.path}?{address.query}' if address.query else address.path
        content = self._wechatpay_request('GET', path, is_live=is_live, raw=True)
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        if answer.get('hash_type') != 'SHA1' or digest != answer['hash_value'].lower():
            self._distrust(self.env._("the hash of the bill is wrong"))
        return f'wechatpay-{date}.csv', content

    def _parse_bill(self, content):
        """Override of `aftercare_payment` to read the trade bill."""
        if self.code != 'wechatpay':
            return super()._parse_bill(content)
        reader = csv.reader(io.StringIO(content.decode('utf-8-sig')))
        head = next(reader, [])
        rows = []
        for cells in reader:
            if not cells or not cells[0].startswith('`'):
                break  # the totals
            row = dict(zip(head, (cell.removeprefix('`').strip() for cell in cells), strict=False))
            if row['交易状态'] not in ('SUCCESS', 'REFUND'):
                continue  # revoked before it was settled
            is_refund = row['交易状态'] == 'REFUND'
            rows.append(
                {
                    'kind': 'refund' if is_refund else 'payment',
                    'reference': row['商户退款单号' if is_refund else '商户订单号'],
                    'gateway_number': row['微信退款单号' if is_refund else '微信订单号'],
                    'amount': abs(float(row['申请退款金额' if is_refund else '订单金额'])),
                    'fee': float(row['手续费'] or 0),
                    'moment': beijing.to_utc(row['交易时间']),
                }
            )
        return rows
