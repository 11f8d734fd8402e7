from unittest.mock import patch

from psycopg2 import errors

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ReferralCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestSettlement(ReferralCommon):
    def setUp(self):
        super().setUp()
        self.program.levels = 1

    # === HOLD === #
    def test_due_after_the_hold(self):
        commission = self._book(1000)
        with freeze_time('2026-03-30 23:00:00'):
            self._release()
            self.assertEqual(commission.state, 'held')
        with freeze_time('2026-03-31 00:10:00'):
            self._release()
            self.assertEqual((commission.state, commission.amount), ('due', 200.0))
            self.assertEqual(commission.date_due, fields.Date.to_date('2026-03-31'))
            self._release()
        self.assertEqual(commission.state, 'due')

    def test_release_works_in_batches(self):
        commissions = self.Commission
        for number in range(7):
            commissions |= self._book(100, key=f'batch,{number}')
        with freeze_time('2026-04-10'):
            self.Commission._cron_release(batch_size=3)
        commissions.invalidate_recordset()
        self.assertEqual(set(commissions.mapped('state')), {'due'})

    def test_queries_of_the_release_do_not_grow(self):
        def release(count, prefix):
            for number in range(count):
                self._book(100, key=f'{prefix},{number}')
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._release()
            return self.cr.sql_log_count - before

        self.program.hold_days = 1
        with freeze_time('2026-03-01'):
            self._book(100)
        with freeze_time('2026-04-10'):
            self._release()
            few, many = release(2, 'few'), 0
        with freeze_time('2026-03-01'):
            for number in range(40):
                self._book(100, key=f'many,{number}')
            for number in range(2):
                self._book(100, key=f'two,{number}')
        self.env.flush_all()
        with freeze_time('2026-04-10'):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._release()
            many = self.cr.sql_log_count - before
        self.assertLessEqual(many, few + 30)

    def test_a_conflict_is_tried_again(self):
        commission = self._book(1000)
        release_batch = type(self.Commission)._release_batch
        calls = []

        def conflict_once(self, *args):
            calls.append(1)
            if len(calls) == 1:
                raise errors.SerializationFailure
            return release_batch(self, *args)

        with (
            freeze_time('2026-04-10'),
            patch.object(type(self.Commission), '_release_batch', conflict_once),
        ):
            self._release()
        self.assertEqual((commission.state, len(calls) >= 2), ('due', True))

    def test_sale_that_does_not_stand_is_not_released(self):
        commission = self._book(1000)
        self.assertTrue(commission._is_source_settled())
        unsettled = fields.Domain('source_key', '!=', 'test,1')
        with (
            patch.object(type(self.Commission), '_get_settled_domain', lambda self: unsettled),
            freeze_time('2026-04-10'),
        ):
            self.assertFalse(commission._is_source_settled())
            self._release()
            self.assertEqual(commission.state, 'held')

    def test_affiliate_is_told_once(self):
        for number in range(3):
            self._book(100, key=f'told,{number}')
        with freeze_time('2026-04-10'):
            self._release()
        logs = self.env['notification.log'].search(
            [('event_id.code', '=', 'referral_commission_due'), ('partner_id', '=', self.bob.id)]
        )
        self.assertEqual(len(logs), 1)
        self.assertEqual((logs.extra['count'], logs.extra['amount']), (3, 60.0))

    # === REFUNDS === #
    def test_example_8_refund_during_the_hold(self):
        commission = self._book(1000)
        with freeze_time('2026-03-11'):
            self.assertFalse(self._reverse())
        self.assertEqual((commission.state, commission.amount), ('void', 0.0))
        self.assertEqual((commission.void_code, commission.initial_amount), ('REFUNDED', 200.0))
        with freeze_time('2026-04-10'):
            self._release()
        self.assertEqual(commission.state, 'void')

    def test_part_of_a_refund_during_the_hold(self):
        commission = self._book(1000)
        self._reverse(_0=250)
        self.assertEqual((commission.state, commission.amount), ('held', 150.0))
        self._reverse(_0=250)
        self.assertEqual((commission.amount, commission.reversed_amount), (150.0, 50.0))
        self._reverse(_0=0)
        self.assertEqual(commission.amount, 200.0, "the credit note was taken back")

    def test_example_9_refund_after_the_payout(self):
        paid = self._book(1000)
        with freeze_time('2026-03-31'):
            self._release()
            paid._set_paid()
        other = self._book(400, key='test,2')
        with freeze_time('2026-04-15'):
            self._release()
            reversal = self._reverse()
            self.assertEqual((reversal.amount, reversal.state), (-200.0, 'due'))
            self.assertEqual((paid.state, paid.amount, other.amount), ('paid', 200.0, 80.0))
            totals = self.Commission._get_totals(self.bob)[self.bob.id]
            self.assertEqual((totals['due'], totals['paid']), (-120.0, 200.0))
            self.assertEqual((totals['earned'], totals['reversed']), (280.0, 200.0))
            self._book(1000, key='test,3')
            self.program.hold_days = 0
        with freeze_time('2026-06-01'):
            self._release()
        totals = self.Commission._get_totals(self.bob)[self.bob.id]
        self.assertEqual(totals['due'], 80.0, "what he earns next makes up for it")

    def test_three_refunds_end_at_exactly_zero(self):
        commission = self._book(166.65)
        with freeze_time('2026-04-10'):
            self._release()
            reversals = self.Commission
            for refunded in (55.55, 111.10, 111.10, 166.65):
                reversals |= self._reverse(_0=refunded)
        self.assertEqual(commission.amount, 33.33)
        self.assertEqual(reversals.mapped('amount'), [-11.11, -11.11, -11.11])
        self.assertEqual(commission.reversed_amount, 33.33)
        self.assertFalse(self._reverse(_0=166.65))

    def test_refund_of_one_line_of_two_rules(self):
        self._create_rule(
            product_tmpl_id=self.product_c.product_tmpl_id.id, rate_type='fixed', purchase_rate=12
        )
        commissions = self._book(299, {'base': 150.25, 'product': self.product_c})
        self._reverse(_1=150.25)
        amounts = {commission.rate_type: commission.amount for commission in commissions}
        self.assertEqual(amounts, {'percent': 59.8, 'fixed': 0.0})

    def test_refund_of_more_than_was_paid(self):
        commission = self._book(1000)
        with freeze_time('2026-04-10'):
            self._release()
            reversal = self._reverse(_0=99999)
        self.assertEqual(reversal.amount, -200.0)
        self.assertEqual(commission.reversed_amount, 200.0)

    def test_refund_of_what_is_not_known(self):
        self.assertFalse(self._reverse('unknown,1'))

    def test_refund_that_was_taken_back(self):
        self._book(1000)
        with freeze_time('2026-04-10'):
            self._release()
            self._reverse(_0=500)
            again = self._reverse(_0=0)
            self.assertEqual(again.amount, 100.0)
        totals = self.Commission._get_totals(self.bob)[self.bob.id]
        self.assertEqual((totals['due'], totals['reversed']), (200.0, 0.0))

    def test_affiliate_is_told_of_a_reversal(self):
        self._book(1000)
        self._reverse(_0=500)
        log = self.env['notification.log'].search(
            [
                ('event_id.code', '=', 'referral_commission_reversed'),
                ('partner_id', '=', self.bob.id),
            ]
        )
        self.assertEqual(log.extra['amount'], 100.0)

    # === WRITE-OFF === #
    def test_manager_writes_a_debt_off(self):
        paid = self._book(1000)
        with freeze_time('2026-04-10'):
            self._release()
            paid._set_paid()
            self._reverse()
            wizard = self.env['referral.commission.operation'].with_user(self.manager)
            wizard = wizard.with_company(self.company).create(
                {'operation': 'write_off', 'partner_id': self.bob.id, 'reason': "Goodwill"}
            )
            wizard.action_apply()
            self.assertEqual(self.Commission._get_totals(self.bob)[self.bob.id]['due'], 0.0)
            with self.assertRaises(UserError):
                wizard.action_apply()
            with self.assertRaises(AccessError):
                self.env['referral.commission.operation'].with_user(self.staff).create(
                    {'operation': 'write_off', 'partner_id': self.bob.id, 'reason': "x"}
                )

    # === BY HAND === #
    def test_void_by_hand(self):
        held, due = self._book(1000), self._book(500, key='test,2', day='2026-01-02')
        self._release()
        self.assertEqual((held.state, due.state), ('held', 'due'))
        both = (held | due).with_user(self.manager)
        both._operate('void', "Fraud")
        self.assertEqual((held.state, held.amount, held.void_code), ('void', 0.0, 'MANUAL'))
        self.assertEqual(due.reversal_ids.amount, -100.0)
        with self.assertRaises(UserError):
            held.with_user(self.manager)._operate('void', "again")
        self._reverse()
        self.assertEqual(held.state, 'void')

    def test_staff_may_not_void(self):
        commission = self._book(1000)
        for operation in ('void', 'hold', 'clear'):
            with self.assertRaises(AccessError):
                commission.with_user(self.staff)._operate(operation, "x")

    def test_review_keeps_it_held(self):
        commission = self._book(1000)
        commission.with_user(self.manager)._operate('hold', "Let me look")
        with freeze_time('2026-04-10'):
            self._release()
            self.assertEqual(commission.state, 'held')
            commission.with_user(self.manager)._operate('clear', "All right")
            self._release()
            self.assertEqual(commission.state, 'due')
            with self.assertRaises(UserError):
                commission.with_user(self.manager)._operate('hold', "too late")

    # === WHAT STAYS === #
    def test_paid_can_not_be_changed(self):
        commission = self._book(1000)
        with freeze_time('2026-04-10'):
            self._release()
            commission._set_paid()
        for vals in ({'amount': 1}, {'state': 'due'}, {'reason': "x"}, {'date_paid': False}):
            with self.assertRaises(UserError):
                commission.write(vals)
        with mute_logger('odoo.sql_db'), self.assertRaises(errors.RaiseException):
            with self.cr.savepoint():
                self.cr.execute(
                    'UPDATE referral_commission SET amount = 1 WHERE id = %s', [commission.id]
                )
        with mute_logger('odoo.sql_db'), self.assertRaises(errors.RaiseException):
            with self.cr.savepoint():
                self.cr.execute('DELETE FROM referral_commission WHERE id = %s', [commission.id])
