from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields, http
from odoo.addons.aftercare_license_sale.tests.common import LicenseInvoiceCommon
from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

NOW = '2026-06-15 08:00:00'


@tagged('post_install', '-at_install')
class TestRenewal(LicenseInvoiceCommon):
    """Licences renew themselves from the balance of their owner, or not at all."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref(
            'aftercare_wallet.aftercare_wallet_group_manager'
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.sudo()._ensure_wallet_accounting()
        cls.provider_wallet = (
            cls.company._get_wallet_provider() or cls.company.sudo()._create_wallet_provider()
        )
        cls.provider_wallet.sudo().write({'state': 'enabled', 'is_published': True})
        cls.account = cls.env['wallet.account'].sudo()._get_for(cls.company_customer)
        with freeze_time(NOW):
            cls.license = cls._create_license('example.com')
            cls.license._set_auto_renew(True)

    def _recharge(self, amount, bonus=False):
        operator = self.env.ref('base.user_admin')
        key = f'test:{self.account.id}:{self.account.seq}'
        if bonus:
            self.account._grant_bonus(amount, key, reason="Test", operator=operator)
        else:
            self.account._book('adjust', {'cash': amount}, key, reason="Test", operator=operator)

    def _run(self, days_before_end=1):
        """Let the scheduled action come by shortly before the end."""
        end = self.license.date_expiry
        with freeze_time(end - timedelta(days=days_before_end)):
            license = self.license.with_user(SUPERUSER_ID).with_context(allowed_company_ids=[])
            license._process_batch(fields.Datetime.now())
        self.license.invalidate_recordset()
        self.account.invalidate_recordset()
        return end

    def _get_told(self, code):
        return (
            self.env['notification.log']
            .sudo()
            .search([('event_id.code', '=', code), ('res_id', '=', self.license.id)])
        )

    def assertBooksAgree(self):
        lines = self.env['account.move.line'].search(
            [
                ('account_id', '=', self.company.wallet_liability_account_id.id),
                ('parent_state', '=', 'posted'),
            ]
        )
        self.assertAlmostEqual(-sum(lines.mapped('balance')), self.account.cash, places=4)

    def test_balance_pays_the_renewal(self):
        self._recharge(100)
        end = self._run()
        self.assertEqual(self.license.date_expiry.year, end.year + 1)
        self.assertEqual(self.account.cash, 40)
        order = self.license.renewal_line_ids.order_id
        self.assertEqual((order.state, order.amount_total, order.wallet_paid), ('sale', 60, 60))
        self.assertEqual(self._get_told('license_wallet_short'), self.env['notification.log'])
        self.assertBooksAgree()
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_residual, 0)

    def test_once_for_a_term(self):
        self._recharge(200)
        self._run()
        end = self.license.date_expiry
        self._run(days_before_end=200)
        self.assertEqual((self.license.date_expiry, self.account.cash), (end, 140))

    def test_too_little_balance(self):
        self._recharge(59.99)
        end = self._run()
        self.assertEqual(self.license.date_expiry, end)
        self.assertEqual((self.account.cash, self.account.held), (59.99, 0))
        self.assertFalse(self.license.renewal_line_ids, "nothing is left of the attempt")
        told = self._get_told('license_wallet_short')
        self.assertEqual(told.partner_id, self.customer)
        self.assertFalse(self._get_told('license_renewal_failed'))
        self.assertBooksAgree()

    def test_recharged_in_time(self):
        end = self._run(days_before_end=3)
        self.assertEqual(self.license.date_expiry, end)
        self._recharge(60)
        self._run(days_before_end=1)
        self.assertGreater(self.license.date_expiry, end)
        self.assertEqual(self.account.cash, 0)
        self.assertEqual(len(self._get_told('license_wallet_short')), 1)

    def test_bonus_pays_its_share(self):
        self.company.wallet_bonus_percent = 50
        self._recharge(30)
        self._recharge(100, bonus=True)
        self._run()
        self.assertEqual((self.account.cash, self.account.bonus), (0, 70))

    def test_bonus_can_not_pay_everything(self):
        self.company.wallet_bonus_percent = 50
        self._recharge(100, bonus=True)
        end = self._run()
        self.assertEqual((self.license.date_expiry, self.account.bonus), (end, 100))
        self.assertTrue(self._get_told('license_wallet_short'))

    def test_frozen_wallet(self):
        self._recharge(100)
        self.account._set_frozen(True, "Test")
        end = self._run()
        self.assertEqual((self.license.date_expiry, self.account.cash), (end, 100))
        self.assertFalse(self.license.renewal_line_ids)

    @mute_logger('odoo.addons.aftercare_license.models.software_license_cron')
    def test_payment_without_renewal_is_undone(self):
        self._recharge(100)
        Line = type(self.env['sale.order.line'])
        with patch.object(Line, '_fulfil_units', side_effect=UserError("Test")):
            end = self._run()
        self.assertEqual((self.license.date_expiry, self.account.cash), (end, 100))
        self.assertFalse(self.license.renewal_line_ids)
        self.assertTrue(self._get_told('license_renewal_failed'))
        self.assertBooksAgree()

    def test_open_quotation_is_used(self):
        with freeze_time(self.license.date_expiry - timedelta(days=5)):
            order = self.license._get_renewal_order()
        self._recharge(60)
        self._run()
        self.assertEqual(order.state, 'sale')
        self.assertEqual(self.license.renewal_line_ids.order_id, order)

    def test_wallet_switched_off(self):
        self._recharge(100)
        self.provider_wallet.sudo().state = 'disabled'
        end = self._run()
        self.assertEqual((self.license.date_expiry, self.account.cash), (end, 100))
        self.license._set_auto_renew(False)
        with self.assertRaises(UserError):
            self.license._set_auto_renew(True)

    def test_wallet_of_another_currency(self):
        euro = self.env.ref('base.EUR')
        other = self.env['wallet.account'].sudo()._get_for(self.company_customer, euro)
        other._book(
            'adjust',
            {'cash': 1000},
            'test:euro',
            reason="Test",
            operator=self.env.ref('base.user_admin'),
        )
        end = self._run()
        self.assertEqual(self.license.date_expiry, end)
        other.invalidate_recordset()
        self.assertEqual(other.cash, 1000)


@tagged('post_install', '-at_install')
class TestPortal(LicenseInvoiceCommon, HttpCase):
    """The page of a licence says where the money of its renewal comes from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.sudo()._ensure_wallet_accounting()
        cls.provider_wallet = (
            cls.company._get_wallet_provider() or cls.company.sudo()._create_wallet_provider()
        )
        cls.provider_wallet.sudo().write({'state': 'enabled', 'is_published': True})
        cls.account = cls.env['wallet.account'].sudo()._get_for(cls.company_customer)
        cls.license = cls._create_license('example.com')
        cls.user_portal.write(
            {'company_ids': [fields.Command.link(cls.company.id)], 'company_id': cls.company.id}
        )

    def setUp(self):
        super().setUp()
        self.authenticate('license_portal', 'license_portal')

    def _get_page(self):
        return self.url_open(f'/my/licenses/{self.license.id}').text

    def test_switch_says_where_the_money_comes_from(self):
        page = self._get_page()
        self.assertIn("o_license_funds", page)
        self.assertIn("60.00", page)
        self.assertIn("Recharge in time", page)
        self.account._book(
            'adjust',
            {'cash': 75.5},
            'test:funds',
            reason="Test",
            operator=self.env.ref('base.user_admin'),
        )
        page = self._get_page()
        self.assertIn("75.50", page)
        self.assertNotIn("Recharge in time", page)
        csrf = http.Request.csrf_token(self)
        url = f'/my/licenses/{self.license.id}/auto_renew'
        self.url_open(url, data={'csrf_token': csrf, 'value': '1'})
        self.env.invalidate_all()
        self.assertTrue(self.license.auto_renew)

    def test_switch_is_hidden_when_it_can_not_work(self):
        self.provider_wallet.sudo().state = 'disabled'
        self.assertNotIn('/auto_renew', self._get_page())
        self.license.sudo().auto_renew = True
        self.assertIn('/auto_renew', self._get_page(), "it can be switched off")
