from datetime import timedelta

from odoo import fields
from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.tests import new_test_user

STAFF = 'aftercare_wallet.aftercare_wallet_group_user'
MANAGER = 'aftercare_wallet.aftercare_wallet_group_manager'


class WithdrawalCommon(AccountPaymentCommon):
    """A member with commission and a payee, two managers and a member of staff."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                'wallet_withdraw_min': 100,
                'wallet_withdraw_fee_percent': 2,
                'wallet_withdraw_fee_min': 1,
                'wallet_withdraw_daily': 3,
                'wallet_withdraw_approval_limit': 0,
                'wallet_payee_cooling_hours': 24,
                'wallet_withdraw_cash': False,
            }
        )
        cls.company._ensure_wallet_accounting()
        cls.Withdrawal = cls.env['wallet.withdrawal']
        cls.member = cls._create_user('withdraw_member', 'base.group_portal', "Li Member")
        cls.other = cls._create_user('withdraw_other', 'base.group_portal', "Other Member")
        cls.staff = cls._create_user('withdraw_staff', STAFF, "Sam Staff")
        cls.manager = cls._create_user('withdraw_manager', MANAGER, "Mona Manager")
        cls.second = cls._create_user('withdraw_second', MANAGER, "Otto Second")
        cls.partner = cls.member.partner_id
        cls.account = cls._create_wallet(cls.partner, 182)
        cls.payee = cls._create_payee(cls.partner)

    @classmethod
    def _create_user(cls, login, groups, name):
        return new_test_user(
            cls.env,
            login,
            groups,
            name=name,
            email=f'{login}@example.com',
            lang='en_US',
            tz='UTC',
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_wallet(cls, partner, commission=0, cash=0):
        account = cls.env['wallet.account'].sudo()._get_for(partner)
        operator = cls.env.ref('base.user_admin')
        if commission:
            account._credit_commission(
                commission, f'test:{partner.id}:commission', reason="Test", operator=operator
            )
        if cash:
            account._book(
                'adjust',
                {'cash': cash},
                f'test:{partner.id}:cash',
                reason="Test",
                operator=operator,
            )
        return account

    @classmethod
    def _create_payee(cls, partner, is_verified=True, **vals):
        payee = (
            cls.env['wallet.payee']
            .sudo()
            .create(
                {
                    'partner_id': partner.id,
                    'company_id': cls.company.id,
                    'kind': 'bank',
                    'holder': "Li Member",
                    'number': '6222 0210 0111 6245 702',
                    'bank_name': "Test Bank",
                    **vals,
                }
            )
        )
        payee.write(
            {
                'changed_at': fields.Datetime.now() - timedelta(hours=25),
                'is_verified': is_verified,
            }
        )
        return payee

    def _ask(self, amount, account=None, payee=None, bucket='commission'):
        """Ask for a withdrawal as the member does in the portal."""
        return (
            self.Withdrawal.with_user(self.member)
            ._create_request(
                account or self.account, amount, self.payee if payee is None else payee, bucket
            )
            .with_env(self.env)
            .sudo()
        )

    def _approve(self, withdrawal, user=None):
        withdrawal.with_user(user or self.manager).action_approve()

    def _operate(self, withdrawals, operation, user=None, **vals):
        """Use the dialog, as the button opens it."""
        wizard = (
            self.env['wallet.withdrawal.operation']
            .with_user(user or self.manager)
            .create(
                {
                    'operation': operation,
                    'withdrawal_ids': [fields.Command.set(withdrawals.ids)],
                    **vals,
                }
            )
        )
        return wizard.action_apply()

    def assertRefused(self, code, function, *args, **kwargs):
        with self.assertRaises(WalletError) as caught, self.env.cr.savepoint():
            function(*args, **kwargs)
        self.assertEqual(caught.exception.code, code)

    def assertWallet(self, account, **amounts):
        account.invalidate_recordset()
        for bucket, amount in amounts.items():
            self.assertAlmostEqual(account[bucket], amount, places=4, msg=bucket)

    def assertBooksAgree(self):
        """What the company owes is what is in the wallets, to the cent."""
        accounts = self.env['wallet.account'].sudo().search([('company_id', '=', self.company.id)])
        accounts.invalidate_recordset()

        def balance(field):
            lines = self.env['account.move.line'].search(
                [
                    ('account_id', '=', self.company[field].id),
                    ('company_id', '=', self.company.id),
                    ('parent_state', '=', 'posted'),
                ]
            )
            return -sum(lines.mapped('balance'))

        self.assertAlmostEqual(
            balance('wallet_liability_account_id'),
            sum(accounts.mapped('cash')) + sum(accounts.mapped('held')),
            places=4,
        )
        self.assertAlmostEqual(
            balance('wallet_commission_account_id'), sum(accounts.mapped('commission')), places=4
        )
        differences = self.env['wallet.reconciliation'].sudo()._run(self.company).line_ids
        self.assertFalse([(line.check_code, line.detail) for line in differences])
