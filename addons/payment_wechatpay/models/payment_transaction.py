import time
from urllib.parse import parse_qsl, urlsplit

from odoo import api, models
from odoo.addons.aftercare_payment.tools import beijing
from odoo.addons.aftercare_payment.tools.errors import GatewayRefusal
from odoo.addons.payment import utils as payment_utils
from odoo.exceptions import ValidationError

from .. import const


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    # === BUSINESS METHODS: ORDER === #
    def _get_specific_rendering_values(self, processing_values):
        """Override of `payment` to create the order and say where the payer goes next."""
        if self.provider_code != 'wechatpay':
            return super()._get_specific_rendering_values(processing_values)
        self.gateway_channel = self._wechatpay_choose_channel()
        try:
            if self.gateway_channel == 'jsapi':
                return self._wechatpay_get_authorize_form()
            answer = self._wechatpay_create_order()
        except ValidationError as error:
            self._set_error(str(error))
            return {}
        if self.gateway_channel == 'h5':
            return self._wechatpay_get_h5_form(answer['h5_url'])
        self.qr_content = answer['code_url']
        return {'api_url': '/payment/status'}

    def _wechatpay_choose_channel(self):
        """Return how this payer pays: inside of WeChat, through a phone's browser, or by QR code."""
        provider = self.provider_id
        in_wechat, is_phone, _address = provider._get_browser()
        if provider._is_simulated(self.is_live):
            return 'h5' if is_phone else 'native'
        if in_wechat and provider.wechatpay_use_jsapi:
            return 'jsapi'
        if is_phone and not in_wechat and provider.wechatpay_use_h5:
            return 'h5'
        return 'native'

    def _wechatpay_create_order(self, openid=None):
        """Return WeChat Pay's answer to the order of this transaction.

        :param openid: who pays, inside of WeChat
        """
        provider = self.provider_id
        credentials = provider._wechatpay_get_credentials(self.is_live)
        payload = {
            'appid': credentials.appid,
            'mchid': credentials.mchid,
            'description': self._get_gateway_description(),
            'out_trade_no': self.reference,
            'time_expire': beijing.localize(self.expires_at).isoformat(timespec='seconds'),
            'notify_url': provider._get_notice_url(),
            'amount': {'total': self._get_cents(), 'currency': self.currency_id.name},
        }
        if self.gateway_channel == 'jsapi':
            payload['payer'] = {'openid': openid}
        elif self.gateway_channel == 'h5':
            payload['scene_info'] = {
                'payer_client_ip': provider._get_browser()[2] or '127.0.0.1',
                'h5_info': {'type': 'Wap'},
            }
        return self._wechatpay_request(
            'POST', f'/v3/pay/transactions/{self.gateway_channel}', payload
        )

    def _wechatpay_get_h5_form(self, h5_url):
        """Return the form that opens WeChat on a phone and comes back to the status page."""
        address = urlsplit(h5_url)
        fields = dict(parse_qsl(address.query))
        if address.path.startswith('/cgi-bin/'):
            fields['redirect_url'] = self.provider_id._get_absolute_url('/payment/status')
        return {'api_url': address._replace(query='').geturl(), 'api_fields': fields}

    # === BUSINESS METHODS: INSIDE OF WECHAT === #
    def _wechatpay_get_state_token(self):
        """Return what proves that an authorisation was asked for by this transaction."""
        return payment_utils.generate_access_token(self.id, self.reference, env=self.env)

    def _wechatpay_get_authorize_form(self):
        """Return the form that asks WeChat who is paying."""
        provider = self.provider_id
        return {
            'api_url': const.AUTHORIZE_URL,
            'api_fields': {
                'appid': provider.wechatpay_appid,
                'redirect_uri': provider._get_absolute_url('/payment/wechatpay/jsapi'),
                'response_type': 'code',
                'scope': 'snsapi_base',
                'state': self._wechatpay_get_state_token(),
            },
            'api_fragment': 'wechat_redirect',
        }

    def _wechatpay_get_jsapi_values(self, openid):
        """Create the order of this payer and return what WeChat's own script needs to start."""
        answer = self._wechatpay_create_order(openid)
        provider = self.provider_id
        credentials = provider._wechatpay_get_credentials(self.is_live)
        values = {
            'appId': credentials.appid,
            'timeStamp': str(int(time.time())),
            'nonceStr': self.reference,
            'package': f'prepay_id={answer["prepay_id"]}',
        }
        signature = provider._wechatpay_sign(self.is_live, *values.values())
        return values | {'signType': 'RSA', 'paySign': signature}

    # === BUSINESS METHODS: GATEWAY === #
    def _wechatpay_request(self, method, path, payload=None):
        return self.provider_id._wechatpay_request(
            method, path, payload, is_live=self.is_live, reference=self.reference
        )

    def _fetch_gateway_data(self):
        """Override of `aftercare_payment` to query the order or the refund."""
        if self.provider_code != 'wechatpay':
            return super()._fetch_gateway_data()
        if self.operation == 'refund':
            path = f'/v3/refund/domestic/refunds/{self.reference}'
        else:
            mchid = self.provider_id._wechatpay_get_credentials(self.is_live).mchid
            path = f'/v3/pay/transactions/out-trade-no/{self.reference}?mchid={mchid}'
        try:
            return self._wechatpay_request('GET', path)
        except GatewayRefusal as error:
            if error.code in const.UNKNOWN_ORDER_CODES:
                return None
            raise

    def _close_gateway_order(self):
        """Override of `aftercare_payment` to close the order."""
        if self.provider_code != 'wechatpay':
            return super()._close_gateway_order()
        mchid = self.provider_id._wechatpay_get_credentials(self.is_live).mchid
        try:
            self._wechatpay_request(
                'POST',
                f'/v3/pay/transactions/out-trade-no/{self.reference}/close',
                {'mchid': mchid},
            )
        except GatewayRefusal as error:
            if error.code not in const.UNKNOWN_ORDER_CODES | {'ORDER_CLOSED'}:
                raise
        return None

    def _request_refund(self):
        """Override of `aftercare_payment` to ask for the refund."""
        if self.provider_code != 'wechatpay':
            return super()._request_refund()
        source = self.source_transaction_id
        return self._wechatpay_request(
            'POST',
            '/v3/refund/domestic/refunds',
            {
                'out_trade_no': source.reference,
                'out_refund_no': self.reference,
                'notify_url': self.provider_id._get_notice_url(),
                'amount': {
                    'refund': self._get_cents(),
                    'total': source._get_cents(),
                    'currency': self.currency_id.name,
                },
            },
        )

    # === BUSINESS METHODS: PROCESSING === #
    @api.model
    def _extract_reference(self, provider_code, payment_data):
        """Override of `payment` to extract the reference from the payment data."""
        if provider_code != 'wechatpay':
            return super()._extract_reference(provider_code, payment_data)
        return payment_data.get('out_refund_no') or payment_data.get('out_trade_no')

    def _extract_amount_data(self, payment_data):
        """Override of `payment` to extract the amount; there is none until someone has paid."""
        if self.provider_code != 'wechatpay':
            return super()._extract_amount_data(payment_data)
        amount = payment_data.get('amount')
        if not amount:
            return None
        if 'out_refund_no' in payment_data:
            # Announcements of refunds carry no currency; only yuan are ever paid.
            return {
                'amount': (amount.get('refund') or 0) / 100,
                'currency_code': amount.get('currency') or 'CNY',
            }
        return {
            'amount': (amount.get('total') or 0) / 100,
            'currency_code': amount.get('currency'),
        }

    def _apply_updates(self, payment_data):
        """Override of `payment` to update the transaction based on the payment data."""
        if self.provider_code != 'wechatpay':
            return super()._apply_updates(payment_data)
        paid_at = beijing.to_utc(payment_data.get('success_time'))
        if self.operation == 'refund':
            self._wechatpay_apply_refund(payment_data, paid_at)
            return None
        match payment_data.get('trade_state'):
            case 'SUCCESS':
                self._confirm_at_gateway(payment_data, payment_data.get('transaction_id'), paid_at)
            case 'REFUND':
                self._give_up(self.env._("It was paid and refunded on the merchant platform."))
            case 'CLOSED' | 'REVOKED':
                self._give_up(self.env._("The order was closed."))
            case 'PAYERROR':
                self._give_up(self.env._("The payment failed."))
        return None

    def _wechatpay_apply_refund(self, payment_data, paid_at):
        match payment_data.get('status') or payment_data.get('refund_status'):
            case 'SUCCESS':
                self._confirm_at_gateway(payment_data, payment_data.get('refund_id'), paid_at)
            case 'PROCESSING':
                self.provider_reference = payment_data.get('refund_id')
                self._set_pending()
            case 'ABNORMAL':
                self._set_error(
                    self.env._(
                        "The payer's account does not take the money back. Handle the refund on "
                        "the merchant platform: Transaction Center › Refund."
                    )
                )
            case 'CLOSED':
                self._set_error(self.env._("The refund was closed."))
