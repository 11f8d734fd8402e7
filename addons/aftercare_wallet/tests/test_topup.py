from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestTopup(WalletCommon):
    # === I8: CREDITED ON DONE, ONCE === #

    @mute_logger('odoo.addons.payment.models.payment_transaction')
    def test_credited_when_done_only(self):
        for state in ('draft', 'pending', 'cancel', 'error'):
            with self.subTest(state=state):
                tx = self._create_topup(100)
                if state == 'pending':
                    tx._set_pending()
                elif state == 'cancel':
                    tx._set_canceled()
                elif state == 'error':
                    tx._set_error("Refused")
                tx._post_process()
                self.assertFalse(self._get_balances())
                with self.assertRaises(WalletError):
                    self.account._topup(tx)

    def test_credited_once(self):
        tx = self._create_topup(100)
        for _webhook in range(5):
            tx._set_done()
            tx._post_process()
            self.account._topup(tx)
        self.assertEqual(self._get_balances(), {'cash': 100})
        self.assertEqual(self.account.seq, 1)
        entry = self.account.entry_ids
        self.assertEqual(entry.kind, 'topup')
        self.assertEqual(entry.reason, tx.reference)
        self.assertEqual((entry.res_model, entry.res_id), ('payment.transaction', tx.id))
        self.assertEqual(entry.move_id, tx.payment_id.move_id)
        self._assert_agrees()

    @mute_logger('odoo.addons.payment.models.payment_transaction')
    def test_notices_out_of_order(self):
        tx = self._create_topup(100)
        tx._set_done()
        tx._set_pending()
        tx._set_canceled()
        tx._post_process()
        self.assertEqual(tx.state, 'done')
        self.assertEqual(self._get_balances(), {'cash': 100})

    def test_payment_is_a_debt_and_no_income(self):
        tx = self._top_up(100)
        self.assertEqual(
            self._get_lines(tx.payment_id.move_id),
            {
                tx.payment_id.outstanding_account_id: 100,
                self.company.wallet_liability_account_id: -100,
            },
        )
        self.assertIn(tx.payment_id.state, ('in_process', 'paid'))
        self.assertEqual(self._get_owed(), 100)

    def test_done_triggers_the_crediting(self):
        cron = self.env.ref('payment.cron_post_process_payment_tx')
        before = self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)])
        tx = self._create_topup(100)
        tx._set_done()
        after = self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)])
        self.assertEqual(after, before + 1)

    def test_uncredited_recharge_is_reported(self):
        with freeze_time('2026-03-01 10:00:00'):
            tx = self._create_topup(100)
            tx._set_done()
        with freeze_time('2026-03-01 10:30:00'):
            self.assertFalse(self._reconcile())
        with freeze_time('2026-03-01 11:30:00'):
            self.assertEqual(self._reconcile()['topup'].detail, tx.reference)
            tx._post_process()
            self._assert_agrees()

    def test_customer_is_told(self):
        self._top_up(100)
        log = self.env['notification.log'].search(
            [
                ('event_id.code', '=', 'wallet_topup'),
                ('res_id', '=', self.account.id),
                ('channel', '=', 'mail'),
            ]
        )
        self.assertEqual(log.partner_id, self.owner)
        self.assertIn('100.00', log.extra['amount'])

    def test_wallet_does_not_recharge_a_wallet(self):
        with self.assertRaises(ValidationError):
            self._create_topup(
                100,
                provider_id=self.wallet_provider.id,
                payment_method_id=self.wallet_provider.payment_method_ids.id,
            )
        providers = self.env['payment.provider']._get_compatible_providers(
            self.company.id, self.env.user.partner_id.id, 100, is_wallet_topup=True
        )
        self.assertIn(self.gateway, providers)
        self.assertNotIn(self.wallet_provider, providers)

    # === TIERS === #

    def test_bonus_of_the_highest_tier(self):
        Tier = self.env['wallet.topup.tier']
        Tier.create({'amount_from': 100, 'bonus': 5})
        Tier.create({'amount_from': 1000, 'bonus': 50, 'percent': 1, 'days': 10})
        self._top_up(99.99)
        self.assertEqual(self._get_balances(), {'cash': 99.99})
        self._top_up(100)
        self.assertEqual(self._get_balances(), {'cash': 199.99, 'bonus': 5})
        with freeze_time('2026-03-01'):
            tx = self._top_up(1500)
            for _again in range(3):
                self.account._topup(tx)
        self.assertEqual(self._get_balances(), {'cash': 1699.99, 'bonus': 70})
        lot = self.account.lot_ids.sorted('id')[-1]
        self.assertEqual((lot.amount, str(lot.date_expiry)), (65, '2026-03-11'))
        # no debt of the company until it is used
        self.assertEqual(self._get_owed(), 1699.99)
        self._assert_agrees()

    def test_senseless_tiers_are_refused(self):
        Tier = self.env['wallet.topup.tier']
        for vals in (
            {'amount_from': 100},
            {'amount_from': 100, 'percent': 101},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                Tier.create(vals)

    # === LIMITS === #

    def _check(self, amount):
        return self.Account._check_topup(self.customer, self.company, amount)

    def _assert_limit(self, code, amount):
        with self.assertRaises(WalletError) as raised:
            self._check(amount)
        self.assertEqual(raised.exception.code, code)

    def test_limits(self):
        self.assertEqual(self._check(10), 10)
        self.assertEqual(self._check(5000), 5000)
        self._assert_limit('BELOW_MINIMUM', 9.99)
        self._assert_limit('LIMIT_EXCEEDED', 5000.01)
        for amount in (None, 0, -50, float('nan'), float('inf')):
            with self.subTest(amount=amount):
                self._assert_limit('INVALID_AMOUNT', amount)
        self.company.wallet_topup_max = 0
        self.assertEqual(self._check(1_000_000), 1_000_000)

    def test_largest_balance(self):
        self.company.wallet_balance_max = 150
        self._top_up(100)
        self.assertEqual(self._check(50), 50)
        self._assert_limit('LIMIT_EXCEEDED', 50.01)
        # what was paid is credited, whatever the limit says meanwhile
        self._top_up(100)
        self.assertEqual(self._get_balances(), {'cash': 200})

    def test_recharge_after_the_first_paid_invoice(self):
        self.company.wallet_topup_requires_paid = True
        self._assert_limit('NOT_POSSIBLE', 50)
        invoice = self._create_invoice(20)
        self._assert_limit('NOT_POSSIBLE', 50)
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids
        ).create({'journal_id': self.gateway.journal_id.id}).action_create_payments()
        self.assertEqual(self._check(50), 50)

    def test_amounts_to_choose(self):
        self.company.wallet_topup_amounts = '100; 50,x, 9, 99999, 50, -3, nan, 1e400'
        self.assertEqual(self.company._get_wallet_topup_amounts(), [50, 100])
        self.company.wallet_topup_amounts = False
        self.assertEqual(self.company._get_wallet_topup_amounts(), [])

    # === REFUND AND CHARGEBACK === #

    def _refund_done(self, tx, amount):
        refund = tx._create_child_transaction(amount, is_refund=True)
        refund._set_done()
        refund._post_process()
        return refund

    def test_refund_takes_the_money_back(self):
        self.env['wallet.topup.tier'].create({'amount_from': 100, 'bonus': 10})
        tx = self._top_up(100)
        refund = self._refund_done(tx, 40)
        self.assertEqual(self._get_balances(), {'cash': 60, 'bonus': 6})
        self.assertEqual(
            self._get_lines(refund.payment_id.move_id),
            {
                refund.payment_id.outstanding_account_id: -40,
                self.company.wallet_liability_account_id: 40,
            },
        )
        refund._post_process()
        self.assertEqual(self._get_balances(), {'cash': 60, 'bonus': 6})
        self._refund_done(tx, 60)
        self.assertEqual(self._get_balances(), {})
        with self.assertRaises(ValidationError):
            self._refund_done(tx, 0.01)
        self._assert_agrees()

    def test_spent_recharge_becomes_a_receivable(self):
        tx = self._top_up(100)
        self._pay_invoice(self._create_invoice(70))
        refund = self._refund_done(tx, 100)
        receivable = self.owner.with_company(self.company).property_account_receivable_id
        self.assertEqual(
            self._get_lines(refund.payment_id.move_id),
            {
                refund.payment_id.outstanding_account_id: -100,
                self.company.wallet_liability_account_id: 30,
                receivable: 70,
            },
        )
        self.assertFalse(self._get_balances())
        owed = refund.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_id == receivable
        )
        self.assertEqual(owed.amount_residual, 70)
        log = self.env['notification.log'].search(
            [('event_id.code', '=', 'wallet_chargeback'), ('res_id', '=', self.account.id)]
        )
        self.assertIn(self.manager.partner_id, log.partner_id)
        self._assert_agrees()

    def test_wholly_spent_recharge(self):
        tx = self._top_up(100)
        self._pay_invoice(self._create_invoice(100))
        refund = self._refund_done(tx, 100)
        self.assertFalse(self._get_balances())
        self.assertEqual(refund.wallet_cash, 0)
        self._assert_agrees()

    def test_staff_refunds_what_is_left_only(self):
        tx = self._top_up(100)
        self._pay_invoice(self._create_invoice(70))
        with self.assertRaises(UserError) as raised:
            tx._refund(50)
        self.assertIn("30.00", str(raised.exception))
        with self.assertRaises(UserError):
            self.account._refund(tx, 10)

    def test_chargeback_by_a_manager(self):
        tx = self._top_up(100)
        self._pay_invoice(self._create_invoice(70))
        Wizard = self.env['wallet.refund'].with_user(self.manager)
        wizard = Wizard.create({'transaction_id': tx.id, 'operation': 'chargeback'})
        self.assertEqual((wizard.amount, wizard.spent), (100, 70))
        wizard.action_apply()
        self.assertFalse(self._get_balances())
        self.assertEqual(tx.child_transaction_ids.state, 'done')
        with self.assertRaises(UserError):
            self.env['wallet.refund'].with_user(self.staff).create(
                {'transaction_id': tx.id, 'operation': 'chargeback'}
            )
        self._assert_agrees()

    def test_recharge_taken_back_before_it_was_credited(self):
        tx = self._create_topup(100)
        tx._set_done()
        refund = self._refund_done(tx, 100)
        self.assertTrue(tx.payment_id)
        self.assertEqual(refund.wallet_cash, 100)
        tx._post_process()
        self.assertFalse(self._get_balances())
        self._assert_agrees()

    def test_refund_of_a_refund_is_refused(self):
        tx = self._top_up(100)
        refund = self._refund_done(tx, 40)
        with self.assertRaises(ValidationError):
            self._refund_done(refund, 40)
        self.assertEqual(self._get_balances(), {'cash': 60})

    def test_partner_of_the_company_recharges_its_wallet(self):
        tx = self._top_up(30, partner_id=self.customer.id)
        self.assertEqual(tx.payment_id.partner_id, self.owner)
        self.assertEqual(self._get_balances(), {'cash': 30})
