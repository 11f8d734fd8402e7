from odoo.tests import tagged

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestReconciliation(WalletCommon):
    """Whatever does not agree is reported, and nothing is repaired."""

    def setUp(self):
        super().setUp()
        self.topup = self._top_up(100)
        self.account._grant_bonus(10, self._key(), origin=self.owner)
        self.account._credit_commission(20, self._key(), origin=self.owner)

    def _tamper(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute('ALTER TABLE wallet_entry DISABLE TRIGGER USER')
        self.env.cr.execute(query, args)
        self.env.cr.execute('ALTER TABLE wallet_entry ENABLE TRIGGER USER')
        self.env.invalidate_all()

    def test_everything_agrees(self):
        reconciliation = self.env['wallet.reconciliation']._run(self.company)
        self.assertEqual(reconciliation.state, 'ok')
        self.assertEqual(reconciliation.entry_count, 3)
        self.assertEqual(reconciliation.account_count, 2)
        self.assertFalse(reconciliation.activity_ids)

    def test_changed_balance(self):
        self._tamper('UPDATE wallet_account SET cash = 150 WHERE id = %s', self.account.id)
        found = self._reconcile()
        self.assertEqual(set(found), {'bucket', 'books'})
        line = found['bucket']
        self.assertEqual((line.account_id, line.expected, line.found), (self.account, 100, 150))
        self.assertEqual(line.difference, 50)
        self.assertEqual(self._get_balances()['cash'], 150, "Nothing is repaired.")

    def test_changed_entry(self):
        self._tamper(
            "UPDATE wallet_entry SET amount = 90 WHERE account_id = %s AND kind = 'topup'",
            self.account.id,
        )
        self.assertEqual(set(self._reconcile()), {'bucket', 'chain', 'move'})

    def test_changed_chain(self):
        self._tamper(
            "UPDATE wallet_entry SET balance_after = 90 WHERE account_id = %s AND kind = 'topup'",
            self.account.id,
        )
        self.assertEqual(set(self._reconcile()), {'chain'})

    def test_missing_entry(self):
        self._tamper('DELETE FROM wallet_entry WHERE account_id = %s AND seq = 1', self.account.id)
        self.assertIn('seq', self._reconcile())
        self.assertIn('bucket', self._reconcile())

    def test_gap_in_the_numbers(self):
        self._tamper(
            'UPDATE wallet_entry SET seq = 7 WHERE account_id = %s AND seq = 3', self.account.id
        )
        self.assertEqual(set(self._reconcile()), {'seq'})

    def test_changed_lot(self):
        self._tamper(
            'UPDATE wallet_bonus_lot SET remaining = 9 WHERE account_id = %s', self.account.id
        )
        found = self._reconcile()
        self.assertEqual(set(found), {'lot'})
        self.assertEqual(len(found['lot']), 2)

    def test_changed_hold(self):
        self.account._reserve(self.account._create_transaction(30), 30)
        self._assert_agrees()
        self._tamper("UPDATE wallet_reservation SET state = 'released'")
        self.assertEqual(set(self._reconcile()), {'held'})

    def test_journal_entry_by_hand(self):
        self.account._post_move(
            [
                (self.company.wallet_liability_account_id, 5),
                (self.company.wallet_adjust_account_id, -5),
            ],
            "By hand",
        )
        found = self._reconcile()
        self.assertEqual(set(found), {'books'})
        self.assertEqual((found['books'].expected, found['books'].found), (95, 100))
        self.assertEqual(found['books'].detail, 'prepayments')

    def test_journal_entry_taken_away(self):
        move = self.topup.payment_id.move_id
        self._tamper(
            "UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = %s", move.id
        )
        self.assertEqual(set(self._reconcile()), {'books', 'move'})

    def test_refund_above_the_payment(self):
        tx = self.account._pay(20)
        tx._refund(20)
        self._assert_agrees()
        self._tamper('UPDATE payment_transaction SET amount = 15 WHERE id = %s', tx.id)
        self.assertEqual(set(self._reconcile()), {'refund'})

    def test_wallet_nobody_sees(self):
        self._top_up(5, self.other_account)
        self.other.parent_id = self.owner
        found = self._reconcile()
        self.assertEqual(found['owner'].account_id, self.other_account)

    def test_managers_are_told(self):
        self._tamper('UPDATE wallet_account SET cash = 150 WHERE id = %s', self.account.id)
        reconciliation = self.env['wallet.reconciliation']._run(self.company)
        self.assertEqual(reconciliation.state, 'differs')
        self.assertTrue(reconciliation.activity_ids)
        logs = self.env['notification.log'].search(
            [('event_id.code', '=', 'wallet_differs'), ('res_id', '=', reconciliation.id)]
        )
        self.assertIn(self.manager.partner_id, logs.partner_id)
        self.assertNotIn(self.staff.partner_id, logs.partner_id)

    def test_manager_compares_now(self):
        Reconciliation = self.env['wallet.reconciliation'].with_user(self.manager)
        action = Reconciliation.action_run()
        self.assertEqual(Reconciliation.browse(action['res_id']).state, 'ok')

    def test_nightly_run_covers_the_companies(self):
        self.env['wallet.reconciliation']._cron_run()
        found = self.env['wallet.reconciliation'].search([('company_id', '=', self.company.id)])
        self.assertEqual(found.mapped('state'), ['ok'])
