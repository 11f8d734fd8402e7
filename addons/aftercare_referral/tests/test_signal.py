from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import ReferralCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestSignal(ReferralCommon):
    def setUp(self):
        super().setUp()
        self.program.levels = 1
        us = self.env.ref('base.us').id
        (self.bob | self.carl).country_id = us

    def _assert_void(self, words, **event):
        commission = self._book(1000, **event)
        self.assertEqual((commission.state, commission.amount), ('void', 0.0))
        self.assertEqual(commission.void_code, 'SELF_REFERRAL')
        self.assertEqual(commission.initial_amount, 200.0, "kept for the record")
        self.assertIn(words, commission.reason)
        with freeze_time('2026-05-01'):
            self._release()
        self.assertEqual(commission.state, 'void')
        self.assertFalse(self._reverse())

    def _assert_review(self, words):
        commission = self._book(1000)
        self.assertEqual((commission.state, commission.amount), ('held', 200.0))
        self.assertTrue(commission.needs_review)
        self.assertIn(words, commission.review_reason)
        self.assertEqual(commission.activity_ids.user_id, self.manager)
        with freeze_time('2026-05-01'):
            self._release()
            self.assertEqual(commission.state, 'held')
            commission.with_user(self.manager)._operate('clear', "Neighbours")
            self._release()
            self.assertEqual(commission.state, 'due')
        self.assertFalse(commission.activity_ids)

    # === THE SAME PERSON === #
    def test_strangers_are_fine(self):
        commission = self._book(1000)
        self.assertEqual((commission.state, commission.needs_review), ('held', False))

    def test_example_10_same_phone(self):
        self.bob.phone = '+1 202-555-0143'
        self.carl.phone = '(202) 555 0143'
        self._assert_void("phone number")

    def test_same_mailbox(self):
        self.bob.email = 'john.doe@gmail.com'
        self.carl.email = 'JohnDoe+shop@googlemail.com'
        self._assert_void("e-mail address")

    def test_mailbox_of_a_contact_counts(self):
        self.bob.email = 'pay@example.net'
        self.env['res.partner'].create(
            {'name': "Billing", 'parent_id': self.carl.id, 'email': 'PAY@example.net'}
        )
        self._assert_void("e-mail address")

    def test_login_counts(self):
        self.user_bob.login = 'bobby@example.org'
        self.carl.email = 'bobby+2@example.org'
        self._assert_void("e-mail address")

    def test_same_tax_number(self):
        (self.bob | self.carl).country_id = False
        self.bob.company_registry = 'DE 123-456'
        self.carl.company_registry = 'de123456'
        self._assert_void("tax or identity number")

    def test_same_bank_account(self):
        for partner, number in ((self.bob, 'XY12 3456'), (self.carl, 'xy-123456')):
            self.env['res.partner.bank'].create({'partner_id': partner.id, 'acc_number': number})
        self._assert_void("bank account")

    def test_subsidiary(self):
        self.bob.is_company = True
        self.carl.write({'is_company': True, 'parent_id': self.bob.id})
        self.assertNotEqual(self.carl.commercial_partner_id, self.bob)
        self._assert_void("belong to one contact")

    def test_order_placed_by_the_affiliate(self):
        self._assert_void("placed the order", placed_by=self.bob)

    def test_order_placed_by_the_customer(self):
        self.assertEqual(self._book(1000, placed_by=self.carl).state, 'held')

    # === ODD === #
    def test_same_network(self):
        self._log_device(self.user_bob, '203.0.113.7')
        self._log_device(self.user_carl, '203.0.113.99')
        self._assert_review("same network")

    def test_same_network_long_ago(self):
        self._log_device(self.user_bob, '203.0.113.7', '2026-01-01 10:00:00')
        self._log_device(self.user_carl, '203.0.113.99')
        self.assertFalse(self._book(1000).needs_review)

    def test_registered_in_the_browser_of_the_affiliate(self):
        self._attribute(self.carl, is_same_browser=True)
        self._assert_review("browser of the affiliate")

    def test_many_from_one_address(self):
        for number in range(2):
            friend = self.env['res.partner'].create({'name': f"Friend {number}"})
            self._attribute(friend, ip_address='198.51.100.3')
        self._attribute(self.carl, ip_address='198.51.100.3')
        self._assert_review("registered from one address")

    def test_two_from_one_address_are_a_family(self):
        friend = self.env['res.partner'].create({'name': "Friend"})
        self._attribute(friend, ip_address='198.51.100.3')
        self._attribute(self.carl, ip_address='198.51.100.3')
        self.assertFalse(self._book(1000).needs_review)

    def test_many_refunds(self):
        for number in range(5):
            self._book(100, key=f'old,{number}')
        self._reverse('old,1')
        self.assertFalse(self._book(100, key='fine').needs_review, "20 % at most")
        self._reverse('old,2')
        self._assert_review("were taken back")

    def test_living_on_registrations(self):
        self.program.signup_amount = 1
        day = fields.Date.to_date('2026-03-01')
        Commission = self.Commission.with_company(self.company)
        for number in range(11):
            customer = self.env['res.partner'].create({'name': f"Sham {number}"})
            self._bring(customer, self.bob)
            commission = Commission._book_signup(customer, day)
        self.assertIn("not one sale", commission.review_reason)

    def _log_device(self, user, ip, moment='2026-02-27 10:00:00'):
        self.env['res.device.log'].create(
            {
                'session_identifier': f'{user.login}-{ip}',
                'user_id': user.id,
                'ip_address': ip,
                'first_activity': moment,
                'last_activity': moment,
            }
        )

    def _attribute(self, customer, **vals):
        self.env['referral.attribution'].create(
            {
                'partner_id': customer.id,
                'referrer_id': self.bob.id,
                'origin': 'link',
                'company_id': self.company.id,
                **vals,
            }
        )
