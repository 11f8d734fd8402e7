from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import DirectPaymentCommon

LOGGER = 'odoo.addons.aftercare_payment.models.payment_notice'
CORE_LOGGER = 'odoo.addons.payment.models.payment_transaction'


@tagged('post_install', '-at_install')
class TestNotice(DirectPaymentCommon):
    def setUp(self):
        super().setUp()
        self.Notice = self.env['payment.notice']
        self.order = self._create_order(reference='order_one')
        self.clerk = new_test_user(
            self.env, 'clerk', groups='aftercare_payment.aftercare_payment_group_user'
        )

    def _receive(self, *args, **kwargs):
        return self.Notice._receive(self.provider, self._notice(*args, **kwargs))

    def test_payment_is_applied(self):
        self.assertTrue(self._receive('order_one', 128.5))
        self.assertEqual(self.order.state, 'done')
        self.assertEqual(self.order.notice_ids.state, 'applied')

    def test_five_times_is_once(self):
        for _index in range(5):
            self.assertTrue(self._receive('order_one', 128.5))
        notice = self.order.notice_ids
        self.assertEqual((len(notice), notice.received_count), (1, 5))

    @mute_logger(LOGGER)
    def test_unknown_money_is_kept_and_never_acknowledged(self):
        for _index in range(2):
            self.assertFalse(self._receive('who_is_this', 50))
        notice = self.Notice.search([('reference', '=', 'who_is_this')])
        self.assertEqual((notice.state, notice.received_count), ('unknown', 2))
        self.assertTrue(notice.needs_attention)
        self.assertEqual(self.provider.notice_count, 1)

    @mute_logger(CORE_LOGGER)
    def test_wrong_amount_twice_is_never_done(self):
        for key in ('N1', 'N1', 'N2', 'N3'):
            self.assertFalse(self._receive('order_one', 0.01, key=key))
            self.assertEqual(self.order.state, 'error')
        self.assertEqual(set(self.order.notice_ids.mapped('state')), {'different'})

    @mute_logger(CORE_LOGGER)
    def test_wrong_currency_is_never_done(self):
        data = {'paid': 128.5, 'currency': 'USD'}
        for key in ('N1', 'N2'):
            self.assertFalse(self._receive('order_one', 128.5, key=key, data=data))
        self.assertEqual(self.order.state, 'error')

    @mute_logger(LOGGER)
    def test_play_money_does_not_pay_a_real_order(self):
        self.assertTrue(self.order.is_live)
        self.assertFalse(self._receive('order_one', 128.5, is_live=False))
        self.assertEqual(self.order.state, 'draft')

    @mute_logger(LOGGER)
    def test_another_providers_order_is_not_found(self):
        other = self.provider.copy({'name': "Other"})
        self.assertFalse(self.Notice._receive(other, self._notice('order_one', 128.5)))
        self.assertEqual(self.order.state, 'draft')

    @mute_logger(LOGGER)
    def test_clearing_up_needs_an_explanation(self):
        self._receive('who_is_this', 50)
        notice = self.Notice.search([('reference', '=', 'who_is_this')]).with_user(self.clerk)
        with self.assertRaises(UserError):
            notice.action_settle()
        notice.explanation = "Refunded on the merchant platform."
        notice.action_settle()
        self.assertEqual((notice.state, notice.settled_by_id), ('settled', self.clerk))
        # From now on the gateway is told to stop.
        self.assertTrue(self._receive('who_is_this', 50))
        self.assertEqual(notice.state, 'settled')

    @mute_logger(LOGGER)
    def test_what_was_signed_is_not_edited(self):
        self._receive('who_is_this', 50)
        notice = self.Notice.search([('reference', '=', 'who_is_this')]).with_user(self.clerk)
        for values in ({'state': 'settled'}, {'amount': 1}, {'explanation': 'x', 'content': '{}'}):
            with self.assertRaises(UserError):
                notice.write(values)

    @mute_logger(LOGGER)
    def test_order_that_came_later_is_found_again(self):
        self._receive('late_order', 128.5)
        order = self._create_order(reference='late_order')
        notice = self.Notice.search([('reference', '=', 'late_order')])
        notice.with_user(self.clerk).action_apply_again()
        self.assertEqual((order.state, notice.state), ('done', 'applied'))

    def test_server_dies_before_the_commit(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._receive('order_one', 128.5)
            raise ZeroDivisionError
        self.assertEqual(self.order.state, 'draft')
        self.assertTrue(self._receive('order_one', 128.5))
        self.assertEqual((self.order.state, self.order.notice_ids.received_count), ('done', 1))

    @mute_logger(LOGGER)
    def test_search_of_what_needs_attention(self):
        self._receive('order_one', 128.5)
        self._receive('who_is_this', 50, key='N2')
        mine = [('provider_id', '=', self.provider.id)]
        open_ones = self.Notice.search([*mine, ('needs_attention', '=', True)])
        self.assertEqual(open_ones.mapped('reference'), ['who_is_this'])
        others = self.Notice.search([*mine, ('needs_attention', '=', False)])
        self.assertEqual(others.mapped('reference'), ['order_one'])
