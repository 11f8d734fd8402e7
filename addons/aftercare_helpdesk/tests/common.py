from odoo.addons.base.tests.common import BaseCommon
from odoo.tests import new_test_user, tagged


@tagged('post_install', '-at_install')
class HelpdeskCommon(BaseCommon):
    """A team of three agents, a customer with a colleague, and a stranger."""

    @classmethod
    def default_env_context(cls):
        # With followers, tracking and messages: they are part of what is tested.
        return {'no_reset_password': True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = 'UTC'
        cls.company = cls.env.company
        cls.company.notification_quiet_hours = False  # tests run at night, too
        cls.Ticket = cls.env['helpdesk.ticket']
        cls.stage_new = cls.env.ref('helpdesk_mgmt.helpdesk_ticket_stage_new')
        cls.stage_progress = cls.env.ref('helpdesk_mgmt.helpdesk_ticket_stage_in_progress')
        cls.stage_waiting = cls.env.ref('helpdesk_mgmt.helpdesk_ticket_stage_awaiting')
        cls.stage_done = cls.env.ref('helpdesk_mgmt.helpdesk_ticket_stage_done')
        cls.stage_cancelled = cls.env.ref('helpdesk_mgmt.helpdesk_ticket_stage_cancelled')
        cls.agent_a, cls.agent_b, cls.agent_c = (
            cls._create_agent(name) for name in ('ada', 'ben', 'cyd')
        )
        cls.user_a, cls.user_b, cls.user_c = (
            agent.user_id for agent in (cls.agent_a, cls.agent_b, cls.agent_c)
        )
        cls.leader = cls._create_user('leader')
        cls.team = cls._create_team("Care", cls.user_a | cls.user_b | cls.user_c)
        cls.customer_company = cls.env['res.partner'].create(
            {'name': "Blue Ltd", 'is_company': True, 'email': 'office@blue.example'}
        )
        cls.customer, cls.colleague = cls.env['res.partner'].create(
            [
                {
                    'name': name,
                    'email': f'{name.lower()}@blue.example',
                    'parent_id': cls.customer_company.id,
                }
                for name in ("Carla", "Otto")
            ]
        )
        cls.stranger = cls.env['res.partner'].create(
            {'name': "Stranger", 'email': 'stranger@red.example'}
        )

    @classmethod
    def _create_user(cls, name, groups='helpdesk_mgmt.group_helpdesk_user', **values):
        return new_test_user(
            cls.env,
            login=f'helpdesk_{name}',
            name=name.capitalize(),
            email=f'{name}@desk.example',
            groups=groups,
            tz='UTC',
            **values,
        )

    @classmethod
    def _create_agent(cls, name, groups='helpdesk_mgmt.group_helpdesk_user', **values):
        # Present whatever the clock says.
        return cls.env['service.agent'].create(
            {
                'user_id': cls._create_user(name, groups).id,
                'company_id': cls.company.id,
                'presence': 'available',
                **values,
            }
        )

    @classmethod
    def _create_team(cls, name, users, **values):
        return cls.env['helpdesk.ticket.team'].create(
            {
                'name': name,
                'user_ids': [(6, 0, users.ids)],
                'assignment_method': 'balanced',
                'company_id': cls.company.id,
                **values,
            }
        )

    @classmethod
    def _create_ticket(cls, **values):
        return cls.Ticket.create(cls._prepare_ticket(**values))

    @classmethod
    def _prepare_ticket(cls, **values):
        return {
            'name': "It does not work",
            'description': "<p>Nothing happens.</p>",
            'team_id': cls.team.id,
            'partner_id': cls.customer.id,
            **values,
        }

    def _post(self, ticket, author, body="Hello", **values):
        """Post a message of the conversation, as the gateway and the portal do."""
        return ticket.message_post(
            body=body,
            author_id=author.id,
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
            **values,
        )

    def _count_queries(self, method):
        """Call the method once to warm up and once with nothing read yet.

        :return: number of queries of the second call
        """
        for _call in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            method()
        return self.env.cr.sql_log_count - before

    def _backdate(self, ticket, date):
        """Let a ticket have come in at another moment (naive UTC)."""
        ticket.flush_recordset()
        self.env.cr.execute(
            'UPDATE helpdesk_ticket SET create_date = %s, waiting_since = %s WHERE id IN %s',
            [date, date, tuple(ticket.ids)],
        )
        ticket.invalidate_recordset(['create_date', 'waiting_since'])
