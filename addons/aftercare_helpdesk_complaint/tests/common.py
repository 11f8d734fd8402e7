from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon

OFFICER = 'aftercare_helpdesk_complaint.aftercare_helpdesk_complaint_group_officer'


class ComplaintCommon(HelpdeskCommon):
    """Ada's work is complained about; Olga is the officer, Mona the manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Type = cls.env['helpdesk.ticket.type']
        # Those of the database at hand stay out of it.
        Type.search([('kind', '!=', 'request')]).active = False
        cls.type_request, cls.type_complaint, cls.type_suggestion = Type.create(
            [
                {'name': f"Test {kind}", 'kind': kind}
                for kind in ('request', 'complaint', 'suggestion')
            ]
        )
        cls.cause = cls.env['helpdesk.complaint.cause'].create({'name': "Test cause"})
        cls.calendar = cls.env['resource.calendar'].create({'name': "Office", 'tz': 'UTC'})
        cls.team.resource_calendar_id = cls.calendar
        cls.officer = cls._create_user('olga', OFFICER)
        cls.manager = cls._create_user('mona', 'helpdesk_mgmt.group_helpdesk_manager')
        cls.ticket = cls._create_ticket(user_id=cls.user_a.id)

    @classmethod
    def _create_complaint(cls, **values):
        return cls._create_ticket(
            name="I am not amused",
            **{
                'type_id': cls.type_complaint.id,
                'complaint_ticket_id': cls.ticket.id,
                **values,
            },
        )

    @classmethod
    def _answer(cls, complaint, **values):
        complaint.write({'complaint_finding': 'justified', 'complaint_measure': "Talk", **values})

    def _get_logs(self, ticket, code):
        return self.env['notification.log'].search(
            [
                ('res_model', '=', 'helpdesk.ticket'),
                ('res_id', '=', ticket.id),
                ('event_id.code', '=', code),
            ]
        )
