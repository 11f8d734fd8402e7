from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

PRIORITIES = ('normal', 'important', 'urgent', 'immediate')


class SlaPolicy(models.Model):
    """Promises about tickets: of which teams, types, priorities and tags."""

    _inherit = 'sla.policy'

    target = fields.Selection(
        selection_add=[('stage', "Reaching a stage")], ondelete={'stage': 'set default'}
    )
    target_stage_id = fields.Many2one(
        'helpdesk.ticket.stage',
        string="Stage to Reach",
        ondelete='restrict',
        help="This stage or a later one of the team counts, unless it is a cancellation.",
    )
    excluded_stage_ids = fields.Many2many(
        'helpdesk.ticket.stage',
        string="Time Does Not Count In",
        default=lambda self: self._default_excluded_stage_ids(),
    )
    team_ids = fields.Many2many('helpdesk.ticket.team', string="Teams")
    type_ids = fields.Many2many('helpdesk.ticket.type', string="Types")
    tag_ids = fields.Many2many('helpdesk.ticket.tag', string="Tags")
    priority_normal = fields.Boolean(string="Normal")
    priority_important = fields.Boolean(string="Important")
    priority_urgent = fields.Boolean(string="Urgent")
    priority_immediate = fields.Boolean(string="Immediate")
    priorities = fields.Char(compute='_compute_priorities', store=True)
    failed_raise_priority = fields.Boolean(string="Raise the Priority")
    failed_reassign = fields.Boolean(
        string="Give to Another Agent",
        help="The team's rule chooses among the other agents. Teams that assign by hand keep theirs.",
    )

    # === DEFAULT METHODS === #
    @api.model
    def _default_excluded_stage_ids(self):
        return self.env['helpdesk.ticket.stage'].search([('is_waiting', '=', True)])

    # === COMPUTE METHODS === #
    @api.depends(lambda self: [f'priority_{name}' for name in PRIORITIES])
    def _compute_priorities(self):
        for policy in self:
            chosen = [str(key) for key, name in enumerate(PRIORITIES) if policy[f'priority_{name}']]
            policy.priorities = ','.join(chosen) or False

    # === CONSTRAINT METHODS === #
    @api.constrains('target', 'target_stage_id')
    def _check_target_stage_id(self):
        for policy in self.filtered(lambda policy: policy.target == 'stage'):
            if not policy.target_stage_id:
                raise ValidationError(self.env._("Say which stage must be reached."))
            if policy.target_stage_id.is_cancelled:
                raise ValidationError(self.env._("A cancellation cannot be a target."))

    # === BUSINESS METHODS === #
    @api.model
    def _get_criteria_fields(self):
        """Override of `aftercare_sla` to add the criteria of tickets."""
        return ['team_ids', 'type_ids', 'priorities', 'tag_ids', *super()._get_criteria_fields()]

    def _get_criterion(self, name):
        """Override of `aftercare_sla` to add the priorities."""
        if name == 'priorities':
            return frozenset(self.priorities.split(',') if self.priorities else ())
        return super()._get_criterion(name)

    def _describe_criteria(self):
        """Override of `aftercare_sla` to add the priorities."""
        described = super()._describe_criteria()
        if names := [
            self._fields[f'priority_{name}']._description_string(self.env)
            for name in PRIORITIES
            if self[f'priority_{name}']
        ]:
            described.insert(0, (self.env._("Priority"), names))
        return described

    def _is_stage_excluded(self, stage):
        """Override of `aftercare_sla` to pause in the stages that do not count."""
        return stage in self._get_excluded_stage_ids() or super()._is_stage_excluded(stage)

    @ormcache('self.id')
    def _get_excluded_stage_ids(self):
        return frozenset(self.excluded_stage_ids.ids)

    def _get_target_text(self):
        """Override of `aftercare_sla` to name the stage."""
        if self.target == 'stage':
            return self.env._("Stage “%(stage)s”", stage=self.target_stage_id.name)
        return super()._get_target_text()
