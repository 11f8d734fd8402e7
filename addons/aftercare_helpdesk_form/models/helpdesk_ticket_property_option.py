from odoo import api, fields, models

from ..conditions import FALSE, TRUE


class HelpdeskTicketPropertyOption(models.Model):
    """A value an extra field can have, for others to depend on. Follows the team's fields."""

    _name = 'helpdesk.ticket.property.option'
    _description = "Value of an Extra Field of Tickets"
    _order = 'rule_id, sequence, id'

    rule_id = fields.Many2one(
        comodel_name='helpdesk.ticket.property.rule', required=True, index=True, ondelete='cascade'
    )
    key = fields.Char(required=True, readonly=True)
    name = fields.Char(readonly=True)
    sequence = fields.Integer(readonly=True)

    _key_uniq = models.UniqueIndex('(rule_id, key)')

    # === COMPUTE METHODS === #

    @api.depends('name', 'key', 'rule_id.property_type')
    @api.depends_context('lang')
    def _compute_display_name(self):
        answers = {TRUE: self.env._("Yes"), FALSE: self.env._("No")}
        for option in self:
            is_answer = option.rule_id.property_type == 'boolean'
            option.display_name = answers[option.key] if is_answer else option.name

    # === BUSINESS METHODS === #

    @api.model
    def _get_options(self, definition):
        """Return pairs of key and label of the values a field can have."""
        if definition['type'] == 'boolean':
            return [(TRUE, TRUE), (FALSE, FALSE)]
        if definition['type'] in ('selection', 'tags'):
            return [(option[0], option[1]) for option in definition.get(definition['type']) or ()]
        return []
