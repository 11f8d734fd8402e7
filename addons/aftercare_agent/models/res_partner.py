from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    agent_id = fields.Many2one(
        'service.agent', index='btree_not_null', tracking=True, ondelete='restrict'
    )
