from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import DirectPaymentCommon


@tagged('post_install', '-at_install')
class TestAccess(DirectPaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, 'visitor', groups='base.group_portal')
        cls.employee = new_test_user(cls.env, 'employee', groups='base.group_user')
        cls.clerk = new_test_user(
            cls.env, 'clerk', groups='aftercare_payment.aftercare_payment_group_user'
        )

    def setUp(self):
        super().setUp()
        with mute_logger('odoo.addons.aftercare_payment.models.payment_notice'):
            self.env['payment.notice']._receive(self.provider, self._notice('nobody', 5))
        self.notice = self.env['payment.notice'].search([('reference', '=', 'nobody')])
        self.bill = self.env['payment.bill']._get_for(self.provider, '2026-11-21')

    def test_outsiders_read_no_notice_and_no_bill(self):
        for user in (self.portal, self.employee):
            for record in (self.notice, self.bill):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(['provider_id'])
            with self.assertRaises(AccessError):
                self.notice.with_user(user).action_settle()
            with self.assertRaises(AccessError):
                self.bill.with_user(user).action_download()
            with self.assertRaises(AccessError):
                self.env['payment.simulator.order'].with_user(user).search([])

    def test_clerk_reads_notices_and_deletes_none(self):
        notice = self.notice.with_user(self.clerk)
        self.assertEqual(notice.reference, 'nobody')
        with self.assertRaises(AccessError):
            notice.unlink()
        with self.assertRaises(UserError):
            notice.amount = 1

    def test_clerk_sees_the_name_of_a_provider_and_nothing_else(self):
        notice = self.notice.with_user(self.clerk)
        [values] = notice.web_read({'provider_id': {'fields': {'display_name': {}}}})
        self.assertEqual(values['provider_id']['display_name'], "Dummy Provider")
        groups = (
            self.env['payment.notice']
            .with_user(self.clerk)
            .formatted_read_group([('id', '=', notice.id)], ['provider_id'], ['__count'])
        )
        self.assertEqual(groups[0]['provider_id'][1], "Dummy Provider")
        provider = self.provider.with_user(self.clerk)
        for name in ('simulator_keys', 'state'):
            with self.assertRaises(AccessError):
                provider.read([name])
        with self.assertRaises(AccessError):
            provider.action_check_connection()

    def test_clerk_does_not_see_the_code_to_pay(self):
        order = self._create_order()
        order.qr_content = 'weixin://wxpay/bizpayurl?pr=secret'
        self.assertEqual(order.with_user(self.clerk).reference, order.reference)
        with self.assertRaises(AccessError):
            order.with_user(self.clerk).read(['qr_content'])

    def test_other_companies_notices_are_hidden(self):
        other = self.env['res.company'].create({'name': "Other"})
        stranger = new_test_user(
            self.env,
            'stranger',
            groups='aftercare_payment.aftercare_payment_group_user',
            company_id=other.id,
            company_ids=[other.id],
        )
        self.assertFalse(
            self.env['payment.notice'].with_user(stranger).search([('id', '=', self.notice.id)])
        )
        with self.assertRaises(AccessError):
            self.notice.with_user(stranger).read(['amount'])
