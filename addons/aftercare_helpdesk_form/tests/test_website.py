from odoo import Command
from odoo.addons.aftercare_helpdesk_website.controllers import form
from odoo.addons.aftercare_helpdesk_website.tests.common import HelpdeskWebsiteCase
from odoo.tests import new_test_user, tagged

from .common import BOUGHT, COUNT, DEVICE, INSURED, PARTS, SERIAL, TRAY, FieldsMixin


@tagged('post_install', '-at_install')
class TestWebsite(FieldsMixin, HelpdeskWebsiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_fields(cls.team)
        for name in (SERIAL, DEVICE, TRAY, PARTS, BOUGHT, COUNT):
            cls.rules[name].customer_access = 'asked'
        cls.rules[SERIAL].write(
            {'required': 'customer', 'type_ids': [Command.set(cls.type_repair.ids)]}
        )
        cls._depend_on_printer()
        cls.rules[TRAY].required = 'customer'

    @classmethod
    def _create_manager(cls):
        return new_test_user(cls.env, 'form_manager', groups='helpdesk_mgmt.group_helpdesk_manager')

    def _send(self, **properties):
        values = {f'property_{name}': value for name, value in properties.items()}
        filled = self._get_filled_values(type=self.type_repair.id)
        for name in [name for name in filled if name.startswith('property_')]:
            del filled[name]
        return self._post_form({**filled, **values})

    def test_form_asks_what_the_team_asks(self):
        page = self._get_page(self.team.website_url)
        names = page.xpath("//*[starts-with(@name, 'property_')]/@name")
        self.assertEqual(
            list(dict.fromkeys(names)),
            [f'property_{name}' for name in (SERIAL, DEVICE, TRAY, PARTS, BOUGHT, COUNT)],
        )
        # Without scripts nobody is held up by a field that may not apply
        self.assertFalse(page.xpath("//*[@name='property_serial']/@required"))

    def test_answers_arrive_at_the_ticket(self):
        self._send(
            serial=" A1 ", device='printer', tray="Lower", parts=['lid', 'cord'],
            bought='2026-03-31', count='12',
        )  # fmt: skip
        values = self._find_tickets().properties._values
        expected = {
            SERIAL: "A1",
            DEVICE: 'printer',
            TRAY: "Lower",
            PARTS: ['lid', 'cord'],
            BOUGHT: '2026-03-31',
            COUNT: 12,
        }
        self.assertEqual({name: values.get(name) for name in expected}, expected)

    def test_needed_field_that_applies_is_asked_for_again(self):
        response = self._send(device='printer', count='3')
        self.assertEqual(response.status_code, 422)
        self.assertIn('id="property_serial_error"', response.text)
        self.assertIn('id="property_tray_error"', response.text)
        self.assertIn('value="3"', response.text)
        self.assertFalse(self._find_tickets())

    def test_field_that_does_not_apply_is_neither_needed_nor_kept(self):
        self._send(serial="A1", device='phone', tray="Forged")
        self.assertFalse(self._find_tickets().properties._values.get(TRAY))

    def test_nonsense_is_answered_beside_the_field(self):
        response = self._send(
            serial="x" * 300, device='toaster', parts=['hat'], bought='31.3.', count='many'
        )
        self.assertEqual(response.status_code, 422)
        for name in (SERIAL, DEVICE, PARTS, BOUGHT, COUNT):
            self.assertIn(f'id="property_{name}_error"', response.text)
        self.assertIn("many", response.text)
        self.assertIn("a whole number", self._get_errors(response))
        self.assertFalse(self._find_tickets())

    def test_fields_nobody_is_asked_for_are_ignored(self):
        self._send(serial="A1", insured='1', owner=self.stranger.partner_id.id, unknown="x")
        values = self._find_tickets().properties._values
        self.assertFalse(values.get(INSURED))
        self.assertFalse(values.get('owner'))
        self.assertNotIn('unknown', values)

    def test_ticket_page_shows_what_customers_may_read(self):
        ticket = self._create_ticket(type_id=self.type_repair.id)
        ticket.properties = {SERIAL: "A1-SHOWN", INSURED: True, TRAY: "STALE-TRAY"}
        self._login(self.customer)
        page = self._get_page(ticket.access_url)
        text = page.text_content()
        self.assertIn("A1-SHOWN", text)
        self.assertNotIn("Insured", text)
        self.assertNotIn("STALE-TRAY", text)

    def test_stranger_does_not_get_the_page(self):
        ticket = self._create_ticket(type_id=self.type_repair.id)
        ticket.properties = {SERIAL: "A1-SHOWN"}
        self._login(self.stranger)
        self.assertNotIn("A1-SHOWN", self.url_open(ticket.access_url).text)

    def test_fields_come_and_go_while_the_visitor_writes(self):
        self.patch(form, 'MIN_SECONDS', 0)
        self.start_tour(self.team.website_url, 'aftercare_helpdesk_form_website')
        values = self._find_tickets("Tour: no paper").properties._values
        self.assertEqual((values[SERIAL], values[TRAY]), ("A1", "Lower"))
