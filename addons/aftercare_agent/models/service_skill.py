from odoo import api, fields, models


class ServiceSkill(models.Model):
    """Something an agent can do and a request may need."""

    _name = 'service.skill'
    _description = "Service Skill"
    _parent_store = True
    _order = 'name, id'

    name = fields.Char(required=True, translate=True)
    parent_id = fields.Many2one(
        'service.skill',
        string="Part of",
        index=True,
        ondelete='restrict',
        help="Who has a skill has all the skills that are part of it.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many('service.skill', 'parent_id', string="Parts")
    color = fields.Integer()
    active = fields.Boolean(default=True)
    agent_ids = fields.Many2many('service.agent', string="Agents")
    agent_count = fields.Integer(compute='_compute_agent_count', string="Number of Agents")

    # === COMPUTE METHODS === #

    @api.depends('agent_ids.active')
    def _compute_agent_count(self):
        groups = self.env['service.agent']._read_group(
            [('skill_ids', 'in', self.ids)], ['skill_ids'], ['__count']
        )
        counts = {skill.id: count for skill, count in groups}
        for skill in self:
            skill.agent_count = counts.get(skill.id, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        skills = super().create(vals_list)
        self._on_scope_change()
        return skills

    def write(self, vals):
        result = super().write(vals)
        if {'parent_id', 'agent_ids', 'active'} & vals.keys():
            self._on_scope_change()
        return result

    def unlink(self):
        result = super().unlink()
        self._on_scope_change()
        return result

    def _on_scope_change(self):
        """Forget the record rules computed from authorisations of whoever has a skill."""
        self.env.registry.clear_cache()

    # === ACTION METHODS === #

    def action_view_agents(self):
        """Open the agents who have the skill."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_agent.service_agent_action'
        )
        return {**action, 'context': {'search_default_skill_ids': self.id}}
