from datetime import date

from odoo.tests import tagged

from .common import WechatPayCommon

DAY = date(2026, 11, 22)
HEAD = (
    '\ufeff交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,'
    '付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,'
    '退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注'
)


@tagged('post_install', '-at_install')
class TestBill(WechatPayCommon):
    def _line(self, order, amount, refund='', back=0.0, state='SUCCESS', fee=0.77):
        cells = (
            f'2026-11-22 18:00:00,wx1,1900000001,0,,42000{order},{order},o1,NATIVE,{state},OTHERS,'
            f'CNY,{amount:.2f},0.00,{"5" + refund if refund else 0},{refund or 0},{back:.2f},0.00,'
            f',,goods,,{fee:.5f},0.60%,{amount:.2f},{back:.2f},'
        )
        return ','.join(f'`{cell}' for cell in cells.split(','))

    def _put(self, *lines):
        totals = '总交易单数,应结订单总金额\r\n`2,`128.50\r\n'
        self.gateway.bills[str(DAY)] = '\r\n'.join([HEAD, *lines, totals]).encode()

    def _download(self):
        bill = self.env['payment.bill']._get_for(self.provider, DAY)
        bill._download()
        return bill

    def test_bill_agrees(self):
        order = self._paid_order()
        refund = order._refund(28.5)
        self._put(
            self._line(order.reference, 128.5),
            self._line(order.reference, 128.5, refund.reference, 28.5, 'REFUND', -0.17),
            self._line('revoked_order', 10, state='REVOKED'),
        )
        bill = self._download()
        self.assertEqual((bill.state, bill.matched_count), ('agrees', 2))
        self.assertAlmostEqual(bill.fee, 0.6)
        self.assertEqual(bill.amount_there, 100)
        self.assertTrue(bill.file)

    def test_bill_differs(self):
        order = self._paid_order()
        self._put(self._line(order.reference, 128.4), self._line('elsewhere_1', 10))
        bill = self._download()
        self.assertEqual(bill.state, 'differs')
        self.assertEqual((bill.different_count, bill.missing_here_count), (1, 1))

    def test_no_bill(self):
        order = self._paid_order()
        bill = self._download()
        self.assertEqual((bill.state, bill.missing_there_count), ('differs', 1))
        self.assertEqual(bill.line_ids.transaction_id, order)

    def test_tampered_bill(self):
        self._put(self._line('order_one', 128.5))
        answer = self.gateway.route

        def route(method, address, payload):
            status, content = answer(method, address, payload)
            return status, content | {'hash_value': 'a' * 40}

        self.gateway.route = route
        self.addCleanup(setattr, self.gateway, 'route', answer)
        bill = self._download()
        self.assertEqual(bill.state, 'failed')
        self.assertFalse(bill.line_ids)
