from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import MANAGER, NotificationCommon


@tagged('post_install', '-at_install')
class TestNotificationRule(NotificationCommon):
    @mute_logger('odoo.sql_db')
    def test_one_rule_for_event_audience_channel_and_company(self):
        self._create_rule()
        self._create_rule(company_id=self.company.id)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create_rule()

    def test_template_of_another_model_is_refused(self):
        template = self._create_mail_template(model_id=self.env['ir.model']._get_id('res.users'))
        with self.assertRaises(ValidationError):
            self._create_rule(mail_template_id=template.id)

    @mute_logger('odoo.sql_db')
    def test_delay_can_not_be_negative(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._create_rule(delay=-1)

    def test_test_message_goes_to_the_current_user_in_spite_of_everything(self):
        rule = self._create_rule('agent', 'inapp', active=False, delay=60, quiet_policy='working')
        result = rule.with_user(self.manager_user).action_send_test()
        self.assertEqual(result['params']['type'], 'success')
        row = self.env['notification.log'].search([('rule_id', '=', rule.id)])
        self.assertEqual((row.partner_id, row.state), (self.manager_user.partner_id, 'sent'))
        self.assertTrue(row.is_test)

    def test_test_of_an_sms_goes_through_the_gateway_at_once(self):
        self.manager_user.partner_id.phone = '+86 138 0013 8007'
        rule = self._create_rule('customer', 'sms')
        result = rule.with_user(self.manager_user).action_send_test()
        self.assertEqual(result['params']['type'], 'success')
        self.assertTrue(self.env['sms.log'].search([('number', '=', '+8613800138007')]))

    def test_test_tells_what_is_wrong(self):
        rule = self._create_rule('customer', 'sms')
        result = rule.with_user(self.manager_user).action_send_test()
        self.assertEqual(result['params']['type'], 'danger')
        self.assertIn("no address", result['params']['message'])

    def test_test_without_a_sample_document(self):
        self.env['ir.model']._get('res.bank').ensure_one()
        event = self.event.copy(
            {'code': 'test_x', 'model_id': self.env['ir.model']._get_id('sms.log')}
        )
        self.env['sms.log'].search([]).unlink()
        rule = self._create_rule(event_id=event.id)
        with self.assertRaises(UserError):
            rule.with_user(self.manager_user).action_send_test()

    def test_staff_may_not_send_tests(self):
        rule = self._create_rule()
        with self.assertRaises(AccessError):
            rule.with_user(self.agent_user).action_send_test()

    def test_text_becomes_a_template(self):
        for channel in ('mail', 'sms'):
            rule = self._create_rule('customer', channel)
            rule.action_create_template()
            row = self._send().filtered(lambda row, channel=channel: row.channel == channel)
            self.assertIn("The parcel of Li Lei is on its way.", row.body)
        self.assertTrue(rule.sms_template_id)

    def test_words_of_the_template_are_edited_in_the_rule(self):
        template = self._create_mail_template()
        rule = self._create_rule(mail_template_id=template.id).with_user(self.manager_user)
        self.assertFalse(self.manager_user.has_group('mail.group_mail_template_editor'))
        with Form(rule) as form:
            form.mail_subject = "Hello {{ object.name }}"
        self.assertEqual(template.subject, "Hello {{ object.name }}")
        rule.mail_body = '<p>It left, <t t-out="object.name"/>!</p>'
        self.assertIn("It left", template.body_html)

    def test_words_are_those_of_the_language_of_the_user(self):
        for lang in ('en_US', 'zh_CN'):
            self.env['res.lang']._activate_lang(lang)
        template = self._create_mail_template()
        rule = self._create_rule(mail_template_id=template.id).with_user(self.manager_user)
        rule.with_context(lang='zh_CN').mail_subject = "包裹"
        self.assertEqual(template.subject, "Parcel of {{ object.name }}")
        self.assertEqual(template.with_context(lang='zh_CN').subject, "包裹")

    def test_managers_keep_placeholders_but_can_not_add_code(self):
        template = self._create_mail_template(
            body_html='<p t-if="object.env.user">Hello <t t-out="object.email"/></p>'
        )
        sms_template = self.env['sms.template'].create(
            {
                'name': "Shipped",
                'model_id': self.env['ir.model']._get_id('res.partner'),
                'body': "{{ object.email }}",
            }
        )
        rule = self._create_rule(mail_template_id=template.id).with_user(self.manager_user)
        sms_rule = self._create_rule('customer', 'sms', sms_template_id=sms_template.id)
        sms_rule = sms_rule.with_user(self.manager_user)
        rule.mail_body = '<p>Good day <t t-out="object.email"/> <t t-out="recipient.name"/></p>'
        self.assertIn("Good day", template.body_html)
        sms_rule.sms_body = "To {{ object.email }} {{ extra.get('carrier') }}"
        self.assertIn("carrier", sms_template.body)
        for values in (
            {'mail_body': '<p t-out="object.env.cr"/>'},
            {'mail_body': '<p t-attf-title="#{object.env.cr}">x</p>'},
            {'mail_subject': "{{ object.env['res.users'] }}"},
        ):
            with self.assertRaises(ValidationError):
                rule.write(values)
        with self.assertRaises(ValidationError):
            sms_rule.sms_body = "{{ object.env.cr }}"

    def test_managers_can_not_add_code_to_the_text(self):
        rule = self._create_rule(text="{{ object.email }}").with_user(self.manager_user)
        rule.text = "{{ object.name }} {{ object.email }}"
        with self.assertRaises(ValidationError):
            rule.text = "{{ object.env.user.password }}"
        with self.assertRaises(ValidationError):
            rule.update_field_translations('text', {'en_US': "{{ object.env.cr }}"})
        with self.assertRaises(ValidationError):
            self.env['notification.rule'].with_user(self.manager_user).create(
                {
                    'event_id': self.event.id,
                    'audience': 'agent',
                    'channel': 'sms',
                    'text': "{{ object.env.cr }}",
                }
            )
        rule.active = False
        self.assertEqual(rule.text, "{{ object.name }} {{ object.email }}")

    def test_template_editors_may_add_code(self):
        editor = new_test_user(
            self.env, 'note_editor', f'{MANAGER},mail.group_mail_template_editor'
        )
        rule = self._create_rule().with_user(editor)
        rule.text = "{{ object.env.user.login }}"
        self.assertEqual(rule.text, "{{ object.env.user.login }}")

    def test_name(self):
        self.assertEqual(
            self._create_rule('agent', 'sms').display_name, "Order shipped · Agent · SMS"
        )
