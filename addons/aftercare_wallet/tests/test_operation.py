from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestOperation(WalletCommon):
    def _ask(self, user, **vals):
        return (
            self.env['wallet.operation']
            .with_user(user)
            .create({'account_id': self.account.id, 'amount': 100, 'reason': "Goodwill", **vals})
        )

    def test_staff_asks_and_a_manager_approves(self):
        operation = self._ask(self.staff)
        operation.action_submit()
        self.assertEqual(operation.state, 'to_approve')
        approver = operation.activity_ids.user_id
        self.assertTrue(approver.has_group('aftercare_wallet.aftercare_wallet_group_manager'))
        self.assertFalse(self._get_balances())
        with self.assertRaises(AccessError):
            operation.action_approve()
        operation.with_user(self.manager).action_approve()
        self.assertEqual(operation.state, 'done')
        self.assertEqual(operation.approved_by_id, self.manager)
        self.assertEqual(self._get_balances(), {'cash': 100})
        entry = operation.entry_ids
        self.assertEqual(
            (entry.kind, entry.amount, entry.reason, entry.operator_id),
            ('adjust', 100, "Goodwill", self.staff),
        )
        self._assert_agrees()

    def test_manager_does_small_ones_alone(self):
        operation = self._ask(self.manager, amount=999.99)
        operation.action_submit()
        self.assertEqual(operation.state, 'done')
        self.assertEqual(self._get_balances(), {'cash': 999.99})

    def test_second_person_from_the_limit_on(self):
        operation = self._ask(self.manager, amount=1000)
        operation.action_submit()
        self.assertEqual(operation.state, 'to_approve')
        with self.assertRaises(UserError):
            operation.action_approve()
        self.assertFalse(self._get_balances())
        operation.with_user(self.manager_2).action_approve()
        self.assertEqual(self._get_balances(), {'cash': 1000})
        taken = self._ask(self.manager, amount=-1000)
        taken.action_submit()
        self.assertEqual(taken.state, 'to_approve')

    def test_change_is_a_difference(self):
        """A payment between asking and approving is not undone."""
        self._top_up(500)
        operation = self._ask(self.staff, amount=-100)
        self.assertEqual(operation.balance_after, 400)
        self.account._pay(300)
        operation.with_user(self.manager).action_approve()
        self.assertEqual(self._get_balances(), {'cash': 100})

    def test_never_below_zero(self):
        operation = self._ask(self.manager, amount=-1)
        with self.assertRaises(WalletError), self.env.cr.savepoint():
            operation.action_submit()
        self.assertEqual(operation.state, 'to_approve')

    def test_done_once(self):
        operation = self._ask(self.manager)
        operation.action_approve()
        with self.assertRaises(UserError):
            operation.action_approve()
        with self.assertRaises(UserError):
            operation.action_refuse()
        with self.assertRaises(UserError):
            operation.amount = 5
        with self.assertRaises(UserError):
            operation.unlink()
        self.assertEqual(self._get_balances(), {'cash': 100})

    def test_refused(self):
        operation = self._ask(self.staff)
        with self.assertRaises(AccessError):
            operation.action_refuse()
        operation.with_user(self.manager).action_refuse()
        self.assertEqual(operation.state, 'refused')
        self.assertFalse(self._get_balances())
        with self.assertRaises(UserError):
            operation.with_user(self.manager).action_approve()

    def test_nobody_approves_by_writing(self):
        operation = self._ask(self.staff)
        for vals in (
            {'state': 'done'},
            {'approved_by_id': self.staff.id},
            {'requested_by_id': self.manager.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                operation.write(vals)
        forged = self._ask(
            self.manager, amount=5000, requested_by_id=self.manager_2.id, state='done'
        )
        self.assertEqual(forged.requested_by_id, self.manager)
        self.assertEqual(forged.state, 'to_approve')
        with self.assertRaises(UserError):
            forged.action_approve()

    def test_reason_is_required(self):
        for reason in ('', '   ', False):
            with self.subTest(reason=reason), self.assertRaises(ValidationError):
                self._ask(self.staff, reason=reason)

    def test_bonus_and_commission(self):
        self._ask(self.manager, bucket='bonus', amount=20, date_expiry='2030-01-01').action_submit()
        self.assertEqual(str(self.account.lot_ids.date_expiry), '2030-01-01')
        self._ask(self.manager, bucket='commission', amount=30).action_submit()
        self._ask(self.manager, bucket='bonus', amount=-5).action_submit()
        self.assertEqual(self._get_balances(), {'bonus': 15, 'commission': 30})
        self._assert_agrees()

    def test_transfer(self):
        self._top_up(100)
        with self.assertRaises(ValidationError):
            self._ask(self.manager, operation='transfer')
        with self.assertRaises(ValidationError):
            self._ask(self.manager, operation='transfer', target_id=self.account.id)
        operation = self._ask(
            self.manager, operation='transfer', target_id=self.other_account.id, amount=40
        )
        self.assertEqual(operation.balance_after, 60)
        operation.action_submit()
        self.assertEqual(self._get_balances(), {'cash': 60})
        self.assertEqual(self._get_balances(self.other_account), {'cash': 40})
        self.assertEqual(len(operation.entry_ids), 2)
        self._assert_agrees()

    def test_works_on_a_frozen_wallet(self):
        self._top_up(100)
        self.account._set_frozen(True, "Test")
        self._ask(self.manager, amount=-100).action_submit()
        self.assertFalse(self._get_balances())
