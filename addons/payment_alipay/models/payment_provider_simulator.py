import io
import json
import secrets
import zipfile
from datetime import date

from odoo import fields, models
from odoo.addons.aftercare_payment.tools import beijing, rsa

from .. import const
from ..tools import rsa2

TRADE_STATES = {
    'open': 'WAIT_BUYER_PAY',
    'paid': 'TRADE_SUCCESS',
    'refused': 'TRADE_CLOSED',
    'closed': 'TRADE_CLOSED',
}
BILL_HEAD = (
    '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,'
    '订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,'
    '券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注'
)


class PaymentProvider(models.Model):
    """The gateway's side of Alipay in the test mode: verifies, keeps trades, signs."""

    _inherit = 'payment.provider'

    def _answer_as_simulator(self, method, endpoint, headers, body):
        """Override of `aftercare_payment` to answer as Alipay would."""
        if self.code != 'alipay':
            return super()._answer_as_simulator(method, endpoint, headers, body)
        node = endpoint.replace('.', '_') + '_response'
        if not self._alipay_simulator_believes(body):
            answer = {
                'code': '40002',
                'msg': "Invalid Arguments",
                'sub_code': 'isv.invalid-signature',
            }
            return 200, {}, json.dumps({'error_response': answer}).encode()
        answer = self._alipay_simulator_route(endpoint, json.loads(body['biz_content']))
        # Alipay writes slashes with a backslash: what is signed is what is written.
        signed = json.dumps(answer, ensure_ascii=False).replace('/', '\\/')
        signature = rsa.sign(self._get_simulator_keys()['gateway_private'], signed)
        return 200, {}, f'{{"{node}":{signed},"sign":"{signature}"}}'.encode()

    def _alipay_simulator_believes(self, params):
        """Return whether a request is signed with the merchant's key."""
        return params.get('app_id') == const.SIMULATOR_APP_ID and rsa.verify(
            self._get_simulator_keys()['merchant_public'],
            rsa2.build_message(params),
            params.get('sign'),
        )

    def _alipay_simulator_open_page(self, params):
        """Return the simulated order of a signed form (page or wap); empty when it is not ours."""
        if not self._alipay_simulator_believes(params):
            return self.env['payment.simulator.order']
        content = json.loads(params['biz_content'])
        channel = 'wap' if params['method'] == 'alipay.trade.wap.pay' else 'page'
        return self._alipay_simulator_open(content, channel)

    def _alipay_simulator_open(self, content, channel):
        return self._open_simulator_order(
            content['out_trade_no'],
            round(float(content['total_amount']) * 100),
            content['subject'],
            channel,
            beijing.to_utc(content['time_expire']),
        )

    def _alipay_simulator_route(self, endpoint, content):
        """Return the answer to a believed request."""
        order = self._get_simulator_order(content.get('out_trade_no'))
        match endpoint:
            case 'alipay.trade.precreate':
                order = self._alipay_simulator_open(content, 'precreate')
                return self._alipay_simulator_say(
                    out_trade_no=order.reference, qr_code=order._get_page_url()
                )
            case 'alipay.data.dataservice.bill.downloadurl.query':
                if self._alipay_simulator_bill(date.fromisoformat(content['bill_date'])):
                    return self._alipay_simulator_say(bill_download_url='simulator:bill')
                return self._alipay_simulator_refuse('isp.bill_not_exist', "There is no bill.")
        if not order:
            return self._alipay_simulator_refuse('ACQ.TRADE_NOT_EXIST', "There is no such trade.")
        match endpoint:
            case 'alipay.trade.query':
                return self._alipay_simulator_say(**self._alipay_simulator_describe(order))
            case 'alipay.trade.close':
                if order.state == 'paid':
                    return self._alipay_simulator_refuse(
                        'ACQ.REASON_TRADE_STATUS_INVALID', "The trade is paid."
                    )
                order.state = 'closed'
                return self._alipay_simulator_say(out_trade_no=order.reference)
            case 'alipay.trade.refund':
                return self._alipay_simulator_refund(order, content)
            case 'alipay.trade.fastpay.refund.query':
                refund = order.refund_ids.filtered(
                    lambda line: line.reference == content['out_request_no']
                )
                if not refund:
                    return self._alipay_simulator_say(out_trade_no=order.reference)
                return self._alipay_simulator_say(
                    out_trade_no=order.reference,
                    trade_no=order.gateway_number,
                    out_request_no=refund.reference,
                    refund_amount=f'{refund.amount / 100:.2f}',
                    total_amount=f'{order.paid_amount / 100:.2f}',
                    refund_status='REFUND_SUCCESS',
                    gmt_refund_pay=self._alipay_simulator_time(refund.create_date),
                )
        return self._alipay_simulator_refuse('isv.invalid-method', "There is no such method.")

    def _alipay_simulator_say(self, **values):
        return {'code': const.SUCCESS_CODE, 'msg': 'Success', **values}

    def _alipay_simulator_refuse(self, code, message):
        return {
            'code': '40004',
            'msg': 'Business Failed',
            'sub_code': code,
            'sub_msg': message,
        }

    def _alipay_simulator_time(self, moment):
        return f'{beijing.localize(moment):%Y-%m-%d %H:%M:%S}'

    def _alipay_simulator_describe(self, order):
        """Return the order in the words of the query and of the notification."""
        amount = order.paid_amount if order.state == 'paid' else order.amount
        values = {
            'out_trade_no': order.reference,
            'trade_no': order.gateway_number,
            'trade_status': TRADE_STATES[order.state],
            'total_amount': f'{amount / 100:.2f}',
            'buyer_logon_id': 'sim***@example.com',
        }
        if order.state == 'paid':
            values['send_pay_date'] = self._alipay_simulator_time(order.paid_at)
        return values

    def _alipay_simulator_refund(self, order, content):
        before = order.refund_ids
        refund = order._refund(
            content['out_request_no'], round(float(content['refund_amount']) * 100)
        )
        if not refund:
            return self._alipay_simulator_refuse(
                'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', "The refund exceeds what was paid."
            )
        return self._alipay_simulator_say(
            out_trade_no=order.reference,
            trade_no=order.gateway_number,
            refund_fee=f'{sum(order.refund_ids.mapped("amount")) / 100:.2f}',
            fund_change='N' if refund in before else 'Y',
        )

    def _announce_as_simulator(self, order, refund=None):
        """Override of `aftercare_payment` to sign a notification."""
        if self.code != 'alipay':
            return super()._announce_as_simulator(order, refund)
        values = self._alipay_simulator_describe(order) | {
            'notify_id': secrets.token_hex(16),
            'notify_type': 'trade_status_sync',
            'notify_time': self._alipay_simulator_time(fields.Datetime.now()),
            'app_id': const.SIMULATOR_APP_ID,
            'seller_id': const.SIMULATOR_SELLER_ID,
            'subject': order.description,
            'charset': 'utf-8',
            'version': '1.0',
        }
        if order.paid_at:
            values['gmt_payment'] = self._alipay_simulator_time(order.paid_at)
        signature = rsa.sign(
            self._get_simulator_keys()['gateway_private'], rsa2.build_message(values)
        )
        return {}, values | {'sign_type': 'RSA2', 'sign': signature}

    def _alipay_simulator_bill(self, day):
        """Return the archive with the trades of a Beijing day; None when there is none."""
        start, end = beijing.get_day(day)
        # sudo: payment.simulator - the gateway's side of the simulation
        Order, Refund = (
            self.env['payment.simulator.order'].sudo(),
            self.env['payment.simulator.refund'].sudo(),
        )
        of_day = [('provider_id', '=', self.id), ('paid_at', '>=', start), ('paid_at', '<', end)]
        lines = [self._alipay_simulator_bill_line(order) for order in Order.search(of_day)]
        of_day = [
            ('order_id.provider_id', '=', self.id),
            ('create_date', '>=', start),
            ('create_date', '<', end),
        ]
        lines += [
            self._alipay_simulator_bill_line(refund.order_id, refund)
            for refund in Refund.search(of_day)
        ]
        if not lines:
            return None
        text = '\r\n'.join(
            ['#支付宝业务明细查询', '#业务明细列表', BILL_HEAD, *lines, '#业务明细列表结束']
        )
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, 'w', zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(f'{const.SIMULATOR_SELLER_ID}_{day}_trades.csv', text.encode('gb18030'))
        return archive.getvalue()

    def _alipay_simulator_bill_line(self, order, refund=None):
        amount = -refund.amount if refund else order.paid_amount
        moment = self._alipay_simulator_time(refund.create_date if refund else order.paid_at)
        cells = [''] * len(BILL_HEAD.split(','))
        cells[:6] = [
            f'{order.gateway_number}\t',
            f'{order.reference}\t',
            '退款' if refund else '交易',
            (order.description or '').replace(',', ' '),
            moment,
            moment,
        ]
        cells[11] = cells[12] = f'{amount / 100:.2f}'
        cells[21] = f'{refund.reference}\t' if refund else ''
        cells[22] = f'{-amount * 0.006 / 100:.2f}'
        return ','.join(cells)
