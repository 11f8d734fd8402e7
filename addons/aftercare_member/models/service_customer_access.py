from odoo import api, fields, models


class ServiceCustomerAccess(models.Model):
    """Authorisations may ask for the level of the customers."""

    _inherit = 'service.customer.access'

    grade_ids = fields.Many2many(
        'res.partner.grade',
        string="Levels",
        ondelete='restrict',
        context={'active_test': False},
        tracking=True,
        help="Members with one of these levels.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _get_condition_fields(self):
        """Override of `aftercare_agent` to ask for the level."""
        return {**super()._get_condition_fields(), 'grade_ids': ('grade_id', 'in')}
