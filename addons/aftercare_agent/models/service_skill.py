from odoo import fields, models


class ServiceSkill(models.Model):
    """Something an agent can do and a request may need."""

    _name = 'service.skill'
    _description = "Service Skill"
    _parent_store = True
    _order = 'name, id'

    name = fields.Char(required=True, translate=True)
    parent_id = fields.Many2one('service.skill', index=True, ondelete='restrict')
    parent_path = fields.Char(index=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)
