import csv
import io
import json
import secrets
import zipfile
from types import SimpleNamespace

import requests

from odoo import api, fields, models
from odoo.addons.aftercare_payment.tools import beijing, rsa
from odoo.addons.aftercare_payment.tools.errors import GatewayRefusal, NoticeError
from odoo.exceptions import ValidationError

from .. import const
from ..tools import rsa2


class PaymentProvider(models.Model):
    _inherit = 'payment.provider'

    code = fields.Selection(
        selection_add=[('alipay', "Alipay")], ondelete={'alipay': 'set default'}
    )
    alipay_app_id = fields.Char(
        string="Alipay App ID",
        copy=False,
        help="open.alipay.com › Console › your web or mobile application, at the top of its page. "
        "Sixteen digits.",
    )
    alipay_seller_id = fields.Char(
        string="Seller ID (PID)",
        copy=False,
        help="b.alipay.com › Account Center › Account Information. Sixteen digits that begin with "
        "2088. With it, notifications about another seller are refused.",
    )
    alipay_private_key = fields.Char(
        string="Application Private Key",
        copy=False,
        groups='base.group_system',
        help="The private half of the RSA2 key pair that you made with Alipay's key tool. Its "
        "public half is uploaded at open.alipay.com › your application › Development Settings › "
        "Interface Signing (choose: key, not certificate).",
    )
    alipay_public_key = fields.Text(
        copy=False,
        groups='base.group_system',
        help="Shown by open.alipay.com at Interface Signing once your own public key is uploaded. "
        "It is Alipay's key, not the public half of your own.",
    )
    alipay_sandbox = fields.Boolean(
        string="Use Alipay's Sandbox",
        copy=False,
        help="In the test mode, use the keys above with Alipay's own sandbox (open.alipay.com › "
        "Console › Sandbox) rather than the simulator in this database.",
    )
    alipay_use_qr = fields.Boolean(
        string="QR code on our page",
        help="Needs the product Face-to-Face Payment (当面付). Without it customers at a computer "
        "go to Alipay's own page and log in or scan there.",
    )
    alipay_use_wap = fields.Boolean(
        string="Open the app on phones",
        default=True,
        help="Needs the product Mobile Website Payment (手机网站支付).",
    )

    # === COMPUTE METHODS === #
    @api.model
    def _get_direct_merchant_codes(self):
        """Override of `aftercare_payment` to add Alipay."""
        return super()._get_direct_merchant_codes() | {'alipay'}

    def _get_default_payment_method_codes(self):
        """Override of `payment` to return the default payment method codes."""
        self.ensure_one()
        if self.code != 'alipay':
            return super()._get_default_payment_method_codes()
        return const.DEFAULT_PAYMENT_METHOD_CODES

    def _get_missing_credentials(self):
        """Override of `aftercare_payment` to name the empty fields."""
        if self.code != 'alipay':
            return super()._get_missing_credentials()
        # sudo: payment.provider - only whether the secrets are filled in
        return self.sudo()._get_field_labels(
            ['alipay_app_id', 'alipay_private_key', 'alipay_public_key']
        )

    # === CONSTRAINT METHODS === #
    @api.constrains('state', 'alipay_sandbox')
    def _check_alipay_sandbox(self):
        for provider in self.filtered(lambda p: p.code == 'alipay' and p.alipay_sandbox):
            if provider.state == 'enabled':
                raise ValidationError(
                    self.env._(
                        "Alipay's sandbox moves no real money: it is for the test mode only."
                    )
                )
            if provider.state == 'test' and (missing := provider._get_missing_credentials()):
                raise ValidationError(
                    self.env._("The sandbox needs: %s", ", ".join(missing)),
                )

    # === BUSINESS METHODS: KEYS === #
    def _is_simulated(self, is_live):
        """Override of `aftercare_payment`: Alipay has a sandbox of its own, if one wants it."""
        # sudo: payment.provider - a switch
        return super()._is_simulated(is_live) and not (
            self.code == 'alipay' and self.sudo().alipay_sandbox
        )

    def _alipay_get_credentials(self, is_live):
        """Return who we are and whom we believe."""
        self.ensure_one()
        if self._is_simulated(is_live):
            keys = self._get_simulator_keys()
            return SimpleNamespace(
                app_id=const.SIMULATOR_APP_ID,
                seller_id=const.SIMULATOR_SELLER_ID,
                private_key=keys['merchant_private'],
                public_key=keys['gateway_public'],
            )
        # sudo: payment.provider - the keys sign and verify here, they are not shown
        provider_sudo = self.sudo()
        return SimpleNamespace(
            app_id=(self.alipay_app_id or '').strip(),
            seller_id=(self.alipay_seller_id or '').strip(),
            private_key=provider_sudo.alipay_private_key,
            public_key=provider_sudo.alipay_public_key,
        )

    def _alipay_get_gateway_url(self, is_live):
        if self._is_simulated(is_live):
            return self._get_absolute_url(f'/payment/alipay/simulator/{self.id}')
        return const.GATEWAY_URL if is_live else const.SANDBOX_URL

    # === BUSINESS METHODS: REQUESTS === #
    def _alipay_sign_request(self, method, content, *, is_live, **others):
        """Return the signed parameters of a call.

        :param method: e.g. alipay.trade.query
        :param content: dict of `biz_content`
        :param others: notify_url, return_url
        """
        credentials = self._alipay_get_credentials(is_live)
        now = beijing.localize(fields.Datetime.now())
        params = {
            'app_id': credentials.app_id,
            'method': method,
            'format': 'JSON',
            'charset': 'utf-8',
            'sign_type': 'RSA2',
            'timestamp': f'{now:%Y-%m-%d %H:%M:%S}',
            'version': '1.0',
            **others,
            'biz_content': json.dumps(content),
        }
        try:
            params['sign'] = rsa.sign(credentials.private_key, rsa2.build_message(params))
        except ValueError:
            raise ValidationError(
                self.env._(
                    "The application private key cannot be read. Paste what Alipay's key tool "
                    "saved, without anything else."
                )
            )
        return params

    def _alipay_request(self, method, content, *, is_live, reference=None, **others):
        """Return Alipay's verified answer.

        :raise GatewayRefusal: when it refused, with its signature
        :raise ValidationError: when nobody knows what it did
        """
        return self._send_api_request(
            'POST',
            method,
            data=self._alipay_sign_request(method, content, is_live=is_live, **others),
            reference=reference,
            is_live=is_live,
            node=method.replace('.', '_') + '_response',
        )

    def _build_request_url(self, endpoint, **kwargs):
        """Override of `payment` to build the request URL."""
        if self.code != 'alipay':
            return super()._build_request_url(endpoint, **kwargs)
        return f'{self._alipay_get_gateway_url(kwargs["is_live"])}?charset=utf-8'

    def _parse_response_content(self, response, **kwargs):
        """Override of `payment` to verify the characters that were signed."""
        if self.code != 'alipay':
            return super()._parse_response_content(response, **kwargs)
        response.encoding = 'utf-8'
        try:
            parts = rsa2.split_answer(response.text)
        except ValueError:
            self._distrust(self.env._("it cannot be read"))
        answer, signed = parts.get(kwargs['node']) or parts.get('error_response') or ({}, '')
        answer = answer if isinstance(answer, dict) else {}
        signature = str(parts.get('sign', ('', ''))[0])
        credentials = self._alipay_get_credentials(kwargs['is_live'])
        code = str(answer.get('sub_code') or answer.get('code') or '')
        message = f'{answer.get("sub_msg") or answer.get("msg") or ""} ({code})'
        if not rsa.verify(credentials.public_key, signed, signature):
            if answer and answer.get('code') != const.SUCCESS_CODE and not signature:
                # E.g. our own signature is wrong: Alipay does not sign what it tells strangers.
                raise ValidationError(
                    self.env._("%(provider)s answered: %(text)s", provider=self.name, text=message)
                )
            self._distrust(self.env._("its signature is wrong"))
        if answer.get('code') == const.SUCCESS_CODE:
            return answer
        if answer.get('code') == '20000' or code in const.UNKNOWN_OUTCOME_CODES:
            raise ValidationError(
                self.env._("%(provider)s answered: %(text)s", provider=self.name, text=message)
            )
        return self._refuse(message, code)

    # === BUSINESS METHODS: NOTICES === #
    def _alipay_get_distrust(self, params, is_live):
        """Return why a notification or a return is not from Alipay; None when it is."""
        credentials = self._alipay_get_credentials(is_live)
        if self._is_simulated(is_live) and not self._is_simulator_on():
            return self.env._("the simulator is switched off")
        if params.get('sign_type') != 'RSA2':
            return self.env._("it is signed in another way: %s", params.get('sign_type'))
        # The documentation leaves empty values out, Alipay's own Java library keeps them.
        messages = (
            rsa2.build_message(params, leave_out=('sign', 'sign_type'), keep_empty=keep_empty)
            for keep_empty in (False, True)
        )
        if not any(
            rsa.verify(credentials.public_key, message, params.get('sign')) for message in messages
        ):
            return self.env._("its signature is wrong")
        if params.get('app_id') != credentials.app_id:
            return self.env._("it is about another app")
        seller_id = params.get('seller_id')
        if seller_id and credentials.seller_id and seller_id != credentials.seller_id:
            return self.env._("it is about another seller")
        return None

    def _alipay_is_live(self, params):
        """Return whether the parameters claim to be about real money; their signature must fit."""
        if params.get('app_id') == const.SIMULATOR_APP_ID:
            return False
        # sudo: payment.provider - a switch
        return not self.sudo().alipay_sandbox

    def _verify_notice(self, headers, body):
        """Override of `aftercare_payment` to verify the form that Alipay posts."""
        if self.code != 'alipay':
            return super()._verify_notice(headers, body)
        is_live = self._alipay_is_live(body)
        if reason := self._alipay_get_distrust(body, is_live):
            raise NoticeError(reason)
        return {
            'key': body.get('notify_id') or body['sign'][:64],
            'kind': 'payment',
            'is_live': is_live,
            'reference': body.get('out_trade_no'),
            'provider_reference': body.get('trade_no'),
            'amount': rsa2.read_amount(body.get('total_amount')) or 0.0,
            'currency': 'CNY',
            'data': {key: value for key, value in body.items() if key != 'sign'},
        }

    # === BUSINESS METHODS: CONNECTION === #
    def _check_connection(self):
        """Override of `aftercare_payment`: ask for a trade that cannot exist."""
        if self.code != 'alipay':
            return super()._check_connection()
        is_live = self.state != 'test'
        simulated = self._is_simulated(is_live)
        if not simulated and (missing := self._get_missing_credentials()):
            return 'failed', [self.env._("Please fill in: %s", ", ".join(missing))]
        lines = []
        if not simulated:
            credentials = self._alipay_get_credentials(is_live)
            try:
                theirs = rsa.dump_public_key(rsa.load_public_key(credentials.public_key))
                ours = rsa.dump_public_key(
                    rsa.load_private_key(credentials.private_key).public_key()
                )
            except ValueError:
                return 'failed', [
                    self.env._("A key cannot be read. Paste the keys without anything else.")
                ]
            if ours == theirs:
                return 'failed', [
                    self.env._(
                        "The field Alipay Public Key holds the public half of your own key. Open "
                        "Interface Signing at open.alipay.com and copy the key shown there as "
                        "Alipay's."
                    )
                ]
        try:
            self._alipay_request(
                'alipay.trade.query',
                {'out_trade_no': f'CHECK_{secrets.token_hex(8)}'},
                is_live=is_live,
            )
        except GatewayRefusal as error:
            if error.code not in const.UNKNOWN_ORDER_CODES:
                raise
        if simulated:
            lines.append(
                self.env._("The simulator took our signature, and its answer was verified.")
            )
        else:
            lines.append(self.env._("Alipay took our signature, and its answer was verified."))
            if not self._get_notice_url().startswith('https://'):
                lines.append(
                    self.env._(
                        "But this server's address, %s, is not https. Payments are found when they "
                        "are asked about, every two minutes, if Alipay cannot notify it.",
                        self.get_base_url(),
                    )
                )
        return ('warning' if len(lines) > 1 else 'ok'), lines

    # === BUSINESS METHODS: BILLS === #
    def _download_bill(self, date, is_live):
        """Override of `aftercare_payment` to get the archive with the day's trades."""
        if self.code != 'alipay':
            return super()._download_bill(date, is_live)
        try:
            answer = self._alipay_request(
                'alipay.data.dataservice.bill.downloadurl.query',
                {'bill_type': 'trade', 'bill_date': str(date)},
                is_live=is_live,
            )
        except GatewayRefusal as error:
            if error.code in const.NO_BILL_CODES:
                return None
            raise
        if self._is_simulated(is_live):
            return f'alipay-{date}.zip', self._alipay_simulator_bill(date)
        try:
            # The address itself comes signed; it carries its own right for thirty seconds.
            response = requests.get(answer['bill_download_url'], timeout=30)
            response.raise_for_status()
        except requests.exceptions.RequestException:
            raise ValidationError(self.env._("The bill could not be fetched."))
        return f'alipay-{date}.zip', response.content

    def _parse_bill(self, content):
        """Override of `aftercare_payment` to read the trades of the archive."""
        if self.code != 'alipay':
            return super()._parse_bill(content)
        rows = []
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                raw = archive.read(name)
                try:
                    text = raw.decode('gb18030')
                except UnicodeDecodeError:
                    text = raw.decode('utf-8')
                rows += self._alipay_parse_bill_file(text)
        return rows

    def _alipay_parse_bill_file(self, text):
        """Return the rows of one file; the summary by shop, which has no order numbers, has none."""
        head, rows = None, []
        for cells in csv.reader(io.StringIO(text)):
            cells = [cell.strip() for cell in cells]
            if not cells or cells[0].startswith('#'):
                continue
            if cells[0] == '支付宝交易号' and '商户订单号' in cells:
                head = cells
                continue
            if not head:
                continue
            row = dict(zip(head, cells, strict=False))
            is_refund = row['业务类型'] == '退款'
            rows.append(
                {
                    'kind': 'refund' if is_refund else 'payment',
                    'reference': row['退款批次号/请求号' if is_refund else '商户订单号'],
                    'gateway_number': row['支付宝交易号'],
                    'amount': abs(float(row['订单金额（元）'])),
                    'fee': -float(row['服务费（元）'] or 0),
                    'moment': beijing.to_utc(row['完成时间']),
                }
            )
        return rows
