from odoo import api, models
from odoo.exceptions import AccessError


class ResPartnerCategory(models.Model):
    """Tags may open customers to agents, who therefore can not hang them on customers of others."""

    _inherit = 'res.partner.category'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get('partner_ids') for vals in vals_list):
            self._check_may_spread()
        tags = super().create(vals_list)
        if any(vals.get('parent_id') for vals in vals_list):
            self._on_tree_change()
        return tags

    def write(self, vals):
        if {'parent_id', 'partner_ids'} & vals.keys():
            self._check_may_spread()
        result = super().write(vals)
        if 'parent_id' in vals:
            self._on_tree_change()
        return result

    def _on_tree_change(self):
        """Forget the record rules of authorisations, which know the tags below theirs."""
        self.env.registry.clear_cache()

    def _check_may_spread(self):
        """Refuse to whoever sees own customers only what would not ask which customers he sees."""
        if not self.env.su and self.env.user._is_limited_to_own_customers():
            raise AccessError(
                self.env._(
                    "Only users who see all customers may move tags. Tag customers one by one."
                )
            )
