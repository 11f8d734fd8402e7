from odoo import api, models
from odoo.addons.aftercare_payment.tools import beijing
from odoo.addons.aftercare_payment.tools.errors import GatewayRefusal
from odoo.exceptions import ValidationError

from .. import const
from ..tools import rsa2


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    # === BUSINESS METHODS: ORDER === #
    def _get_specific_rendering_values(self, processing_values):
        """Override of `payment` to send the payer to Alipay, or to the page with the QR code."""
        if self.provider_code != 'alipay':
            return super()._get_specific_rendering_values(processing_values)
        self.gateway_channel = self._alipay_choose_channel()
        try:
            if self.gateway_channel == 'precreate':
                self.qr_content = self._alipay_request(
                    'alipay.trade.precreate',
                    self._alipay_prepare_order(),
                    notify_url=self.provider_id._get_notice_url(),
                )['qr_code']
                return {'api_url': '/payment/status', 'api_method': 'get'}
            return self._alipay_get_page_form()
        except ValidationError as error:
            self._set_error(str(error))
            return {}

    def _alipay_choose_channel(self):
        """Return how this payer pays: on a phone, by a QR code on our page, or on Alipay's page."""
        provider = self.provider_id
        is_phone = provider._get_browser()[1]
        if is_phone and provider.alipay_use_wap:
            return 'wap'
        return 'precreate' if provider.alipay_use_qr else 'page'

    def _alipay_prepare_order(self):
        return {
            'out_trade_no': self.reference,
            'total_amount': f'{self.amount:.2f}',
            'subject': self._get_gateway_description(),
            'time_expire': f'{beijing.localize(self.expires_at):%Y-%m-%d %H:%M:%S}',
        }

    def _alipay_get_page_form(self):
        """Return the signed form that the browser posts to Alipay."""
        provider = self.provider_id
        method, product = const.PAGE_METHODS[self.gateway_channel]
        content = self._alipay_prepare_order() | {'product_code': product}
        if self.gateway_channel == 'wap':
            content['quit_url'] = provider._get_absolute_url('/payment/status')
        params = provider._alipay_sign_request(
            method,
            content,
            is_live=self.is_live,
            notify_url=provider._get_notice_url(),
            return_url=provider._get_absolute_url(f'/payment/alipay/return/{provider.id}'),
        )
        url = provider._alipay_get_gateway_url(self.is_live)
        return {'api_url': f'{url}?charset=utf-8', 'api_method': 'post', 'api_fields': params}

    # === BUSINESS METHODS: GATEWAY === #
    def _alipay_request(self, method, content, **others):
        return self.provider_id._alipay_request(
            method, content, is_live=self.is_live, reference=self.reference, **others
        )

    def _fetch_gateway_data(self):
        """Override of `aftercare_payment` to query the trade or the refund."""
        if self.provider_code != 'alipay':
            return super()._fetch_gateway_data()
        if self.operation == 'refund':
            return self._alipay_query_refund()
        try:
            return self._alipay_request('alipay.trade.query', {'out_trade_no': self.reference})
        except GatewayRefusal as error:
            # Before the payer has logged in, Alipay has not heard of the order.
            if error.code in const.UNKNOWN_ORDER_CODES:
                return None
            raise

    def _close_gateway_order(self):
        """Override of `aftercare_payment` to close the trade."""
        if self.provider_code != 'alipay':
            return super()._close_gateway_order()
        try:
            self._alipay_request('alipay.trade.close', {'out_trade_no': self.reference})
        except GatewayRefusal as error:
            if error.code not in const.UNKNOWN_ORDER_CODES:
                raise
        return None

    def _request_refund(self):
        """Override of `aftercare_payment` to refund, and to ask what came of it.

        The answer speaks of the sum of all refunds, and repeats itself when asked again: only the
        query says what became of this one.
        """
        if self.provider_code != 'alipay':
            return super()._request_refund()
        self._alipay_request(
            'alipay.trade.refund',
            {
                'out_trade_no': self.source_transaction_id.reference,
                'out_request_no': self.reference,
                'refund_amount': f'{-self.amount:.2f}',
            },
        )
        data = self._alipay_query_refund()
        if data is None:
            raise ValidationError(
                self.env._("Alipay has taken the refund but does not confirm it yet.")
            )
        return data

    def _alipay_query_refund(self):
        """Return what Alipay knows of this refund; None when it has never heard of it."""
        try:
            data = self._alipay_request(
                'alipay.trade.fastpay.refund.query',
                {
                    'out_trade_no': self.source_transaction_id.reference,
                    'out_request_no': self.reference,
                    'query_options': ['gmt_refund_pay'],
                },
            )
        except GatewayRefusal as error:
            if error.code in const.UNKNOWN_ORDER_CODES:
                return None
            raise
        if data.get('out_request_no') != self.reference or not data.get('refund_amount'):
            return None
        return data

    # === BUSINESS METHODS: PROCESSING === #
    @api.model
    def _extract_reference(self, provider_code, payment_data):
        """Override of `payment` to extract the reference from the payment data."""
        if provider_code != 'alipay':
            return super()._extract_reference(provider_code, payment_data)
        return payment_data.get('out_request_no') or payment_data.get('out_trade_no')

    def _extract_amount_data(self, payment_data):
        """Override of `payment` to extract the amount."""
        if self.provider_code != 'alipay':
            return super()._extract_amount_data(payment_data)
        name = 'refund_amount' if self.operation == 'refund' else 'total_amount'
        amount = rsa2.read_amount(payment_data.get(name))
        if amount is None:
            return None
        return {
            'amount': amount,
            'currency_code': payment_data.get('trans_currency') or 'CNY',
        }

    def _apply_updates(self, payment_data):
        """Override of `payment` to update the transaction based on the payment data."""
        if self.provider_code != 'alipay':
            return super()._apply_updates(payment_data)
        number = payment_data.get('trade_no')
        if self.operation == 'refund':
            if payment_data.get('refund_status') == 'REFUND_SUCCESS':
                paid_at = beijing.to_utc(payment_data.get('gmt_refund_pay'))
                self._confirm_at_gateway(payment_data, number, paid_at)
            else:
                self._set_pending()
            return None
        status = payment_data.get('trade_status')
        if status in const.PAID_STATES:
            paid_at = payment_data.get('gmt_payment') or payment_data.get('send_pay_date')
            self._confirm_at_gateway(payment_data, number, beijing.to_utc(paid_at))
        elif status == 'TRADE_CLOSED' and payment_data.get('gmt_refund'):
            self._give_up(self.env._("It was paid and refunded at Alipay."))
        elif status == 'TRADE_CLOSED':
            self._give_up(self.env._("The trade was closed."))
        return None
