from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import new_test_user


class RecordCommon(HelpdeskCommon):
    """A ticket on record, the customer's salesperson and another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_method = 'manual'
        cls.seller, cls.other_seller = (
            new_test_user(cls.env, login=f'record_{name}', name=name, groups='base.group_user')
            for name in ('Sally', 'Otis')
        )
        cls.own = cls._create_user('own', 'helpdesk_mgmt.group_helpdesk_user_own')
        cls.manager = cls._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')
        cls.customer_company.user_id = cls.seller
        cls.customer.user_id = False
        cls.portal = new_test_user(
            cls.env,
            login='record_portal',
            name=cls.customer.name,
            groups='base.group_portal',
            partner_id=cls.customer.id,
        )
        cls.ticket = cls._create_ticket(user_id=cls.user_a.id)
        cls.record = cls._add(
            cls.user_a,
            environment="Version 19",
            problem="Smoke",
            progress='analysis',
            customer_status='down',
        )
        cls.env.flush_all()

    @classmethod
    def _add(cls, user, ticket=None, **values):
        ticket = ticket or cls.ticket
        return (
            cls.env['helpdesk.ticket.record']
            .with_user(user)
            .create({'ticket_id': ticket.id, **values})
            .with_env(cls.env)
        )
