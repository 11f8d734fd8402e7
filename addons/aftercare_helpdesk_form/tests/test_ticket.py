from odoo import Command
from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user

from .common import COUNT, DEVICE, INSURED, PARTS, SERIAL, TRAY, FieldsMixin


class TestTicket(FieldsMixin, HelpdeskCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_fields(cls.team)
        cls.rules[SERIAL].write(
            {'required': 'closing', 'type_ids': [Command.set(cls.type_repair.ids)]}
        )
        cls._depend_on_printer()
        cls.ticket = cls._create_ticket(type_id=cls.type_repair.id, user_id=cls.user_a.id)

    @classmethod
    def _create_manager(cls):
        return cls._create_user('fieldmanager', 'helpdesk_mgmt.group_helpdesk_manager')

    def test_needed_field_keeps_the_ticket_open(self):
        ticket = self.ticket.with_user(self.user_a)
        for close in (
            ticket.action_resolve,
            lambda: ticket.write({'stage_id': self.stage_done.id}),
            lambda: ticket.create(self._prepare_ticket(
                type_id=self.type_repair.id, stage_id=self.stage_done.id
            )),
        ):  # fmt: skip
            with self.assertRaisesRegex(UserError, "Serial number"), self.cr.savepoint():
                close()
        self.assertFalse(ticket.closed)
        ticket.write({'properties': {SERIAL: "A1"}, 'stage_id': self.stage_done.id})
        self.assertTrue(ticket.closed)

    def test_field_that_does_not_apply_is_not_needed(self):
        self.ticket.type_id = self.type_question
        self.ticket.with_user(self.user_a).action_resolve()
        self.assertTrue(self.ticket.closed)

    def test_condition_decides_what_is_needed(self):
        self.rules[TRAY].required = 'closing'
        self.ticket.properties = {SERIAL: "A1", DEVICE: 'phone', TRAY: False}
        self.assertEqual(self.ticket._get_missing_properties(), [])
        self.ticket.properties = {SERIAL: "A1", DEVICE: 'printer', TRAY: False}
        self.assertEqual(self.ticket._get_missing_properties(), ["Paper tray"])

    def test_cancelled_tickets_and_duplicates_need_nothing(self):
        other = self._create_ticket(type_id=self.type_repair.id)
        self.ticket.stage_id = self.stage_cancelled
        self.assertTrue(self.ticket.closed)
        other.write({'duplicate_id': self.ticket.id, 'stage_id': self.stage_done.id})
        self.assertTrue(other.closed)

    def test_customer_cannot_close_what_is_incomplete(self):
        (self.stage_done | self.stage_cancelled).close_from_portal = True
        self.assertNotIn(self.stage_done, self.ticket._get_customer_stages())
        self.assertIn(self.stage_cancelled, self.ticket._get_customer_stages())
        self.ticket.properties = {SERIAL: "A1"}
        self.assertIn(self.stage_done, self.ticket._get_customer_stages())

    def test_customer_reads_what_the_rules_allow(self):
        for name, access in ((DEVICE, 'asked'), (PARTS, 'readable'), (INSURED, 'readable')):
            self.rules[name].customer_access = access
        self.rules[TRAY].customer_access = 'readable'
        self.ticket.properties = {
            SERIAL: "SECRET",
            DEVICE: 'phone',
            TRAY: "stale",
            PARTS: ['lid', 'cord'],
            INSURED: False,
            COUNT: 7,
        }
        self.assertEqual(
            [(row['label'], row['value']) for row in self.ticket._get_customer_properties()],
            [("Device", "Phone"), ("Parts", "Lid, Cord"), ("Insured", "No")],
        )
        # The value of what does not apply is still there, for agents.
        self.assertEqual(dict(self.ticket.properties)[TRAY], "stale")

    def test_customer_has_no_other_way_to_the_values(self):
        self.ticket.properties = {SERIAL: "SECRET"}
        portal = new_test_user(self.env, 'form_portal', groups='base.group_portal')
        portal.partner_id.parent_id = self.customer_company
        self.ticket.partner_id = portal.partner_id
        ticket = self.ticket.with_user(portal)
        self.assertTrue(ticket.read(['name']))
        with self.assertRaises(AccessError):
            ticket.read(['properties'])
        with self.assertRaises(AccessError):
            ticket.search([('properties.serial', '=', "SECRET")])

    def test_rules_follow_the_team_of_a_ticket(self):
        self.assertEqual(
            {rule['name'] for rule in self.ticket.with_user(self.user_a).property_rules},
            set(self.rules),
        )
        plain = self._create_ticket(team_id=self._create_team("Plain", self.user_a).id)
        self.assertFalse(plain.property_rules)

    def test_tickets_are_found_and_grouped_by_a_field(self):
        self.ticket.properties = {DEVICE: 'phone'}
        Ticket = self.Ticket.with_user(self.user_a)
        found = Ticket.search([('team_id', '=', self.team.id), ('properties.device', '=', 'phone')])
        self.assertEqual(found, self.ticket)
        groups = Ticket.formatted_read_group(
            [('team_id', '=', self.team.id)], ['properties.device'], ['__count']
        )
        self.assertIn('phone', [group['properties.device'] for group in groups])

    def test_fields_come_and_go_while_the_agent_works(self):
        self.user_a.write({'lang': 'en_US', 'password': 'helpdesk_ada'})
        self.ticket.type_id = self.type_question
        url = f'/odoo/action-helpdesk_mgmt.helpdesk_ticket_action/{self.ticket.id}'
        self.start_tour(url, 'aftercare_helpdesk_form_backend', login='helpdesk_ada')
        self.assertTrue(self.ticket.closed)
        self.assertEqual(self.ticket.properties._values[SERIAL], "A1")
        self.assertEqual(self.ticket.properties._values[TRAY], "Lower")
