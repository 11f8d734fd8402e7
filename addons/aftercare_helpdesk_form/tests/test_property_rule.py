from odoo import Command
from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form

from .common import COUNT, DEFINITION, DEVICE, INSURED, OWNER, PARTS, SERIAL, TRAY, FieldsMixin


class TestPropertyRule(FieldsMixin, HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_fields(cls.team)

    @classmethod
    def _create_manager(cls):
        return cls._create_user('fieldmanager', 'helpdesk_mgmt.group_helpdesk_manager')

    def test_every_field_has_its_rule(self):
        self.assertEqual(
            self.team.property_rule_ids.mapped('property_name'),
            [field['name'] for field in DEFINITION if field['type'] != 'separator'],
        )
        self.assertEqual(self.rules[DEVICE].option_ids.mapped('name'), ["Printer", "Phone"])
        self.assertEqual(set(self.rules[SERIAL].mapped('customer_access')), {'hidden'})
        answers = self.rules[INSURED].option_ids.mapped('display_name')
        self.assertEqual(answers, ["Yes", "No"])

    def test_manager_edits_fields_without_a_ticket(self):
        action = self.team.with_user(self.manager).action_edit_properties()
        editor = self.env[action['res_model']].with_user(self.manager)
        editor = editor.with_context(**action['context']).create({})
        fields = editor.read(['properties'])[0]['properties']
        fields[0].update(string="Serial no.", definition_changed=True)
        fields[1].update(
            selection=[['printer', "Laser printer"], ['scanner', "Scanner"]],
            definition_changed=True,
        )
        fields.append(
            {'name': 'colour', 'string': "Colour", 'type': 'char', 'definition_changed': True}
        )
        fields[3]['definition_deleted'] = True
        editor.properties = fields
        names = self.team.property_rule_ids.mapped('property_name')
        self.assertNotIn(TRAY, names)
        self.assertEqual(names[-1], 'colour')
        self.assertEqual(self.rules[SERIAL].name, "Serial no.")
        self.assertEqual(self.rules[DEVICE].option_ids.mapped('name'), ["Laser printer", "Scanner"])

    def test_agent_may_not_edit_fields(self):
        Editor = self.env['helpdesk.team.fields'].with_user(self.user_a)
        with self.assertRaises(AccessError):
            Editor.create({'team_id': self.team.id})
        with self.assertRaises(AccessError):
            self.rules[SERIAL].with_user(self.user_a).required = 'closing'
        self.rules[SERIAL].with_user(self.manager).required = 'closing'

    def test_conditions_are_picked_from_lists(self):
        with Form(self.rules[TRAY].with_user(self.manager)) as form:
            form.condition_rule_id = self.rules[DEVICE]
            form.condition_option_ids.add(self._option(DEVICE, 'printer'))
        self.assertEqual(self.rules[TRAY].condition_summary, "Device: Printer")
        with Form(self.rules[TRAY].with_user(self.manager)) as form:
            form.condition_rule_id = self.rules[PARTS]
        self.assertFalse(self.rules[TRAY].condition_option_ids)

    def test_fields_cannot_depend_on_each_other(self):
        self.rules[DEVICE].condition_rule_id = self.rules[SERIAL]
        with self.assertRaises(ValidationError):
            self.rules[SERIAL].condition_rule_id = self.rules[DEVICE]

    def test_field_depends_on_simple_fields_of_its_team_only(self):
        other = self._create_team("Other", self.user_a, ticket_properties=DEFINITION)
        for parent in (self.rules[COUNT], other.property_rule_ids[1]):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.rules[SERIAL].condition_rule_id = parent
        with self.assertRaises(ValidationError):
            self.rules[TRAY].write(
                {
                    'condition_rule_id': self.rules[PARTS].id,
                    'condition_option_ids': [Command.set(self._option(DEVICE, 'phone').ids)],
                }
            )

    def test_customers_are_not_asked_for_records(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.rules[OWNER].customer_access = 'readable'
        with self.assertRaises(ValidationError):
            self.rules[SERIAL].required = 'customer'

    def test_copied_team_has_the_same_rules(self):
        self._depend_on_printer()
        self.rules[SERIAL].write({'customer_access': 'asked', 'required': 'customer'})
        copied = self.team.copy().property_rule_ids
        rules = {rule.property_name: rule for rule in copied}
        self.assertEqual(rules[SERIAL].required, 'customer')
        self.assertEqual(rules[TRAY].condition_rule_id, rules[DEVICE])
        self.assertEqual(rules[TRAY].condition_option_ids.rule_id, rules[DEVICE])

    def test_deleted_field_takes_conditions_with_it(self):
        self._depend_on_printer()
        self.team.ticket_properties = [d for d in DEFINITION if d['name'] != DEVICE]
        self.assertFalse(self.rules[DEVICE].exists())
        self.assertFalse(self.rules[TRAY].condition_rule_id)
