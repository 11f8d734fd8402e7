from unittest.mock import patch

from odoo.addons.aftercare_member.tests.common_level import LevelCommon
from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestMemberWallet(LevelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                'member_bonus_active': True,
                'member_bonus_trigger': 'registration',
                'member_bonus_amount': 50,
                'member_bonus_ip_days': 0,
            }
        )

    def _register(self, email='new@example.com'):
        partner = self.env['res.partner'].create({'name': "New", 'email': email})
        with self._known_places():
            partner._register_member('203.0.113.7')
        return self.env['member.welcome.bonus'].search([('partner_id', '=', partner.id)])

    def _get_account(self, partner):
        return self.env['wallet.account']._get_for(partner, create=False)

    def test_new_member_gets_money(self):
        bonus = self._register()
        self.assertEqual((bonus.state, bonus.amount), ('granted', 50))
        self.assertIn("50", bonus.gift)
        account = self._get_account(bonus.partner_id)
        self.assertEqual((account.bonus, account.cash), (50, 0))
        self.assertEqual(account.entry_ids.kind, 'bonus_grant')
        bonus._claim()
        bonus._grant()
        account.invalidate_recordset()
        self.assertEqual(account.bonus, 50, "the key of the entry keeps it from being booked twice")

    def test_second_registration_gets_none(self):
        self._register()
        second = self._register('NEW+2@example.com')
        self.assertEqual(second.state, 'refused')
        self.assertFalse(self._get_account(second.partner_id))

    def test_without_amount_there_is_no_money(self):
        self.company.member_bonus_amount = 0
        bonus = self._register()
        self.assertFalse(bonus.amount)
        self.assertFalse(self._get_account(bonus.partner_id) if bonus else False)

    def test_what_fails_leaves_nothing_behind(self):
        cls = self.env.registry['wallet.account']
        with patch.object(cls, '_grant_bonus', side_effect=UserError("Closed")):
            bonus = self._register()
        self.assertEqual((bonus.state, bonus.problem), ('failed', "Closed"))
        self.assertFalse(self._get_account(bonus.partner_id))
        bonus.action_retry()
        self.assertEqual(self._get_account(bonus.partner_id).bonus, 50)

    def test_spending_from_a_bonus_earns_no_level(self):
        order = self._create_order(price_unit=600)
        order.action_confirm()
        tx = self._create_transaction(
            'direct',
            reference=order.name,
            amount=600,
            currency_id=order.currency_id.id,
            partner_id=self.member.id,
            sale_order_ids=[(6, 0, order.ids)],
            wallet_bonus=150,
        )
        tx._set_done()
        self.assertEqual(self.member.member_spending, 450)
        self.assertFalse(self.member.grade_id)
