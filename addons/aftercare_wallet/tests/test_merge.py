from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestMerge(WalletCommon):
    def setUp(self):
        super().setUp()
        self.source = self.env['res.partner'].create({'name': "Lan Limited", 'email': 'x@y.z'})

    def _merge(self, *partners, into):
        with mute_logger('odoo.models.unlink'):
            self.env['base.partner.merge.automatic.wizard']._merge(
                [partner.id for partner in partners], into
            )

    def test_money_is_transferred_by_entries(self):
        account = self.Account._get_for(self.source)
        self._top_up(100, account)
        account._grant_bonus(10, self._key(), origin=self.owner, days=5)
        account._credit_commission(30, self._key(), origin=self.owner)
        self._top_up(50)
        entries = account.entry_ids
        owed = self._get_owed()
        self._merge(self.source, self.owner, into=self.owner)
        self.assertFalse(self.source.exists())
        self.assertEqual(self._get_balances(), {'cash': 150, 'bonus': 10, 'commission': 30})
        self.assertFalse(self._get_balances(account))
        self.assertEqual(account.merged_into_id, self.account)
        self.assertEqual(account.partner_id, self.owner)
        self.assertLess(entries, account.entry_ids)
        self.assertEqual(self.Account._get_for(self.owner), self.account)
        self.assertEqual(self._get_owed(), owed)
        self._assert_agrees()

    def test_wallet_moves_as_it_is(self):
        account = self.Account._get_for(self.source)
        self._top_up(100, account)
        target = self.env['res.partner'].create({'name': "Somebody"})
        seq = account.seq
        self._merge(self.source, target, into=target)
        self.assertEqual(account.partner_id, target)
        self.assertEqual((account.cash, account.seq), (100, seq))
        self.assertFalse(account.merged_into_id)

    def test_three_at_once(self):
        second = self.env['res.partner'].create({'name': "Second", 'email': 'x@y.z'})
        target = self.env['res.partner'].create({'name': "Somebody", 'email': 'x@y.z'})
        first_account, second_account = map(self.Account._get_for, (self.source, second))
        self._top_up(100, first_account)
        self._top_up(20, second_account)
        self._merge(self.source, second, target, into=target)
        account = self.Account._get_for(target)
        self.assertEqual(account, first_account)
        self.assertEqual(self._get_balances(account), {'cash': 120})
        self._assert_agrees()

    def test_debt_of_commission_goes_along(self):
        account = self.Account._get_for(self.source)
        account._credit_commission(-30, self._key(), origin=self.owner)
        self.account._credit_commission(20, self._key(), origin=self.owner)
        self._merge(self.source, self.owner, into=self.owner)
        self.assertEqual(self._get_balances(), {'commission': -10})
        self._assert_agrees()

    def test_waits_for_what_is_under_way(self):
        account = self.Account._get_for(self.source)
        self._top_up(100, account)
        account._reserve(account._create_transaction(10), 10)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._merge(self.source, self.owner, into=self.owner)
        self.assertTrue(self.source.exists())

    def test_frozen_stays_frozen(self):
        account = self.Account._get_for(self.source)
        self._top_up(100, account)
        account._set_frozen(True, "Test")
        self._merge(self.source, self.owner, into=self.owner)
        self.assertEqual(self._get_balances(), {'cash': 100})
        self.assertTrue(self.account.is_frozen)

    def test_merged_wallet_can_be_merged_on(self):
        account = self.Account._get_for(self.source)
        self._top_up(100, account)
        self._merge(self.source, self.owner, into=self.owner)
        self._merge(self.owner, self.other, into=self.other)
        self.assertEqual(self._get_balances(self.other_account), {'cash': 100})
        self.assertEqual(account.partner_id, self.other)
        self.assertEqual(self.account.partner_id, self.other)
        self._assert_agrees()
