from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.base.tests.common import BaseCommon
from odoo.fields import Command
from odoo.tests import new_test_user

STAFF = 'aftercare_base.aftercare_base_group_user'
MANAGER = 'aftercare_base.aftercare_base_group_manager'


class NotificationCommon(BaseCommon):
    """A customer with an agent, an event about contacts, and helpers to follow a message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # applications know better who the agent of a contact is: here it is the salesperson
        cls.startClassPatcher(
            patch.object(
                cls.registry['res.partner'], '_notification_get_recipients', cls._get_recipients
            )
        )
        # what a database with data has in its queues is not ours
        cls.env['notification.log'].search([('next_try', '!=', False)]).next_try = False
        cls.env['sms.sms'].search([('state', '=', 'outgoing')]).state = 'canceled'
        cls.env['sms.log'].search([]).unlink()
        cls.company = cls.env.company
        cls.company.write(
            {
                'name': "Cloud & Sons",
                'email': 'service@cloud.example.com',
                'country_id': cls.env.ref('base.cn').id,
                'sms_gateway': 'log',
                'notification_quiet_hours': False,
                'notification_do_not_disturb': False,
            }
        )
        cls.company.resource_calendar_id.tz = 'Asia/Shanghai'
        cls.agent_user = new_test_user(
            cls.env, 'agent_note', STAFF, name="Wu Min", email='wu@cloud.example.com'
        )
        cls.manager_user = new_test_user(cls.env, 'manager_note', MANAGER, name="Ma Li")
        cls.agent = cls.agent_user.partner_id
        cls.customer = cls.env['res.partner'].create(
            {
                'name': "Li Lei",
                'email': 'lilei@customer.example.com',
                'phone': '+86 138 0013 8000',
                'country_id': cls.env.ref('base.cn').id,
                'lang': 'en_US',
                'tz': 'Asia/Shanghai',
                'user_id': cls.agent_user.id,
            }
        )
        cls.group = cls.env['notification.group'].create({'name': "Orders", 'code': 'test_orders'})
        cls.event = cls.env['notification.event'].create(
            {
                'name': "Order shipped",
                'code': 'test_shipped',
                'group_id': cls.group.id,
                'model_id': cls.env['ir.model']._get_id('res.partner'),
            }
        )

    @staticmethod
    def _get_recipients(partners, audience):
        people = {'customer': lambda p: p, 'agent': lambda p: p.user_id.partner_id}
        find = people.get(audience, lambda p: p.browse())
        return {partner.id: find(partner) for partner in partners}

    @classmethod
    def _create_rule(cls, audience='customer', channel='mail', **vals):
        return cls.env['notification.rule'].create(
            {
                'event_id': cls.event.id,
                'audience': audience,
                'channel': channel,
                'quiet_policy': 'always',
                'text': "The parcel of {{ object.name }} is on its way.",
            }
            | vals
        )

    @classmethod
    def _create_mail_template(cls, **vals):
        return cls.env['mail.template'].create(
            {
                'name': "Shipped",
                'model_id': cls.env['ir.model']._get_id('res.partner'),
                'subject': "Parcel of {{ object.name }}",
                'body_html': '<p>Dear <t t-out="object.name"/>, it is on its way.</p>',
            }
            | vals
        )

    def _notify(self, records=None, extra=None):
        """Raise the test event as superuser and return the rows of the log."""
        return self.env['notification.event']._notify(
            'test_shipped', self.customer if records is None else records, extra=extra
        )

    def _send(self, records=None, extra=None):
        """Raise the test event, work the rows off and return them."""
        rows = self._notify(records, extra)
        rows._process()
        return rows

    def _send_mails(self, rows, error=None):
        """Have Odoo's mail queue send the e-mails of some rows; return the messages."""
        sent = []

        def send_email(_server, message, *_args, **_kwargs):
            if error:
                raise error
            sent.append(message)
            return message['Message-Id']

        with (
            patch.object(IrMail_Server, '_disable_send', lambda _server: False),
            patch.object(IrMail_Server, '_connect__', lambda *_args, **_kwargs: None),
            patch.object(IrMail_Server, 'send_email', send_email),
        ):
            rows.mail_mail_id.send()
        return sent

    @classmethod
    def _create_company(cls, name, **vals):
        company = cls.env['res.company'].create({'name': name} | vals)
        cls.env.user.company_ids = [Command.link(company.id)]
        return company
