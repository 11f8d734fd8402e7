from odoo.addons.aftercare_agent.tests.common_records import OwnRecordsCase
from odoo.addons.aftercare_wallet.tests.common import WalletCommon
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged


@tagged('post_install', '-at_install')
class TestOwnCustomers(OwnRecordsCase, WalletCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for account in cls.account | cls.other_account:
            cls._fill(account)
        cls._set_up_agents(
            'aftercare_wallet.aftercare_wallet_group_manager',
            cls.owner,
            cls.other,
            {
                'wallet.account': 'partner_id',
                'wallet.entry': 'account_id.partner_id',
                'wallet.bonus.lot': 'account_id.partner_id',
                'wallet.reservation': 'account_id.partner_id',
                'wallet.operation': 'account_id.partner_id',
                'wallet.payee': 'partner_id',
                'wallet.withdrawal': 'partner_id',
                'payment.transaction': 'partner_id',
            },
        )

    @classmethod
    def _fill(cls, account):
        """Give a wallet one record of each kind."""
        payment = cls._top_up(100, account)
        account._grant_bonus(5, cls._key(), origin=account.partner_id)
        values = {'account_id': account.id, 'amount': 1}
        cls.env['wallet.reservation'].create({**values, 'transaction_id': payment.id})
        cls.env['wallet.operation'].create({**values, 'reason': "Test"})
        payee = cls.env['wallet.payee'].create(
            {
                'partner_id': account.partner_id.id,
                'company_id': cls.company.id,
                'kind': 'bank',
                'holder': "Test",
                'number': '6222 0210 0111 6245 702',
                'bank_name': "Test Bank",
            }
        )
        cls.env['wallet.withdrawal'].create({**values, 'bucket': 'cash', 'payee_id': payee.id})

    def test_limited_agent_sees_nothing_that_joins_customers(self):
        batch = self.env['wallet.payout.batch'].create({'company_id': self.company.id})
        reconciliation = self.env['wallet.reconciliation'].create(
            {'company_id': self.company.id, 'date': '2026-03-10'}
        )
        for record in (batch, reconciliation):
            with self.subTest(model=record._name):
                domain = [('id', '=', record.id)]
                self.assertTrue(record.with_user(self.unlimited).search(domain))
                self.assertFalse(record.with_user(self.limited).search(domain))
        with self.assertRaises(AccessError):
            self.env['wallet.payout.batch'].with_user(self.limited).create(
                {'company_id': self.company.id}
            )
