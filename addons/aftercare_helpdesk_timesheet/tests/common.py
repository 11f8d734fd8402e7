from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon


class HelpdeskTimesheetCommon(HelpdeskCommon):
    """A team that keeps time, with two employees who have no right in the timesheets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee_a, cls.employee_b = cls.env['hr.employee'].create(
            [
                {
                    'name': user.name,
                    'user_id': user.id,
                    'company_id': cls.company.id,
                    'hourly_cost': 50,
                }
                for user in (cls.user_a, cls.user_b)
            ]
        )
        cls.team.allow_timesheets = True
        cls.outsider = cls._create_user('outsider', 'helpdesk_mgmt.group_helpdesk_user_own')
        cls.env['hr.employee'].create(
            {'name': "Outsider", 'user_id': cls.outsider.id, 'company_id': cls.company.id}
        )
        cls.ticket = cls._create_ticket(user_id=cls.user_a.id)

    @classmethod
    def _log(cls, user, ticket=None, hours=1.0, **values):
        """Log time as somebody does who calls the server himself."""
        return (
            cls.env['account.analytic.line']
            .with_user(user)
            .create(
                {
                    'ticket_id': (ticket or cls.ticket).id,
                    'name': "Looked into it",
                    'unit_amount': hours,
                    **values,
                }
            )
        )
