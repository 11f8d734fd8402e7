from odoo import Command

SERIAL, DEVICE, TRAY, PARTS, BOUGHT, COUNT, INSURED, OWNER = (
    'serial', 'device', 'tray', 'parts', 'bought', 'count', 'insured', 'owner'
)  # fmt: skip
DEFINITION = [
    {'name': SERIAL, 'string': "Serial number", 'type': 'char'},
    {
        'name': DEVICE,
        'string': "Device",
        'type': 'selection',
        'selection': [['printer', "Printer"], ['phone', "Phone"]],
    },
    {'name': 'head', 'string': "Details", 'type': 'separator'},
    {'name': TRAY, 'string': "Paper tray", 'type': 'char'},
    {
        'name': PARTS,
        'string': "Parts",
        'type': 'tags',
        'tags': [['lid', "Lid", 1], ['cord', "Cord", 2]],
    },
    {'name': BOUGHT, 'string': "Bought on", 'type': 'date'},
    {'name': COUNT, 'string': "Pages", 'type': 'integer', 'suffix': "pages"},
    {'name': INSURED, 'string': "Insured", 'type': 'boolean'},
    {'name': OWNER, 'string': "Owner", 'type': 'many2one', 'comodel': 'res.partner'},
]


class FieldsMixin:
    """A team whose tickets have fields of every kind; a repair type."""

    @classmethod
    def _set_up_fields(cls, team):
        cls.manager = cls._create_manager()
        Type = cls.env['helpdesk.ticket.type']
        cls.type_repair, cls.type_question = Type.create(
            [
                {'name': name, 'show_in_portal': True}
                for name in ("Form test repair", "Form test question")
            ]
        )
        team.write(
            {
                'ticket_properties': DEFINITION,
                'type_ids': [Command.set((cls.type_repair | cls.type_question).ids)],
            }
        )
        cls.rules = {rule.property_name: rule for rule in team.property_rule_ids}

    @classmethod
    def _option(cls, name, key):
        return cls.rules[name].option_ids.filtered(lambda option: option.key == key)

    @classmethod
    def _depend_on_printer(cls, name=TRAY):
        cls.rules[name].write(
            {
                'condition_rule_id': cls.rules[DEVICE].id,
                'condition_option_ids': [Command.set(cls._option(DEVICE, 'printer').ids)],
            }
        )
