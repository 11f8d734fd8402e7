import io
import zipfile
from datetime import date

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AlipayCommon

DAY = date(2026, 11, 22)
HEAD = (
    '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,'
    '订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,'
    '券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注'
)


@tagged('post_install', '-at_install')
class TestBill(AlipayCommon):
    def _line(self, number, kind, amount, refund='', fee='-0.77'):
        return (
            f'20261122\t,{number}\t,{kind},goods,2026-11-22 18:00:00,2026-11-22 18:00:30,,,,,'
            f'abc***@example.com,{amount},{amount},0,0,0,0,0,,0,0,{refund}\t,{fee},0.00,'
        )

    def _put(self, *lines, encoding='gb18030'):
        text = '\r\n'.join(
            [
                '#支付宝业务明细查询',
                '#----业务明细列表----',
                HEAD,
                *lines,
                '#----业务明细列表结束----',
            ]
        )
        summary = '#支付宝业务汇总查询\r\n门店编号,门店名称,交易订单总笔数\r\n合计,,2\r\n'
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, 'w') as packed:
            packed.writestr('trades.csv', text.encode(encoding))
            packed.writestr('summary.csv', summary.encode(encoding))
        self.gateway.bills[str(DAY)] = archive.getvalue()

    def _download(self):
        bill = self.env['payment.bill']._get_for(self.provider, DAY)
        bill._download()
        return bill

    def test_bill_agrees(self):
        order = self._paid_order()
        refund = order._refund(28.5)
        self._put(
            self._line(order.reference, '交易', '128.50'),
            self._line(order.reference, '退款', '-28.50', refund.reference, '0.17'),
        )
        bill = self._download()
        self.assertEqual((bill.state, bill.matched_count), ('agrees', 2))
        self.assertAlmostEqual(bill.fee, 0.6)
        self.assertEqual(bill.amount_there, 100)

    def test_bill_differs(self):
        order = self._paid_order()
        self._put(
            self._line(order.reference, '交易', '128.40'), self._line('elsewhere', '交易', '1.00')
        )
        bill = self._download()
        self.assertEqual((bill.different_count, bill.missing_here_count), (1, 1))

    def test_no_bill(self):
        bill = self._download()
        self.assertEqual((bill.state, len(bill.line_ids)), ('agrees', 0))

    def test_not_an_archive(self):
        self.gateway.bills[str(DAY)] = b'<html>login</html>'
        with mute_logger('odoo.addons.aftercare_payment.models.payment_bill'):
            bill = self._download()
        self.assertEqual(bill.state, 'failed')
