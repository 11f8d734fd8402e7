import base64
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_withdrawal import WithdrawalCommon


@tagged('post_install', '-at_install')
class TestWithdrawal(WithdrawalCommon):
    """What may be withdrawn, by whom it is approved, and what the books say."""

    # === REQUEST === #
    def test_example_of_the_specification(self):
        """Due 182.00, at least 100, fee 2 % but at least 1: asks for 150."""
        withdrawal = self._ask(150)
        self.assertEqual(
            (withdrawal.fee, withdrawal.net_amount, withdrawal.state), (3.0, 147.0, 'requested')
        )
        self.assertWallet(self.account, commission=32, held=150, cash=0)
        self.assertRefused('BELOW_MINIMUM', self._ask, 32)
        self.assertRefused('INSUFFICIENT_FUNDS', self._ask, 200)
        self.assertBooksAgree()
        self._approve(withdrawal)
        self._operate(withdrawal, 'pay', reference="TT-1")
        self.assertEqual((withdrawal.state, withdrawal.payment_reference), ('paid', "TT-1"))
        self.assertWallet(self.account, commission=32, held=0, cash=0)
        self.assertBooksAgree()

    def test_books_of_a_paid_withdrawal(self):
        withdrawal = self._ask(150)
        self._approve(withdrawal)
        self._operate(withdrawal, 'pay')
        entries = (
            self.env['wallet.entry'].sudo().search(withdrawal._get_entry_domain(), order='seq')
        )
        self.assertEqual(
            [(entry.kind, entry.bucket, entry.amount) for entry in entries],
            [
                ('withdraw_hold', 'commission', -150),
                ('withdraw_hold', 'held', 150),
                ('withdraw_paid', 'held', -150),
            ],
        )
        hold, paid = entries[0].move_id, entries[2].move_id
        company = self.company

        def lines(move):
            return {line.account_id: line.balance for line in move.line_ids}

        self.assertEqual(
            lines(hold),
            {company.wallet_commission_account_id: 150, company.wallet_liability_account_id: -150},
        )
        books = lines(paid)
        self.assertEqual(books.pop(company.wallet_liability_account_id), 150)
        self.assertEqual(books.pop(company.wallet_fee_account_id), -3)
        self.assertEqual(list(books.values()), [-147])
        self.assertEqual(hold.state, 'posted')
        self.assertEqual(paid.state, 'posted')

    def test_fee_has_a_minimum(self):
        self.company.write({'wallet_withdraw_min': 10, 'wallet_withdraw_fee_min': 1})
        withdrawal = self._ask(20)
        self.assertEqual((withdrawal.fee, withdrawal.net_amount), (1.0, 19.0))

    def test_fee_is_rounded_half_up(self):
        withdrawal = self._ask(100.25)
        self.assertEqual((withdrawal.fee, withdrawal.net_amount), (2.01, 98.24))

    def test_fee_above_the_amount_is_refused(self):
        self.company.write({'wallet_withdraw_min': 1, 'wallet_withdraw_fee_min': 5})
        self.assertRefused('BELOW_MINIMUM', self._ask, 4)
        self.assertWallet(self.account, commission=182, held=0)

    def test_fee_of_a_request_stays(self):
        withdrawal = self._ask(150)
        self.company.wallet_withdraw_fee_percent = 10
        withdrawal.invalidate_recordset()
        self.env.add_to_compute(withdrawal._fields['fee'], withdrawal)
        self.assertEqual((withdrawal.fee, withdrawal.net_amount), (3.0, 147.0))

    def test_odd_amounts_are_refused(self):
        for amount in (
            0,
            -150,
            0.001,
            100.001,
            float('nan'),
            float('inf'),
            float('-inf'),
            10.0**15,
            True,
            '150',
            None,
        ):
            with self.subTest(amount=amount):
                self.assertRefused('INVALID_AMOUNT', self._ask, amount)
        self.assertWallet(self.account, commission=182, held=0)

    def test_dust_of_floats_is_an_amount(self):
        withdrawal = self._ask(100.1 + 50.2)
        self.assertEqual(withdrawal.amount, 150.3)
        self.assertWallet(self.account, commission=31.7, held=150.3)

    def test_only_commission_by_default(self):
        account = self._create_wallet(self.other.partner_id, cash=500)
        payee = self._create_payee(self.other.partner_id)
        self.assertRefused('NOT_WITHDRAWABLE', self._ask, 200, account, payee, 'cash')
        for bucket in ('bonus', 'held', 'nonsense'):
            self.assertRefused('NOT_WITHDRAWABLE', self._ask, 200, account, payee, bucket)
        self.company.wallet_withdraw_cash = True
        withdrawal = self._ask(200, account, payee, 'cash')
        self.assertWallet(account, cash=300, held=200)
        entries = self.env['wallet.entry'].sudo().search(withdrawal._get_entry_domain())
        self.assertFalse(entries.move_id, "what is held is the same debt as the balance")
        self.assertBooksAgree()
        self._approve(withdrawal)
        self._operate(withdrawal, 'pay')
        self.assertWallet(account, cash=300, held=0)
        self.assertBooksAgree()

    def test_daily_count(self):
        self.company.wallet_withdraw_daily = 2
        account = self._create_wallet(self.other.partner_id, 1000)
        payee = self._create_payee(self.other.partner_id)
        first = self._ask(100, account, payee)
        self._ask(100, account, payee)
        self.assertRefused('LIMIT_EXCEEDED', self._ask, 100, account, payee)
        self._operate(first, 'reject', reason="Test")
        third = self._ask(100, account, payee)
        third.requested_at = fields.Datetime.now() - timedelta(hours=25)
        self._ask(100, account, payee)

    def test_cancelled_requests_count_too(self):
        self.company.wallet_withdraw_daily = 1
        self._ask(150)._cancel()
        self.assertRefused('LIMIT_EXCEEDED', self._ask, 150)

    def test_commission_that_was_taken_back_blocks(self):
        self.company.wallet_withdraw_cash = True
        account = self._create_wallet(self.other.partner_id, 50, cash=500)
        payee = self._create_payee(self.other.partner_id)
        account._credit_commission(
            -200, 'test:reversal', reason="Chargeback", operator=self.env.ref('base.user_admin')
        )
        self.assertWallet(account, commission=-150)
        self.assertRefused('NEGATIVE_COMMISSION', self._ask, 100, account, payee)
        self.assertRefused('NEGATIVE_COMMISSION', self._ask, 100, account, payee, 'cash')

    def test_frozen_wallet(self):
        self.account._set_frozen(True, "Test")
        self.assertRefused('FROZEN', self._ask, 150)
        self.account._set_frozen(False, "Test")
        self._ask(150)

    def test_money_comes_back_from_a_frozen_wallet(self):
        withdrawal = self._ask(150)
        self.account._set_frozen(True, "Test")
        self._operate(withdrawal, 'reject', reason="Fraud")
        self.assertWallet(self.account, commission=182, held=0)

    # === PAYEE === #
    def test_new_payee_has_to_wait(self):
        payee = self.env['wallet.payee']._add(
            self.partner,
            {'kind': 'alipay', 'holder': "Li Member", 'number': 'li@example.com'},
        )
        self.assertTrue(payee.is_cooling)
        self.assertFalse(payee.is_verified)
        self.assertRefused('PAYEE_COOLING', self._ask, 150, payee=payee)
        payee.changed_at = fields.Datetime.now() - timedelta(hours=24, minutes=1)
        payee.invalidate_recordset()
        self._ask(150, payee=payee)

    def test_change_of_a_payee_starts_again(self):
        self.assertTrue(self.payee.is_verified)
        self.payee.with_user(self.staff).bank_branch = "Main Street"
        self.assertFalse(self.payee.is_verified)
        self.assertRefused('PAYEE_COOLING', self._ask, 150)

    def test_same_values_are_no_change(self):
        self.payee.with_user(self.staff).write({'holder': "Li  Member ", 'active': True})
        self.assertTrue(self.payee.is_verified)
        self.assertFalse(self.payee.is_cooling)

    def test_payee_of_another_customer(self):
        foreign = self._create_payee(self.other.partner_id)
        self.assertRefused('BAD_PAYEE', self._ask, 150, payee=foreign)
        self.assertRefused('BAD_PAYEE', self._ask, 150, payee=self.env['wallet.payee'].browse(0))
        self.payee.active = False
        self.assertRefused('BAD_PAYEE', self._ask, 150)

    def test_incomplete_payees(self):
        add = self.env['wallet.payee']._add
        good = {'kind': 'bank', 'holder': "Li", 'number': '12345678', 'bank_name': "Bank"}
        for change in (
            {'holder': ' '},
            {'number': '12'},
            {'number': '1' * 65},
            {'bank_name': ''},
            {'kind': 'cheque'},
        ):
            with self.subTest(change=change):
                self.assertRefused('BAD_PAYEE', add, self.partner, {**good, **change})
        payee = add(self.partner, {**good, 'is_verified': True, 'partner_id': 1})
        self.assertFalse(payee.is_verified)
        self.assertEqual(payee.partner_id, self.partner)

    def test_number_is_masked(self):
        self.assertEqual(self.payee.number_masked, '•••• 5702')
        self.assertEqual(self.payee._mask('li.member@example.com'), 'li•••@example.com')
        self.assertEqual(self.payee.display_name, 'Test Bank · •••• 5702')
        with self.assertRaises(AccessError):
            self.payee.with_user(self.member).read(['number'])
        self.assertEqual(
            self.payee.with_user(self.member).read(['number_masked'])[0]['number_masked'],
            '•••• 5702',
        )

    def test_who_verifies_a_payee(self):
        payee = (
            self.env['wallet.payee']
            .with_user(self.staff)
            .create(
                {
                    'partner_id': self.partner.id,
                    'holder': "Li Member",
                    'number': '12345678',
                    'bank_name': "Bank",
                    'is_verified': True,
                }
            )
        )
        self.assertFalse(payee.is_verified)
        with self.assertRaisesRegex(UserError, "Somebody else must verify"):
            payee.action_verify()
        payee.with_user(self.manager).action_verify()
        self.assertTrue(payee.is_verified)
        self.assertEqual(payee.verified_by_id, self.manager)
        with self.assertRaises(AccessError):
            payee.with_user(self.member).action_verify()

    def test_used_payee_is_not_deleted(self):
        self._ask(150)
        with self.assertRaisesRegex(UserError, "archive it"):
            self.payee.with_user(self.manager).unlink()

    # === REVIEW === #
    def test_unverified_payee_is_not_paid(self):
        payee = self._create_payee(self.partner, is_verified=False)
        withdrawal = self._ask(150, payee=payee)
        with self.assertRaisesRegex(UserError, "verify the payee first"):
            self._approve(withdrawal)
        withdrawal.with_user(self.manager).action_verify_payee()
        self._approve(withdrawal)
        self.assertEqual(withdrawal.state, 'approved')

    def test_payee_changed_after_the_request(self):
        withdrawal = self._ask(150)
        self.payee.number = '9999 8888 7777'
        self.payee.is_verified = True
        with self.assertRaisesRegex(UserError, "changed after the request"):
            self._approve(withdrawal)
        self.assertEqual(withdrawal.payee_number, '6222 0210 0111 6245 702')

    def test_staff_does_not_approve(self):
        withdrawal = self._ask(150).with_user(self.staff)
        self.assertEqual(withdrawal.state, 'requested')  # staff sees it
        for action in (
            withdrawal.action_approve,
            withdrawal.action_reject,
            withdrawal.action_mark_paid,
            withdrawal.action_return,
            withdrawal.action_retry,
            withdrawal.action_create_batch,
        ):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            self._operate(withdrawal, 'pay', user=self.staff)
        self.assertEqual(withdrawal.state, 'requested')

    def test_nobody_writes_what_methods_decide(self):
        withdrawal = self._ask(150).with_user(self.manager)
        for vals in (
            {'state': 'paid'},
            {'approver_id': self.second.id},
            {'fee': 0},
            {'payee_number': '1'},
            {'name': 'X'},
        ):
            with self.assertRaises(AccessError):
                withdrawal.write(vals)
        with self.assertRaises(UserError):
            withdrawal.write({'amount': 10})
        with self.assertRaises(UserError):
            withdrawal.unlink()
        with self.assertRaises(AccessError):
            withdrawal.with_user(self.member).write({'note': "x"})

    def test_requester_does_not_approve(self):
        withdrawal = self.Withdrawal.with_user(self.manager).create(
            {'account_id': self.account.id, 'amount': 150, 'payee_id': self.payee.id}
        )
        self.assertEqual((withdrawal.state, withdrawal.fee), ('draft', 3.0))
        withdrawal.action_request()
        self.assertEqual(withdrawal.requested_by_id, self.manager)
        with self.assertRaisesRegex(UserError, "Somebody else must approve"):
            withdrawal.action_approve()
        self._approve(withdrawal, self.second)
        self.assertEqual(withdrawal.state, 'approved')

    def test_nobody_approves_for_himself(self):
        partner = self.manager.partner_id
        account = self._create_wallet(partner, 200)
        withdrawal = self._ask(150, account, self._create_payee(partner))
        with self.assertRaisesRegex(UserError, "Somebody else must approve"):
            self._approve(withdrawal)

    def test_great_amounts_need_two(self):
        self.company.wallet_withdraw_approval_limit = 149.99
        withdrawal = self._ask(150)
        self._approve(withdrawal)
        self.assertEqual((withdrawal.state, withdrawal.approver_id), ('requested', self.manager))
        with self.assertRaisesRegex(UserError, "second person"):
            self._approve(withdrawal)
        self._approve(withdrawal, self.second)
        self.assertEqual(
            (withdrawal.state, withdrawal.second_approver_id), ('approved', self.second)
        )

    def test_amount_at_the_limit_needs_one(self):
        self.company.wallet_withdraw_approval_limit = 150
        withdrawal = self._ask(150)
        self._approve(withdrawal)
        self.assertEqual(withdrawal.state, 'approved')

    def test_rejected_money_comes_back(self):
        withdrawal = self._ask(150)
        with self.assertRaisesRegex(UserError, "say why"):
            self._operate(withdrawal, 'reject', reason=' ')
        self._operate(withdrawal, 'reject', reason="Wrong name")
        self.assertEqual((withdrawal.state, withdrawal.reason), ('rejected', "Wrong name"))
        self.assertWallet(self.account, commission=182, held=0)
        self.assertBooksAgree()
        self.assertRefused('BAD_STATE', withdrawal._reject, "Again")
        self.assertWallet(self.account, commission=182, held=0)

    def test_cancelled_money_comes_back(self):
        withdrawal = self._ask(150)
        withdrawal._cancel()
        self.assertEqual(withdrawal.state, 'cancelled')
        self.assertWallet(self.account, commission=182, held=0)
        self.assertBooksAgree()
        self.assertRefused('BAD_STATE', withdrawal._cancel)

    def test_too_late_to_cancel(self):
        self.company.wallet_withdraw_approval_limit = 1
        withdrawal = self._ask(150)
        self._approve(withdrawal)
        self.assertRefused('BAD_STATE', withdrawal._cancel)
        self._approve(withdrawal, self.second)
        self.assertRefused('BAD_STATE', withdrawal._cancel)
        self.assertWallet(self.account, held=150)

    def test_only_approved_ones_are_paid(self):
        withdrawal = self._ask(150)
        self.assertRefused('BAD_STATE', withdrawal._mark_paid)
        self._approve(withdrawal)
        withdrawal._mark_paid()
        self.assertRefused('BAD_STATE', withdrawal._mark_paid)
        self.assertRefused('BAD_STATE', withdrawal._reject, "Late")
        self.assertWallet(self.account, commission=32, held=0)

    def test_reviewer_has_a_task(self):
        self.company.wallet_withdraw_user_id = self.manager
        withdrawal = self._ask(150)
        self.assertEqual(withdrawal.activity_ids.user_id, self.manager)
        self._approve(withdrawal)
        self.assertFalse(withdrawal.activity_ids)

    def test_withheld_tax(self):
        tax_account = self.company_data['default_account_revenue'].copy({'code': 'WHT001'})

        def withhold(withdrawal):
            amount = withdrawal.currency_id.round(withdrawal.amount * 0.1)
            return [{'name': "Tax", 'amount': amount, 'account': tax_account}]

        with patch.object(type(self.Withdrawal), '_get_withholding', withhold):
            withdrawal = self._ask(150)
            self.assertEqual(
                (withdrawal.fee, withdrawal.tax, withdrawal.net_amount), (3.0, 15.0, 132.0)
            )
            self._approve(withdrawal)
            self._operate(withdrawal, 'pay')
        move = self.env['account.move.line'].search([('account_id', '=', tax_account.id)])
        self.assertEqual(move.balance, -15)
        self.assertBooksAgree()

    def test_states_are_told(self):
        self.env['ir.config_parameter'].sudo()
        Log = self.env['notification.log'].sudo()

        def told(code):
            return Log.search([('event_id.code', '=', code)], order='id').mapped('partner_id')

        withdrawal = self._ask(150)
        self.assertIn(self.partner, told('wallet_withdrawal_requested'))
        self.assertIn(self.manager.partner_id, told('wallet_withdrawal_requested'))
        self._approve(withdrawal)
        self.assertEqual(told('wallet_withdrawal_approved'), self.partner)
        self._operate(withdrawal, 'pay')
        self.assertEqual(told('wallet_withdrawal_paid'), self.partner)
        self.assertFalse(told('wallet_withdrawal_rejected'))
        failed = Log.search([('event_id.code', '=like', 'wallet_%'), ('state', '=', 'failed')])
        self.assertFalse(failed)

    # === BATCH === #
    def _prepare_batch(self):
        withdrawals = self._ask(150)
        for number, amount in enumerate((120, 200.5), start=1):
            user = self._create_user(f'withdraw_b{number}', 'base.group_portal', f"Member {number}")
            account = self._create_wallet(user.partner_id, 1000)
            payee = self._create_payee(
                user.partner_id, holder='=HYPERLINK("x")' if number == 2 else f"Member {number}"
            )
            withdrawals += self._ask(amount, account, payee)
        self._approve(withdrawals)
        return withdrawals

    def test_batch_from_approval_to_payment(self):
        withdrawals = self._prepare_batch()
        Batch = self.env['wallet.payout.batch'].with_user(self.manager)
        batch = Batch.create({})
        self.assertEqual(batch.waiting_count, 3)
        batch.action_collect()
        self.assertEqual((batch.withdrawal_count, batch.amount), (3, 461.09))
        action = batch.action_export()
        self.assertEqual(batch.state, 'exported')
        attachment = self.env['ir.attachment'].sudo().browse(int(action['url'].split('/')[3][:-14]))
        text = base64.b64decode(attachment.datas).decode('utf-8-sig')
        rows = text.split('\r\n')
        self.assertEqual(len(rows), 5)
        self.assertEqual(
            rows[1],
            f'{withdrawals[0].name},Li Member,6222 0210 0111 6245 702,Test Bank,,,147.00,USD',
        )
        self.assertIn('117.60', rows[2])
        self.assertIn("'=HYPERLINK", rows[3])
        # the bank sends one back
        self._operate(withdrawals[1], 'return', reason="Account closed")
        self.assertEqual(
            (withdrawals[1].state, withdrawals[1].payout_error), ('approved', "Account closed")
        )
        self.assertFalse(withdrawals[1].batch_id)
        self.assertEqual((batch.withdrawal_count, batch.amount), (2, 343.49))
        batch.action_mark_paid()
        self.assertEqual(batch.state, 'done')
        self.assertEqual(withdrawals.mapped('state'), ['paid', 'approved', 'paid'])
        self.assertEqual(withdrawals[0].payment_reference, batch.name)
        self.assertBooksAgree()
        with self.assertRaisesRegex(UserError, "returned by the bank"):
            self._operate(withdrawals[1], 'pay')
        with self.assertRaisesRegex(UserError, "Nothing here"):
            withdrawals[1].with_user(self.manager).action_create_batch()
        withdrawals[1].with_user(self.manager).action_retry()
        withdrawals[1].with_user(self.manager).action_create_batch()
        self.assertEqual(withdrawals[1].batch_id.state, 'draft')
        self._operate(withdrawals[1], 'reject', reason="No other account")
        self.assertWallet(withdrawals[1].account_id, commission=1000, held=0)
        self.assertBooksAgree()

    def test_exported_ones_are_not_rejected(self):
        withdrawal = self._ask(150)
        self._approve(withdrawal)
        withdrawal.with_user(self.manager).action_create_batch()
        batch = withdrawal.batch_id.with_user(self.manager)
        batch.action_export()
        with self.assertRaisesRegex(UserError, "on its way to the bank"):
            self._operate(withdrawal, 'reject', reason="Late")
        batch.action_reopen()
        self._operate(withdrawal, 'reject', reason="In time")
        self.assertWallet(self.account, commission=182, held=0)
        self.assertFalse(batch.withdrawal_count)

    def test_batches_are_of_one_kind(self):
        first = self._ask(150)
        account = self._create_wallet(self.other.partner_id, 500)
        alipay = self._create_payee(
            self.other.partner_id, kind='alipay', number='o@example.com', bank_name=False
        )
        second = self._ask(150, account, alipay)
        self._approve(first + second)
        (first + second).with_user(self.manager).action_create_batch()
        self.assertNotEqual(first.batch_id, second.batch_id)
        self.assertEqual(second.batch_id.kind, 'alipay')

    def test_batch_is_for_managers(self):
        withdrawal = self._ask(150)
        self._approve(withdrawal)
        withdrawal.with_user(self.manager).action_create_batch()
        batch = withdrawal.batch_id.with_user(self.staff)
        self.assertEqual(batch.withdrawal_count, 1)  # staff sees it
        for action in (batch.action_export, batch.action_collect, batch.action_mark_paid):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            batch.with_user(self.manager).write({'state': 'done'})
        with self.assertRaises(UserError):
            batch.with_user(self.manager).unlink()

    @mute_logger('odoo.sql_db')
    def test_lists_cost_the_same_for_many(self):
        withdrawals = self._prepare_batch().with_user(self.manager)
        names = ['name', 'partner_id', 'payee_label', 'amount', 'net_amount', 'state']
        withdrawals.read(names)
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            withdrawals.read(names)
