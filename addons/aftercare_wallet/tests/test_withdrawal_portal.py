from odoo import http
from odoo.tests import HttpCase, tagged

from .common_withdrawal import WithdrawalCommon


@tagged('post_install', '-at_install')
class TestWithdrawalPortal(WithdrawalCommon, HttpCase):
    """Members ask for their money, and for nobody else's, through the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.member, cls.other):
            user.password = f'{user.login}-password'
        cls.foreign_account = cls._create_wallet(cls.other.partner_id, 500)
        cls.foreign_payee = cls._create_payee(cls.other.partner_id)

    def _login(self, user=None):
        user = user or self.member
        self.authenticate(user.login, f'{user.login}-password')

    def _post(self, url, **data):
        csrf = http.Request.csrf_token(self)
        return self.url_open(url, data={'csrf_token': csrf, **data}, allow_redirects=False)

    def _find(self):
        self.env.invalidate_all()
        return self.Withdrawal.sudo().search([('account_id', '=', self.account.id)])

    def test_member_withdraws_and_cancels(self):
        self._login()
        page = self.url_open('/my/wallet/withdraw').text
        self.assertIn("182.00", page)
        self.assertIn("At least", page)
        self.assertIn("2 %", page)
        self.assertIn("•••• 5702", page)
        self.assertNotIn("6222", page)
        response = self._post(
            '/my/wallet/withdraw', amount='150.00', payee=self.payee.id, note="Thank you"
        )
        withdrawal = self._find()
        self.assertIn(f'/my/wallet/withdrawals/{withdrawal.id}', response.headers['Location'])
        self.assertEqual(
            (withdrawal.amount, withdrawal.fee, withdrawal.net_amount, withdrawal.state),
            (150, 3, 147, 'requested'),
        )
        self.assertEqual((withdrawal.requested_by_id, withdrawal.note), (self.member, "Thank you"))
        page = self.url_open(f'/my/wallet/withdrawals/{withdrawal.id}').text
        self.assertIn("147.00", page)
        self.assertIn("Cancel this request", page)
        self.assertIn(withdrawal.name, page)
        self.assertIn("150.00", self.url_open('/my/wallet/withdrawals').text)
        self.assertIn("150.00", self.url_open('/my/wallet/withdrawals?filterby=open').text)
        self.assertNotIn("150.00", self.url_open('/my/wallet/withdrawals?filterby=paid').text)
        self._post(f'/my/wallet/withdrawals/{withdrawal.id}/cancel')
        self.assertEqual(self._find().state, 'cancelled')
        self.assertWallet(self.account, commission=182, held=0)
        again = self._post(f'/my/wallet/withdrawals/{withdrawal.id}/cancel')
        self.assertIn("not possible any more", again.text)

    def test_commas_and_other_digits(self):
        self._login()
        self._post('/my/wallet/withdraw', amount='150,5', payee=self.payee.id)
        self.assertEqual(self._find().amount, 150.5)

    def test_odd_amounts(self):
        self._login()
        for amount in (
            '',
            '0',
            '-150',
            '+150',
            '1e2',
            '150.001',
            '1,500.00',
            '150 000',
            '0x96',
            'NaN',
            'inf',
            '9' * 13,
            '9' * 400,
            "150'; DROP TABLE",
            '150.',
        ):
            with self.subTest(amount=amount):
                page = self._post('/my/wallet/withdraw', amount=amount, payee=self.payee.id)
                self.assertEqual(page.status_code, 200)
                self.assertIn("enter a valid amount", page.text)
        self.assertFalse(self._find())

    def test_refusals_are_told_on_the_page(self):
        self._login()
        for amount, words in (('99.99', "smallest withdrawal"), ('182.01', "Not enough money")):
            page = self._post('/my/wallet/withdraw', amount=amount, payee=self.payee.id).text
            self.assertIn(words, page)
            self.assertIn(f'value="{amount}"', page)
        page = self._post('/my/wallet/withdraw', amount='150', payee='abc').text
        self.assertIn("Please choose where", page)
        page = self._post(
            '/my/wallet/withdraw', amount='150', payee=self.payee.id, bucket='cash'
        ).text
        self.assertIn("Only commissions", page)
        self.assertFalse(self._find())

    def test_what_belongs_to_others(self):
        foreign = self.Withdrawal.with_user(self.other)._create_request(
            self.foreign_account, 150, self.foreign_payee
        )
        self._login()
        url = f'/my/wallet/withdrawals/{foreign.id}'
        self.assertEqual(self.url_open(url).status_code, 404)
        token = foreign.sudo()._portal_ensure_token()
        self.assertEqual(self.url_open(f'{url}?access_token={token}').status_code, 404)
        self.assertEqual(self._post(f'{url}/cancel').status_code, 404)
        self.assertEqual(self.url_open('/my/wallet/withdrawals/999999999').status_code, 404)
        self.assertEqual(self.url_open('/my/wallet/withdrawals/99999999999999').status_code, 404)
        self.assertEqual(
            self.url_open(f'/my/wallet/withdraw?account={self.foreign_account.id}').status_code,
            404,
        )
        response = self._post(
            '/my/wallet/withdraw',
            amount='150',
            payee=self.payee.id,
            account=self.foreign_account.id,
        )
        self.assertEqual(response.status_code, 404)
        page = self._post('/my/wallet/withdraw', amount='150', payee=self.foreign_payee.id).text
        self.assertIn("Please choose where", page)
        response = self._post(f'/my/wallet/payees/{self.foreign_payee.id}/remove')
        self.assertEqual(response.status_code, 404)
        self.assertTrue(self.foreign_payee.active)
        self.assertNotIn(foreign.sudo().name, self.url_open('/my/wallet/withdrawals').text)
        self.env.invalidate_all()
        self.assertEqual(foreign.sudo().state, 'requested')
        self.assertFalse(self._find())
        self._login(self.other)
        self.assertEqual(self.url_open(url).status_code, 200)

    def test_members_do_not_reach_it_by_rpc(self):
        self._ask(150)
        Withdrawal = self.Withdrawal.with_user(self.other)
        self.assertFalse(Withdrawal.search([('account_id', '=', self.account.id)]))
        self.assertFalse(
            self.env['wallet.payee'].with_user(self.other).search([('id', '=', self.payee.id)])
        )
        self.assertTrue(self.Withdrawal.with_user(self.member).search([]))

    def test_visitors_log_in(self):
        self.authenticate(None, None)
        for url in ('/my/wallet/withdraw', '/my/wallet/withdrawals', '/my/wallet/withdrawals/1'):
            response = self.url_open(url, allow_redirects=False)
            self.assertIn('/web/login', response.headers['Location'])

    def test_payees(self):
        self._login()
        self._post(
            '/my/wallet/payees',
            kind='wechat',
            holder="Li Member",
            number='li-wechat-99',
            is_verified='1',
            changed_at='2000-01-01 00:00:00',
        )
        self.env.invalidate_all()
        payee = (
            self.env['wallet.payee']
            .sudo()
            .search([('partner_id', '=', self.partner.id), ('kind', '=', 'wechat')])
        )
        self.assertEqual(
            (payee.number, payee.is_verified, payee.is_cooling), ('li-wechat-99', False, True)
        )
        page = self.url_open('/my/wallet/withdraw').text
        self.assertIn("New: can be used from", page)
        page = self._post('/my/wallet/withdraw', amount='150', payee=payee.id).text
        self.assertIn("new or was changed", page)
        page = self._post('/my/wallet/payees', kind='bank', holder="Li", number='12345678').text
        self.assertIn("name of the bank", page)
        self._post(f'/my/wallet/payees/{payee.id}/remove')
        self.env.invalidate_all()
        self.assertFalse(payee.active)

    def test_post_without_token_is_refused(self):
        self._login()
        response = self.url_open(
            '/my/wallet/withdraw', data={'amount': '150', 'payee': self.payee.id}
        )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._find())
