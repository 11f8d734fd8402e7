from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..conditions import CONDITION_TYPES, CUSTOMER_TYPES

CONDITION_FIELDS = ('type_ids', 'category_ids', 'channel_ids', 'required', 'customer_access')


class HelpdeskTicketPropertyRule(models.Model):
    """When an extra field of a team's tickets applies, and who has to fill it in."""

    _name = 'helpdesk.ticket.property.rule'
    _description = "Extra Field of Tickets"
    _order = 'team_id, sequence, id'

    team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team', required=True, index=True, ondelete='cascade'
    )
    # These four follow the team's fields, see `_update_property_rules` of the team.
    property_name = fields.Char(string="Technical Name", required=True, readonly=True)
    name = fields.Char(string="Field", readonly=True)
    property_type = fields.Selection(
        selection=[
            ('char', "Text"),
            ('text', "Long text"),
            ('html', "Formatted text"),
            ('boolean', "Checkbox"),
            ('integer', "Whole number"),
            ('float', "Decimal number"),
            ('monetary', "Amount"),
            ('date', "Date"),
            ('datetime', "Date and time"),
            ('selection', "Choice"),
            ('tags', "Tags"),
            ('many2one', "Record"),
            ('many2many', "Records"),
        ],
        string="Kind",
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(readonly=True)
    option_ids = fields.One2many(
        comodel_name='helpdesk.ticket.property.option', inverse_name='rule_id', string="Values"
    )
    type_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.type', string="Types", help="All types if left empty."
    )
    category_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.category',
        string="Categories",
        help="With the categories below them. All categories if left empty.",
    )
    channel_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.channel',
        string="Channels",
        help="All channels if left empty.",
    )
    condition_rule_id = fields.Many2one(
        comodel_name='helpdesk.ticket.property.rule',
        string="Only If",
        index='btree_not_null',
        ondelete='set null',
        domain="[('team_id', '=', team_id), ('id', '!=', id),"
        " ('property_type', 'in', ('selection', 'tags', 'boolean', 'char'))]",
        help="Another field of the team: this one is shown only if that one has a certain value.",
    )
    condition_type = fields.Selection(
        related='condition_rule_id.property_type', string="Condition Kind"
    )
    condition_option_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.property.option',
        relation='helpdesk_ticket_property_rule_option_rel',
        string="Is",
        compute='_compute_condition_option_ids',
        store=True,
        readonly=False,
        domain="[('rule_id', '=', condition_rule_id)]",
        help="One of these is enough. If left empty, any value will do.",
    )
    condition_text = fields.Char(
        string="Reads",
        help="The whole text; small and capital letters are the same. "
        "If left empty, any text will do.",
    )
    condition_summary = fields.Char(string="Shown If", compute='_compute_condition_summary')
    required = fields.Selection(
        selection=[
            ('never', "No"),
            ('customer', "When the customer sends the form"),
            ('closing', "Before the ticket is closed"),
        ],
        string="Needed",
        default='never',
        required=True,
        help="A field that does not apply to a ticket is never needed. "
        "Cancelled tickets and duplicates close without.",
    )
    customer_access = fields.Selection(
        selection=[
            ('hidden', "Sees nothing of it"),
            ('readable', "Reads it on the ticket's page"),
            ('asked', "Is asked in the web form"),
        ],
        string="Customer",
        default='hidden',
        required=True,
        help="Who is asked also reads it on the ticket's page later.",
    )
    can_customer_access = fields.Boolean(compute='_compute_can_customer_access')

    _property_uniq = models.UniqueIndex('(team_id, property_name)')

    # === COMPUTE METHODS === #

    @api.depends('property_type')
    def _compute_can_customer_access(self):
        for rule in self:
            rule.can_customer_access = rule.property_type in CUSTOMER_TYPES

    @api.depends('condition_rule_id')
    def _compute_condition_option_ids(self):
        """Forget the values of another field."""
        for rule in self:
            options = rule.condition_option_ids
            rule.condition_option_ids = options.filtered(
                lambda option, rule=rule: option.rule_id == rule.condition_rule_id
            )

    @api.depends(
        'condition_rule_id.name',
        'condition_rule_id.property_type',
        'condition_option_ids.display_name',
        'condition_text',
    )
    def _compute_condition_summary(self):
        for rule in self:
            values = (
                rule.condition_text
                if rule.condition_type == 'char'
                else " / ".join(rule.condition_option_ids.mapped('display_name'))
            )
            rule.condition_summary = (
                f'{rule.condition_rule_id.name}: {values or "…"}' if rule.condition_rule_id else ''
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('condition_rule_id', 'condition_option_ids', 'team_id')
    def _check_condition(self):
        if self._has_cycle('condition_rule_id'):
            raise ValidationError(
                self.env._("Fields cannot depend on each other in a circle: none would ever show.")
            )
        for rule in self.filtered('condition_rule_id'):
            parent = rule.condition_rule_id
            if parent.team_id != rule.team_id or parent.property_type not in CONDITION_TYPES:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot depend on “%(parent)s”: choose a checkbox, a choice,"
                        " tags or a text of the same team.",
                        field=rule.name,
                        parent=parent.name,
                    )
                )
            if rule.condition_option_ids.rule_id - parent:
                raise ValidationError(
                    self.env._("Choose values of the field “%(parent)s”.", parent=parent.name)
                )

    @api.constrains('customer_access', 'required', 'property_type')
    def _check_customer(self):
        for rule in self:
            if rule.customer_access != 'hidden' and rule.property_type not in CUSTOMER_TYPES:
                raise ValidationError(
                    self.env._(
                        "Customers can neither be asked for “%(field)s” nor read it:"
                        " fields of this kind are for agents only.",
                        field=rule.name,
                    )
                )
            if rule.required == 'customer' and rule.customer_access != 'asked':
                raise ValidationError(
                    self.env._(
                        "“%(field)s” can only be needed from the customer if he is asked for it.",
                        field=rule.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _prepare_rule(self):
        """Return the rule as plain values, for ``conditions`` here and in the browser."""
        self.ensure_one()
        Category = self.env['helpdesk.ticket.category']
        categories = self.category_ids
        if categories:
            categories = Category.with_context(active_test=False).search(
                [('id', 'child_of', categories.ids)]
            )
        return {
            'name': self.property_name,
            'type': self.property_type,
            'type_ids': self.type_ids.ids,
            'category_ids': categories.ids,
            'channel_ids': self.channel_ids.ids,
            'parent': self.condition_rule_id.property_name,
            'keys': self.condition_option_ids.mapped('key'),
            'text': self.condition_text or '',
            'required': self.required,
            'access': self.customer_access,
        }

    def _prepare_copy(self, rules):
        """Return the values that make a rule of another team like this one.

        :param rules: the rules of that team
        """
        self.ensure_one()
        parent = rules.filtered(
            lambda rule: rule.property_name == self.condition_rule_id.property_name
        )
        keys = self.condition_option_ids.mapped('key')
        values = {
            name: self[name].ids if self._fields[name].relational else self[name]
            for name in CONDITION_FIELDS
        }
        return {
            **values,
            'condition_rule_id': parent.id,
            'condition_text': self.condition_text,
            'condition_option_ids': parent.option_ids.filtered(lambda o: o.key in keys).ids,
        }

    def _prepare_property(self, definition):
        """Return the values by which a rule, empty if it is a new one, follows its field."""
        return {
            'name': definition.get('string') or definition['name'],
            'property_type': definition['type'],
            'option_ids': self._prepare_options(definition),
        }

    def _prepare_options(self, definition):
        """Return the commands that make the values to depend on those of a field."""
        known = {option.key: option for option in self.option_ids}
        options = self.env['helpdesk.ticket.property.option']._get_options(definition)
        keys = {key for key, _label in options}
        commands = [Command.delete(known[key].id) for key in known.keys() - keys]
        for sequence, (key, label) in enumerate(options):
            values = {'name': label, 'sequence': sequence}
            if key in known:
                commands.append(Command.update(known[key].id, values))
            else:
                commands.append(Command.create({**values, 'key': key}))
        return commands
