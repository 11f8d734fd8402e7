from unittest.mock import patch

from odoo.addons.sms.tools.sms_api import SmsApi
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import SmsApiLog
from .common import NotificationCommon


@tagged('post_install', '-at_install')
class TestSms(NotificationCommon):
    def _run_sms_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref('sms.ir_cron_sms_scheduler_action').method_direct_trigger()

    def _create_sms(self, number, company=None):
        return (
            self.env['sms.sms']
            .with_company(company or self.company)
            .create({'number': number, 'body': "Hello"})
        )

    def _get_log(self, number):
        return self.env['sms.log'].search([('number', '=', number)])

    def test_sms_goes_through_the_queue_to_the_gateway(self):
        self._create_rule('customer', 'sms')
        row = self._send()
        self.assertEqual((row.state, row.reason), ('queued', 'handed_over'))
        self.assertEqual(row.address, '+8613800138000')
        self._run_sms_cron()
        self.assertEqual((row.state, row.reason), ('sent', 'accepted'))
        log = self._get_log('+8613800138000')
        self.assertEqual(log.body, "The parcel of Li Lei is on its way.")
        self.assertEqual((log.state, log.company_id), ('accepted', self.company))

    def test_sms_template_is_used(self):
        template = self.env['sms.template'].create(
            {
                'name': "Shipped",
                'model_id': self.env['ir.model']._get_id('res.partner'),
                'body': "{{ object.name }}: shipped with {{ extra.get('carrier') }}",
            }
        )
        self._create_rule('customer', 'sms', sms_template_id=template.id)
        self.assertEqual(self._send(extra={'carrier': "SF"}).body, "Li Lei: shipped with SF")

    def test_number_on_the_blacklist_is_skipped(self):
        self._create_rule('customer', 'sms')
        self.env['phone.blacklist'].create({'number': '+8613800138000'})
        row = self._send()
        self.assertEqual((row.state, row.reason), ('skipped', 'blacklisted'))
        self.assertFalse(row.sms_id)

    def test_national_number_is_completed(self):
        self._create_rule('customer', 'sms')
        self.customer.phone = '138 0013 8000'
        self.assertEqual(self._send().address, '+8613800138000')

    def test_gateway_refuses_what_a_real_one_refuses(self):
        self.env['phone.blacklist'].create({'number': '+8613800138001'})
        good = self._create_sms('+8613800138000')
        blacklisted = self._create_sms('+8613800138001')
        malformed = self._create_sms('12')
        missing = self._create_sms(False)
        (good + blacklisted + malformed + missing).send()
        self.assertEqual(good.state, 'pending')
        self.assertEqual(blacklisted.state, 'error')
        self.assertEqual(malformed.failure_type, 'sms_number_format')
        self.assertEqual(missing.failure_type, 'sms_number_missing')
        self.assertEqual(self._get_log('+8613800138001').reason, "The number is on the blacklist.")
        self.assertEqual(self._get_log('12').state, 'refused')

    def test_refusal_of_the_gateway_is_in_the_log(self):
        self._create_rule('customer', 'sms')
        row = self._send()
        self.env['phone.blacklist'].create({'number': '+8613800138000'})
        self._run_sms_cron()
        self.assertEqual((row.state, row.reason), ('failed', 'transport'))
        self.assertIn("blacklist", row.explanation)
        self.assertFalse(row.next_try)

    @mute_logger('odoo.addons.sms.models.sms_sms')
    def test_gateway_that_is_down_is_tried_again(self):
        self._create_rule('customer', 'sms')
        row = self._send()
        with patch.object(SmsApiLog, '_send_sms_batch', side_effect=OSError("no route")):
            self._run_sms_cron()
        self.assertEqual((row.state, row.reason), ('failed', 'transport'))
        self.assertTrue(row.next_try)
        failed = row.sms_id
        row._process()
        self.assertFalse(failed.exists())
        self._run_sms_cron()
        self.assertEqual((row.state, row.attempts), ('sent', 2))
        self.assertEqual(len(self._get_log('+8613800138000')), 1)

    def test_delivery_report(self):
        self._create_rule('customer', 'sms')
        row = self._send()
        tracker = self.env['sms.tracker'].search([('notification_log_id', '=', row.id)])
        self._run_sms_cron()
        tracker._action_update_from_sms_state('sent')
        self.assertEqual((row.state, row.reason), ('sent', 'delivered'))
        tracker._action_update_from_provider_error('not_delivered')
        self.assertEqual((row.state, row.reason), ('failed', 'transport'))

    def test_cancelled_sms_is_skipped(self):
        self._create_rule('customer', 'sms')
        row = self._send()
        row.sms_id.action_set_canceled()
        self.assertEqual((row.state, row.reason), ('skipped', 'cancelled'))

    def test_deleted_sms_is_skipped(self):
        self._create_rule('customer', 'sms')
        row = self._send()
        row.sms_id.unlink()
        self.assertEqual((row.state, row.reason), ('skipped', 'cancelled'))

    def test_queue_with_two_companies_uses_the_gateway_of_each(self):
        other = self._create_company("Rain Ltd", sms_gateway='iap')
        third = self._create_company("Hail Ltd", sms_gateway='log')
        messages = [
            self._create_sms('+8613800138000'),
            self._create_sms('+8613800138002', other),
            self._create_sms('+8613800138003', third),
        ]
        carried = []

        def contact_iap(_api, _endpoint, params):
            numbers = [number for message in params['messages'] for number in message['numbers']]
            carried.extend(number['number'] for number in numbers)
            return [{'uuid': number['uuid'], 'state': 'success'} for number in numbers]

        with patch.object(SmsApi, '_contact_iap', contact_iap):
            self._run_sms_cron()
        self.assertEqual([sms.state for sms in messages], ['pending'] * 3)
        self.assertEqual(carried, ['+8613800138002'])
        self.assertEqual(self._get_log('+8613800138000').company_id, self.company)
        self.assertEqual(self._get_log('+8613800138003').company_id, third)

    @mute_logger('odoo.addons.sms.models.sms_sms')
    def test_gateway_of_one_company_does_not_block_the_other(self):
        other = self._create_company("Rain Ltd", sms_gateway='iap')
        first, second = (
            self._create_sms('+8613800138002', other),
            self._create_sms('+8613800138000'),
        )
        with patch.object(SmsApi, '_contact_iap', side_effect=OSError("no route")):
            self._run_sms_cron()
        self.assertEqual((first.state, second.state), ('error', 'pending'))

    def test_odoo_gateway_is_untouched(self):
        self.company.sms_gateway = 'iap'
        self.assertNotEqual(self.company._get_sms_api_class(), SmsApiLog)
        self.company.sms_gateway = 'log'
        self.assertEqual(self.company._get_sms_api_class(), SmsApiLog)

    def test_old_sms_log_is_deleted(self):
        values = {'number': '+8613800138000', 'body': "x", 'state': 'accepted'}
        logs = self.env['sms.log'].create(
            [values | {'date': '2020-01-01'}, values | {'date': '2099-01-01'}]
        )
        self.env['sms.log']._gc_sms_logs()
        self.assertEqual(logs.exists(), logs[1])
