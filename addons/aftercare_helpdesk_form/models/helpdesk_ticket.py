from odoo import api, fields, models
from odoo.exceptions import UserError

from ..conditions import get_applicable_names, is_filled


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # Customers see what the rules let them, on their pages, never the stored values themselves.
    properties = fields.Properties(groups='base.group_user')
    property_rules = fields.Json(
        compute='_compute_property_rules', compute_sudo=True, groups='base.group_user'
    )

    # === COMPUTE METHODS === #

    @api.depends('team_id')
    def _compute_property_rules(self):
        rules = {team: team._get_property_rules() for team in self.team_id}
        for ticket in self:
            ticket.property_rules = rules.get(ticket.team_id, [])

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `aftercare_helpdesk`: a ticket that is born closed is complete, too."""
        tickets = super().create(vals_list)
        tickets.filtered(lambda ticket: ticket.closed and not ticket.is_cancelled)._check_complete()
        return tickets

    def write(self, vals):
        """Override of `aftercare_helpdesk`: no way to close leads past the fields it needs."""
        if {'stage_id', 'team_id'}.isdisjoint(vals):
            return super().write(vals)
        was_open = self.filtered(lambda ticket: not ticket.closed)
        result = super().write(vals)
        stage_id = vals.get('stage_id')
        stage = self.env['helpdesk.ticket.stage'].browse(stage_id if stage_id else ())
        if stage.closed and not stage.is_cancelled:
            # Also those that somebody else has to agree to before they are closed.
            closing = was_open
        else:
            closing = was_open.filtered(lambda ticket: ticket.closed and not ticket.is_cancelled)
        closing._check_complete()
        return result

    # === BUSINESS METHODS === #

    def _get_applicable_properties(self):
        """Return the extra fields that apply to the ticket, each a definition with its value."""
        self.ensure_one()
        # sudo: helpdesk.ticket - the fields decide about the ticket, whoever it is that closes it
        ticket_sudo = self.sudo()
        if not ticket_sudo.team_id.ticket_properties:
            return []
        properties = ticket_sudo.read(['properties'], load='')[0]['properties']
        names = get_applicable_names(
            ticket_sudo.team_id._get_property_rules(),
            {definition['name']: definition.get('value') for definition in properties},
            type_id=ticket_sudo.type_id.id,
            category_id=ticket_sudo.category_id.id,
            channel_id=ticket_sudo.channel_id.id,
        )
        return [definition for definition in properties if definition['name'] in names]

    def _get_property_names(self, condition):
        """Return the names of the team's fields whose rule meets a condition."""
        # sudo: helpdesk.ticket.property.rule - see above
        rules_sudo = self.sudo().team_id.property_rule_ids
        return set(rules_sudo.filtered(condition).mapped('property_name'))

    def _get_missing_properties(self):
        """Return the labels of the fields that have to be filled in before the ticket is closed."""
        self.ensure_one()
        needed = self._get_property_names(lambda rule: rule.required == 'closing')
        if not needed:
            return []
        return [
            definition.get('string') or definition['name']
            for definition in self._get_applicable_properties()
            if definition['name'] in needed
            and not is_filled(definition['type'], definition.get('value'))
        ]

    def _check_complete(self):
        """Make sure that all is filled in that the team needs before it closes a ticket.

        :raises UserError: if something is missing
        """
        for ticket in self.filtered(lambda ticket: not ticket.duplicate_id):
            if missing := ticket._get_missing_properties():
                raise UserError(
                    self.env._(
                        "Before %(ticket)s is closed, please fill in: %(fields)s",
                        ticket=ticket.display_name,
                        fields=", ".join(missing),
                    )
                )

    def _get_customer_stages(self):
        """Override of `aftercare_helpdesk`: customers cannot close what agents must complete."""
        stages = super()._get_customer_stages()
        if stages and self._get_missing_properties():
            return stages.filtered('is_cancelled')
        return stages

    def _get_customer_properties(self):
        """Return what the customer may read of the extra fields.

        :return: list of dicts: ``label``, ``type``, ``value`` as people read it (dates and numbers
            are left to the page) and ``suffix``
        """
        self.ensure_one()
        readable = self._get_property_names(lambda rule: rule.customer_access != 'hidden')
        return [
            {
                'label': definition.get('string') or definition['name'],
                'type': definition['type'],
                'value': self._format_property(definition),
                'suffix': definition.get('suffix') or '',
            }
            for definition in (self._get_applicable_properties() if readable else ())
            if definition['name'] in readable
            and definition.get('value') is not None
            and is_filled(definition['type'], definition.get('value'))
        ]

    def _format_property(self, definition):
        value = definition['value']
        match definition['type']:
            case 'boolean':
                return self.env._("Yes") if value else self.env._("No")
            case 'selection':
                return dict(definition['selection'])[value]
            case 'tags':
                return ", ".join(tag[1] for tag in definition['tags'] if tag[0] in value)
            case 'date':
                return fields.Date.to_date(value)
            case 'datetime':
                return fields.Datetime.to_datetime(value)
        return value
