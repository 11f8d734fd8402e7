import re

from odoo import fields
from odoo.addons.aftercare_payment.tools import beijing
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PHONE, AlipayCommon


@tagged('post_install', '-at_install')
class TestSimulator(AlipayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.write({'state': 'test', 'alipay_use_qr': False})

    def _start(self):
        """Return the transaction of a visitor who chose Alipay, and the form of the browser."""
        self.authenticate(None, None)
        values = self._prepare_transaction_values(self.payment_method_id, None, 'redirect')
        processing = self._get_processing_values(**values)
        form = self._extract_values_from_html_form(processing['redirect_form_html'])
        return self._get_tx(processing['reference']), form

    def _open(self, form):
        """Post the form as the browser does; return the response at the end of the way."""
        path = form['action'].partition('/payment/')[2]
        return self.url_open(f'/payment/{path}', data=form['inputs'])

    def _act(self, page, action):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
        url = re.search(rf'/payment/simulator/[\w-]+/{action}', page.text)[0]
        return self.url_open(url, data={'csrf_token': token}).text

    def test_pay_without_a_merchant_account(self):
        transaction, form = self._start()
        self.assertFalse(transaction.is_live)
        self.assertEqual(form['inputs']['method'], 'alipay.trade.page.pay')
        page = self._open(form)
        self.assertIn("no real money moves", page.text)
        self.assertIn("has taken the payment", self._act(page, 'pay'))
        self.assertEqual(transaction.state, 'done')
        self.assertEqual(transaction.notice_ids.state, 'applied')
        self.assertFalse(self.gateway.requests, "nothing left this server")

    def test_phone(self):
        self.browser = PHONE
        _transaction, form = self._start()
        self.assertEqual(form['inputs']['method'], 'alipay.trade.wap.pay')
        self.assertIn("no real money moves", self._open(form).text)

    def test_code_on_our_page(self):
        self.provider.alipay_use_qr = True
        transaction, form = self._start()
        self.assertEqual(form['action'], '/payment/status')
        page = self.url_open('/payment/status').text
        self.assertIn('/payment/simulator/', page)
        self.assertTrue(transaction.qr_content)

    def test_tampered_form(self):
        transaction, form = self._start()
        form['inputs']['biz_content'] = form['inputs']['biz_content'].replace('128.50', '0.01')
        self.assertEqual(self._open(form).status_code, 403)
        self.assertFalse(self.provider._get_simulator_order(transaction.reference))

    @mute_logger('odoo.addons.payment.models.payment_transaction')
    def test_wrong_amount(self):
        transaction, form = self._start()
        self.assertIn("confirmed nothing", self._act(self._open(form), 'wrong_amount'))
        self.assertEqual(transaction.state, 'error')

    def test_lost_notification_is_found_by_asking(self):
        transaction, form = self._start()
        self._act(self._open(form), 'late')
        self.assertEqual(transaction.state, 'draft')
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'done')

    def test_refusal(self):
        transaction, form = self._start()
        self._act(self._open(form), 'refuse')
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'cancel')

    def test_refund_and_bill(self):
        transaction, form = self._start()
        self._act(self._open(form), 'pay')
        refunds = [transaction._refund(amount) for amount in (28.5, 100)]
        self.assertEqual([refund.state for refund in refunds], ['done', 'done'])
        today = beijing.localize(fields.Datetime.now()).date()
        bill = self.env['payment.bill']._get_for(self.provider, today)
        bill._download()
        mine = transaction.union(*refunds)
        lines = bill.line_ids.filtered(lambda line: line.transaction_id in mine)
        self.assertEqual(lines.mapped('result'), ['matched'] * 3)
        self.assertEqual(sorted(lines.mapped('amount_there')), [-100, -28.5, 128.5])
        empty = self.env['payment.bill']._get_for(self.provider, '2020-01-01')
        empty._download()
        self.assertEqual((empty.state, empty.matched_count), ('agrees', 0))

    def test_order_is_closed_when_its_time_is_over(self):
        transaction, form = self._start()
        self._open(form)
        transaction._expire()
        self.assertEqual(transaction.state, 'cancel')
        order = self.provider._get_simulator_order(transaction.reference)
        self.assertEqual(order.state, 'closed')

    def test_simulator_is_shut_in_earnest(self):
        _transaction, form = self._start()
        self.provider.state = 'enabled'
        self.assertEqual(self._open(form).status_code, 404)
