from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestRights(WalletCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._top_up(100)
        cls._top_up(50, cls.other_account)
        cls.account._grant_bonus(5, 'rights', origin=cls.owner)
        cls.internal = cls._create_user('wallet_internal', 'base.group_user', "Nobody")

    def test_customers_see_their_own(self):
        env = self.env(user=self.user_portal)
        self.assertEqual(env['wallet.account'].search([]), self.account)
        self.assertEqual(env['wallet.entry'].search([]).account_id, self.account)
        self.assertEqual(env['wallet.bonus.lot'].search([]).account_id, self.account)
        with self.assertRaises(AccessError):
            self.other_account.with_env(env).read(['cash'])
        with self.assertRaises(AccessError):
            self.other_account.entry_ids.with_env(env).read(['amount'])

    def test_customers_change_nothing(self):
        account = self.account.with_user(self.user_portal)
        for function in (
            lambda: account.write({'is_frozen': False}),
            account.unlink,
            lambda: account.entry_ids.unlink(),
            lambda: account.create({'partner_id': self.customer.id}),
            lambda: account.lot_ids.write({'remaining': 100}),
        ):
            with self.assertRaises(AccessError):
                function()

    def test_staff_sees_and_changes_nothing(self):
        env = self.env(user=self.staff)
        self.assertIn(self.account, env['wallet.account'].search([]))
        self.assertIn(self.other_account, env['wallet.account'].search([]))
        account = self.account.with_env(env)
        with self.assertRaises(AccessError):
            account.write({'is_frozen': True})
        with self.assertRaises(AccessError):
            env['wallet.reconciliation'].search([])
        with self.assertRaises(AccessError):
            env['wallet.topup.tier'].create({'amount_from': 1, 'bonus': 1})
        self.env['wallet.topup.tier'].with_user(self.manager).create({'amount_from': 1, 'bonus': 1})

    def test_employees_without_the_right_see_nothing(self):
        env = self.env(user=self.internal)
        for model in ('wallet.account', 'wallet.entry', 'wallet.operation', 'wallet.reservation'):
            with self.subTest(model=model), self.assertRaises(AccessError):
                env[model].search([])
        with self.assertRaises(AccessError):
            env['wallet.operation'].create(
                {'account_id': self.account.id, 'amount': 5, 'reason': "Mine"}
            )
        with self.assertRaises(AccessError):
            self.owner.with_env(env).read(['wallet_balance'])

    def test_other_companies_see_nothing(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        user = self._create_user(
            'wallet_elsewhere', 'aftercare_wallet.aftercare_wallet_group_manager', "Elsewhere"
        )
        user.write({'company_ids': [(6, 0, other.ids)], 'company_id': other.id})
        env = self.env(user=user, context={'allowed_company_ids': other.ids})
        for model in ('wallet.account', 'wallet.entry', 'wallet.bonus.lot'):
            with self.subTest(model=model):
                self.assertFalse(env[model].search([]))

    def test_booking_is_not_for_programs_outside(self):
        for name in ('_book', '_topup', '_spend', '_grant_bonus', '_transfer', '_set_frozen'):
            self.assertTrue(hasattr(self.account, name) and name.startswith('_'))

    def test_balance_on_the_contact(self):
        partners = (self.customer + self.owner + self.other).with_user(self.staff)
        self.assertEqual(
            [partner.wallet_balance.replace('\N{NO-BREAK SPACE}', '') for partner in partners],
            ['$105.00', '$105.00', '$50.00'],
        )
        self.env.invalidate_all()
        with self.assertQueryCount(6):
            partners.mapped('wallet_balance')

    def test_contact_leads_to_the_wallet(self):
        action = self.customer.with_user(self.staff).action_view_wallet()
        self.assertEqual(action['res_id'], self.account.id)
        fresh = self.env['res.partner'].create({'name': "Fresh"})
        action = fresh.with_user(self.staff).action_view_wallet()
        self.assertEqual(self.Account.browse(action['res_id']).partner_id, fresh)
