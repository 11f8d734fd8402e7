from odoo import api, fields, models


class SlaPolicy(models.Model):
    """Promises to members of some levels."""

    _inherit = 'sla.policy'

    grade_ids = fields.Many2many('res.partner.grade', string="Customer Levels")

    # === BUSINESS METHODS === #

    @api.model
    def _get_criteria_fields(self):
        """Override of `aftercare_sla` to add the level of the customer."""
        return [*super()._get_criteria_fields(), 'grade_ids']
