import hashlib
import json
import re
import secrets
import time
from datetime import date
from urllib.parse import parse_qs, urlsplit

from odoo import fields, models
from odoo.addons.aftercare_payment.tools import beijing, rsa

from .. import const

AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')
TRADE_STATES = {'open': 'NOTPAY', 'paid': 'SUCCESS', 'refused': 'PAYERROR', 'closed': 'CLOSED'}
BILL_HEAD = (
    '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,'
    '货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,'
    '商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注'
)
BILL_TOTALS = (
    '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额'
)


class PaymentProvider(models.Model):
    """The gateway's side of WeChat Pay in the test mode: verifies, keeps orders, signs."""

    _inherit = 'payment.provider'

    def _answer_as_simulator(self, method, endpoint, headers, body):
        """Override of `aftercare_payment` to answer as WeChat Pay would."""
        if self.code != 'wechatpay':
            return super()._answer_as_simulator(method, endpoint, headers, body)
        if not self._wechatpay_simulator_believes(method, endpoint, headers, body):
            answer = {'code': 'SIGN_ERROR', 'message': "The signature is wrong."}
            return 401, {}, json.dumps(answer).encode()
        status, content = self._wechatpay_simulator_route(method, endpoint, body)
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        return status, self._wechatpay_simulator_sign(raw), raw

    def _wechatpay_simulator_believes(self, method, endpoint, headers, body):
        """Return whether a request is signed with the merchant's key, now."""
        fields_ = dict(AUTHORIZATION.findall(headers.get('Authorization') or ''))
        timestamp, nonce = fields_.get('timestamp', ''), fields_.get('nonce_str', '')
        message = ''.join(f'{part}\n' for part in (method, endpoint, timestamp, nonce, body or ''))
        return (
            fields_.get('mchid') == const.SIMULATOR_MCHID
            and timestamp.isdecimal()
            and abs(time.time() - int(timestamp)) <= const.CLOCK_TOLERANCE
            and rsa.verify(
                self._get_simulator_keys()['merchant_public'], message, fields_.get('signature')
            )
        )

    def _wechatpay_simulator_sign(self, body):
        """Return the headers of a message that the simulated gateway sends."""
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        message = f'{timestamp}\n{nonce}\n'.encode() + body + b'\n'
        return {
            'Content-Type': 'application/json',
            'Wechatpay-Timestamp': timestamp,
            'Wechatpay-Nonce': nonce,
            'Wechatpay-Serial': const.SIMULATOR_SERIAL,
            'Wechatpay-Signature-Type': const.SCHEMA,
            'Wechatpay-Signature': rsa.sign(self._get_simulator_keys()['gateway_private'], message),
        }

    def _wechatpay_simulator_route(self, method, endpoint, body):
        """Return (status, dict or bytes) for a believed request."""
        address = urlsplit(endpoint)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        payload = json.loads(body) if body else {}
        steps = address.path.strip('/').split('/')[1:]
        match [method, *steps]:
            case ['POST', 'pay', 'transactions', 'native' | 'h5' | 'jsapi' as channel]:
                return self._wechatpay_simulator_create(channel, payload)
            case ['GET', 'pay', 'transactions', 'out-trade-no', number]:
                if order := self._get_simulator_order(number):
                    return 200, self._wechatpay_simulator_describe(order)
                return 404, {'code': 'ORDER_NOT_EXIST', 'message': "There is no such order."}
            case ['POST', 'pay', 'transactions', 'out-trade-no', number, 'close']:
                return self._wechatpay_simulator_close(self._get_simulator_order(number))
            case ['POST', 'refund', 'domestic', 'refunds']:
                return self._wechatpay_simulator_refund(payload)
            case ['GET', 'refund', 'domestic', 'refunds', number]:
                # sudo: payment.simulator.refund - the gateway's side of the simulation
                refund = (
                    self.env['payment.simulator.refund']
                    .sudo()
                    .search([('reference', '=', number), ('order_id.provider_id', '=', self.id)])
                )
                if refund:
                    return 200, self._wechatpay_simulator_describe_refund(refund, 'status')
                return 404, {'code': 'RESOURCE_NOT_EXISTS', 'message': "There is no such refund."}
            case ['GET', 'bill', 'tradebill']:
                bill = self._wechatpay_simulator_bill(query['bill_date'])
                if not bill:
                    return 400, {'code': 'NO_STATEMENT_EXIST', 'message': "There is no bill."}
                return 200, {
                    'hash_type': 'SHA1',
                    'hash_value': hashlib.sha1(bill, usedforsecurity=False).hexdigest(),
                    'download_url': f'simulator:/v3/billdownload/file?date={query["bill_date"]}',
                }
            case ['GET', 'billdownload', 'file']:
                return 200, self._wechatpay_simulator_bill(query['date'])
        return 404, {'code': 'NOT_FOUND', 'message': "There is no such interface."}

    def _wechatpay_simulator_create(self, channel, payload):
        order = self._open_simulator_order(
            payload['out_trade_no'],
            payload['amount']['total'],
            payload['description'],
            channel,
            beijing.to_utc(payload['time_expire']),
        )
        if not order:
            return 403, {'code': 'NO_AUTH', 'message': "The simulator is switched off."}
        if order.state == 'paid':
            return 400, {'code': 'ORDERPAID', 'message': "The order is paid."}
        if channel == 'jsapi':
            return 200, {'prepay_id': f'wx{order.token}'}
        return 200, {'code_url' if channel == 'native' else 'h5_url': order._get_page_url()}

    def _wechatpay_simulator_close(self, order):
        if not order:
            return 404, {'code': 'ORDER_NOT_EXIST', 'message': "There is no such order."}
        if order.state == 'paid':
            return 400, {'code': 'ORDERPAID', 'message': "The order is paid."}
        order.state = 'closed'
        return 204, b''

    def _wechatpay_simulator_refund(self, payload):
        order = self._get_simulator_order(payload['out_trade_no'])
        if order and payload['amount']['total'] == order.paid_amount:
            refund = order._refund(payload['out_refund_no'], payload['amount']['refund'])
            if refund:
                return 200, self._wechatpay_simulator_describe_refund(refund, 'status')
        return 400, {'code': 'INVALID_REQUEST', 'message': "The refund exceeds what was paid."}

    def _wechatpay_simulator_describe(self, order):
        """Return the order in the words of the query and of the notification."""
        answer = {
            'appid': const.SIMULATOR_APPID,
            'mchid': const.SIMULATOR_MCHID,
            'out_trade_no': order.reference,
            'trade_state': TRADE_STATES[order.state],
            'trade_state_desc': order.state,
        }
        if order.state == 'paid':
            answer |= {
                'transaction_id': order.gateway_number,
                'trade_type': (order.channel or 'native').upper(),
                'success_time': beijing.localize(order.paid_at).isoformat(),
                'payer': {'openid': 'oSimulatedPayer'},
                'amount': {
                    'total': order.paid_amount,
                    'payer_total': order.paid_amount,
                    'currency': 'CNY',
                    'payer_currency': 'CNY',
                },
            }
        return answer

    def _wechatpay_simulator_describe_refund(self, refund, status_key):
        return {
            'mchid': const.SIMULATOR_MCHID,
            'out_trade_no': refund.order_id.reference,
            'transaction_id': refund.order_id.gateway_number,
            'out_refund_no': refund.reference,
            'refund_id': refund.gateway_number,
            status_key: 'SUCCESS',
            'success_time': beijing.localize(refund.create_date.replace(microsecond=0)).isoformat(),
            'amount': {
                'total': refund.order_id.paid_amount,
                'refund': refund.amount,
                'currency': 'CNY',
            },
        }

    def _announce_as_simulator(self, order, refund=None):
        """Override of `aftercare_payment` to encrypt and sign a notification."""
        if self.code != 'wechatpay':
            return super()._announce_as_simulator(order, refund)
        if refund:
            kind, event = 'refund', 'REFUND.SUCCESS'
            data = self._wechatpay_simulator_describe_refund(refund, 'refund_status')
        else:
            kind, event = 'transaction', 'TRANSACTION.SUCCESS'
            data = self._wechatpay_simulator_describe(order)
        nonce = secrets.token_hex(6)
        body = {
            'id': secrets.token_hex(16),
            'create_time': beijing.localize(fields.Datetime.now()).isoformat(),
            'event_type': event,
            'resource_type': 'encrypt-resource',
            'resource': {
                'original_type': kind,
                'algorithm': 'AEAD_AES_256_GCM',
                'nonce': nonce,
                'associated_data': kind,
                'ciphertext': rsa.encrypt(
                    self._get_simulator_keys()['aes'], nonce, kind, json.dumps(data).encode()
                ),
            },
        }
        raw = json.dumps(body).encode()
        return self._wechatpay_simulator_sign(raw), raw

    def _wechatpay_simulator_bill(self, day):
        """Return the trade bill of a Beijing day in WeChat Pay's form; None when there is none."""
        start, end = beijing.get_day(date.fromisoformat(day))
        # sudo: payment.simulator - the gateway's side of the simulation
        orders = (
            self.env['payment.simulator.order']
            .sudo()
            .search(
                [('provider_id', '=', self.id), ('paid_at', '>=', start), ('paid_at', '<', end)]
            )
        )
        refunds = (
            self.env['payment.simulator.refund']
            .sudo()
            .search(
                [
                    ('order_id.provider_id', '=', self.id),
                    ('create_date', '>=', start),
                    ('create_date', '<', end),
                ]
            )
        )
        lines = [
            self._wechatpay_simulator_bill_line(order, None, order.paid_at) for order in orders
        ] + [
            self._wechatpay_simulator_bill_line(refund.order_id, refund, refund.create_date)
            for refund in refunds
        ]
        if not lines:
            return None
        return '\r\n'.join(['\ufeff' + BILL_HEAD, *lines, BILL_TOTALS, '`0', '']).encode()

    def _wechatpay_simulator_bill_line(self, order, refund, moment):
        paid, back = order.paid_amount / 100, (refund.amount if refund else 0) / 100
        fee = (-1 if refund else 1) * round((back or paid) * 0.006, 2)
        cells = [
            f'{beijing.localize(moment):%Y-%m-%d %H:%M:%S}',
            const.SIMULATOR_APPID,
            const.SIMULATOR_MCHID,
            '0',
            '',
            order.gateway_number,
            order.reference,
            'oSimulatedPayer',
            (order.channel or 'native').upper(),
            'REFUND' if refund else 'SUCCESS',
            'OTHERS',
            'CNY',
            f'{0 if refund else paid:.2f}',
            '0.00',
            refund.gateway_number if refund else '0',
            refund.reference if refund else '0',
            f'{back:.2f}',
            '0.00',
            'ORIGINAL' if refund else '',
            'SUCCESS' if refund else '',
            (order.description or '').replace(',', ' '),
            '',
            f'{fee:.5f}',
            '0.60%',
            f'{paid:.2f}',
            f'{back:.2f}',
            '',
        ]
        return ','.join(f'`{cell}' for cell in cells)
