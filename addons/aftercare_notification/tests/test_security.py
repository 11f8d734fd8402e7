from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import NotificationCommon


@tagged('post_install', '-at_install')
class TestSecurity(NotificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = new_test_user(cls.env, 'note_portal', 'base.group_portal')
        cls._create_rule('customer', 'mail')
        cls._create_rule('agent', 'inapp')
        cls.stranger = cls.env['res.partner'].create({'name': "Han", 'email': 'han@example.com'})
        Event = cls.env['notification.event']
        cls.own_rows = Event._notify('test_shipped', cls.customer)
        cls.other_row = Event._notify('test_shipped', cls.stranger)

    def _find(self, user):
        return (
            self.env['notification.log']
            .with_user(user)
            .search([('id', 'in', (self.own_rows + self.other_row).ids)])
        )

    def test_staff_see_messages_to_themselves_and_to_their_customers(self):
        self.assertEqual(self._find(self.agent_user), self.own_rows)

    def test_managers_see_all(self):
        self.assertEqual(self._find(self.manager_user), self.own_rows + self.other_row)

    def test_portal_users_see_nothing(self):
        for model in (
            'notification.log',
            'notification.rule',
            'notification.event',
            'notification.optout',
            'sms.log',
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.portal_user).search([])

    def test_nobody_writes_the_log(self):
        for user in (self.agent_user, self.manager_user):
            with self.assertRaises(AccessError):
                self.own_rows[0].with_user(user).state = 'sent'
            with self.assertRaises(AccessError):
                self.own_rows[0].with_user(user).unlink()

    def test_only_managers_decide_about_messages(self):
        with self.assertRaises(AccessError):
            self.own_rows[0].with_user(self.agent_user).action_cancel()
        self.own_rows[0].with_user(self.manager_user).action_cancel()
        self.assertEqual(self.own_rows[0].state, 'skipped')

    def test_managers_of_another_company_see_nothing(self):
        other = self._create_company("Rain Ltd")
        self.manager_user.write({'company_ids': [(6, 0, other.ids)], 'company_id': other.id})
        self.assertFalse(self._find(self.manager_user))

    def test_staff_read_and_managers_write_the_rules(self):
        rule = self.event.rule_ids[0]
        self.assertTrue(rule.with_user(self.agent_user).display_name)
        with self.assertRaises(AccessError):
            rule.with_user(self.agent_user).active = False
        rule.with_user(self.manager_user).active = False
        with self.assertRaises(AccessError):
            self.event.with_user(self.manager_user).copy({'code': 'test_y'})
