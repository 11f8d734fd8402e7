from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import DirectPaymentCommon

DAY = date(2026, 11, 21)
NOON = fields.Datetime.to_datetime('2026-11-21 04:00:00')


@tagged('post_install', '-at_install')
class TestBill(DirectPaymentCommon):
    def setUp(self):
        super().setUp()
        self.rows = []
        self.failure = None
        test = self

        def download(provider, day, is_live):
            if test.failure:
                raise test.failure
            return ('bill.csv', b'rows') if test.rows else None

        Provider = self.registry['payment.provider']
        self.startPatcher(patch.object(Provider, '_download_bill', download))
        self.startPatcher(patch.object(Provider, '_parse_bill', lambda provider, raw: test.rows))
        self.order = self._create_paid(reference='order_one')
        self.order.paid_at = NOON
        self.bill = self.env['payment.bill']._get_for(self.provider, DAY)

    def _row(self, reference, amount, kind='payment', fee=0.77):
        return {
            'kind': kind,
            'reference': reference,
            'gateway_number': f'GW-{reference}',
            'amount': amount,
            'fee': fee,
            'moment': NOON,
        }

    def _compare(self, *rows):
        self.rows = list(rows)
        self.bill._download()
        return {line.reference: line.result for line in self.bill.line_ids}

    def test_everything_agrees(self):
        refund = self.order._refund(28.5)
        refund.paid_at = NOON
        results = self._compare(
            self._row('order_one', 128.5), self._row('R_order_one_1', 28.5, 'refund', -0.17)
        )
        self.assertEqual(results, {'order_one': 'matched', 'R_order_one_1': 'matched'})
        self.assertEqual((self.bill.state, self.bill.matched_count), ('agrees', 2))
        self.assertEqual((self.bill.amount_there, self.bill.amount_here), (100, 100))
        self.assertAlmostEqual(self.bill.fee, 0.6)
        self.assertFalse(self.bill.needs_attention)

    def test_what_is_missing_and_what_differs(self):
        missing = self._create_paid(reference='order_two')
        missing.paid_at = NOON
        self._create_order(reference='order_three')
        results = self._compare(
            self._row('order_one', 100),
            self._row('order_three', 128.5),
            self._row('elsewhere', 9.9),
        )
        self.assertEqual(
            results,
            {
                'order_one': 'different',
                'order_two': 'missing_there',
                'order_three': 'missing_here',
                'elsewhere': 'missing_here',
            },
        )
        self.assertEqual(self.bill.state, 'differs')
        self.assertEqual(self.bill.missing_here_count, 2)
        self.assertEqual(self.provider.bill_count, 1)

    def test_another_days_payment_is_not_missing(self):
        self.order.paid_at = fields.Datetime.to_datetime('2026-11-21 16:00:00')
        self.assertEqual(self._compare(), {})
        self.assertEqual(self.bill.state, 'agrees')
        self.assertTrue(self.bill.message)

    def test_payment_billed_a_day_later_settles_the_day_before(self):
        self._compare()
        self.assertEqual(self.bill.state, 'differs')
        next_bill = self.env['payment.bill']._get_for(self.provider, date(2026, 11, 22))
        self.rows = [self._row('order_one', 128.5)]
        next_bill._download()
        self.assertEqual((self.bill.state, next_bill.state), ('agrees', 'agrees'))
        self._compare()
        self.assertEqual(self.bill.state, 'agrees')

    def test_play_money_is_not_compared_with_real_money(self):
        self.order.is_live = False
        self.assertEqual(self._compare(), {})

    def test_unpaid_order_is_asked_about_from_the_bill(self):
        order = self._create_order(reference='order_three')
        self._compare(self._row('order_one', 128.5), self._row('order_three', 128.5))
        self.gateway['order_three'] = self._paid(order)
        clerk = new_test_user(
            self.env, 'clerk', groups='aftercare_payment.aftercare_payment_group_user'
        )
        line = self.bill.line_ids.filtered(lambda item: item.result == 'missing_here')
        line.with_user(clerk).action_ask_gateway()
        self.assertEqual((order.state, self.bill.state), ('done', 'agrees'))

    def test_failure_is_kept_and_tried_again(self):
        self.failure = ValidationError("The bill is being written.")
        self.rows = [self._row('order_one', 128.5)]
        with freeze_time('2026-11-22 02:30:00'):
            self.env['payment.bill']._cron_download_bills()
            self.assertEqual(
                (self.bill.state, self.bill.message), ('failed', "The bill is being written.")
            )
            self.failure = None
            self.env['payment.bill']._cron_download_bills()
            self.assertEqual(self.bill.state, 'agrees')
            self.rows = []
            self.env['payment.bill']._cron_download_bills()
        self.assertEqual(self.bill.matched_count, 1, "a bill that came is not fetched again")

    def test_bill_is_not_asked_for_before_it_exists(self):
        before = self.env['payment.bill'].search([('provider_id', '=', self.provider.id)])
        with freeze_time('2026-11-24 02:29:00'):
            self.env['payment.bill']._cron_download_bills()
        days = (
            self.env['payment.bill'].search([('provider_id', '=', self.provider.id)]) - before
        ).mapped('date')
        self.assertEqual(sorted(days), [date(2026, 11, 20), date(2026, 11, 22)])

    def test_clearing_up_needs_an_explanation(self):
        self._compare()
        clerk = new_test_user(
            self.env, 'clerk', groups='aftercare_payment.aftercare_payment_group_user'
        )
        bill = self.bill.with_user(clerk)
        with self.assertRaises(UserError):
            bill.action_mark_checked()
        with self.assertRaises(UserError):
            bill.state = 'agrees'
        bill.explanation = "Settled by the bank on Monday."
        bill.action_mark_checked()
        self.assertEqual(self.bill.state, 'checked')

    def test_a_thousand_rows_in_a_constant_number_of_queries(self):
        orders = self.env['payment.transaction'].create(
            [
                {
                    'payment_method_id': self.payment_method_id,
                    'amount': 10,
                    'currency_id': self.currency.id,
                    'provider_id': self.provider.id,
                    'reference': f'bulk_{index:04d}',
                    'operation': 'online_redirect',
                    'partner_id': self.partner.id,
                    'state': 'done',
                    'paid_at': NOON,
                }
                for index in range(200)
            ]
        )
        rows = [self._row(order.reference, 10) for order in orders]
        self._compare(self._row('order_one', 128.5), *rows[:50])
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            self._compare(self._row('order_one', 128.5), *rows)
        self.assertEqual(self.bill.matched_count, 201)
