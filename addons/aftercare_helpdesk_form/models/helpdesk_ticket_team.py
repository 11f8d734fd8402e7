from odoo import api, fields, models

from ..conditions import CUSTOMER_TYPES


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    property_rule_ids = fields.One2many(
        comodel_name='helpdesk.ticket.property.rule',
        inverse_name='team_id',
        string="Extra Fields",
        groups='helpdesk_mgmt.group_helpdesk_user_own',
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `aftercare_helpdesk`: each extra field has its rule."""
        teams = super().create(vals_list)
        teams.filtered('ticket_properties')._update_property_rules()
        return teams

    def write(self, vals):
        """Override of `aftercare_helpdesk`: rules come and go with the fields."""
        result = super().write(vals)
        if 'ticket_properties' in vals:
            self._update_property_rules()
        return result

    def copy(self, default=None):
        """Override of `base`: the copy's fields apply as those of the original do."""
        copies = super().copy(default)
        for team, copied in zip(self, copies, strict=True):
            originals = {rule.property_name: rule for rule in team.property_rule_ids}
            for rule in copied.property_rule_ids:
                if original := originals.get(rule.property_name):
                    rule.write(original._prepare_copy(copied.property_rule_ids))
        return copies

    # === ACTION METHODS === #

    def action_edit_properties(self):
        """Open the editor of the team's extra fields."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Extra fields of %(team)s", team=self.name),
            'res_model': 'helpdesk.team.fields',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_team_id': self.id},
        }

    # === BUSINESS METHODS === #

    def _update_property_rules(self):
        """Let the rules follow the fields of the teams: new ones, renamed ones, deleted ones."""
        # sudo: helpdesk.ticket.property.rule - whoever may change the fields changes their rules
        Rule = self.env['helpdesk.ticket.property.rule'].sudo()
        for team in self.sudo():
            definitions = {
                definition['name']: definition
                for definition in team.ticket_properties or ()
                if definition['type'] != 'separator'
            }
            rules = {rule.property_name: rule for rule in team.property_rule_ids}
            Rule.union(*(rules[name] for name in rules.keys() - definitions.keys())).unlink()
            new_values = []
            for sequence, (name, definition) in enumerate(definitions.items()):
                rule = rules.get(name, Rule)
                values = {**rule._prepare_property(definition), 'sequence': sequence}
                if rule:
                    rule.write(values)
                else:
                    new_values.append({**values, 'team_id': team.id, 'property_name': name})
            Rule.create(new_values)

    def _get_property_rules(self):
        """Return the rules as plain values, in the order of the fields."""
        # sudo: helpdesk.ticket.property.rule - which fields apply is asked for everybody's tickets
        return [rule._prepare_rule() for rule in self.sudo().property_rule_ids]

    def _get_asked_properties(self):
        """Return the fields customers are asked for: dicts of definition, rule and whether needed.

        In the order of the fields.
        """
        self.ensure_one()
        definitions = self.sudo().ticket_properties
        if not definitions:
            return []
        asked = {
            rule['name']: rule
            for rule in self._get_property_rules()
            if rule['access'] == 'asked' and rule['type'] in CUSTOMER_TYPES
        }
        return [
            {
                **definition,
                'string': definition.get('string') or definition['name'],
                'is_required': asked[definition['name']]['required'] == 'customer',
                'rule': asked[definition['name']],
            }
            for definition in definitions
            if definition['name'] in asked
        ]

    def _get_website_property_rules(self):
        """Return the rules the web form needs: of the asked fields and of those they depend on.

        :return: the rules, and the values the ticket will have in fields nobody is asked for
        """
        self.ensure_one()
        rules = {rule['name']: rule for rule in self._get_property_rules()}
        needed = {}
        for rule in rules.values():
            current = rule if rule['access'] == 'asked' else None
            while current and current['name'] not in needed:
                needed[current['name']] = current
                current = rules.get(current['parent'])
        values = {
            definition['name']: definition.get('default') or False
            for definition in self.sudo().ticket_properties or ()
            if definition['name'] in needed and needed[definition['name']]['access'] != 'asked'
        }
        return list(needed.values()), values
