from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _get_served_customers_domain(self):
        """Return of which tickets the user may know as the salesperson, for a record rule.

        Teams whose tickets are for members and invited people only stay out of it.
        """
        self.ensure_one()
        is_own = Domain('partner_id.user_id', '=', self.id) | Domain(
            'commercial_partner_id.user_id', '=', self.id
        )
        is_open = Domain('team_id', '=', False) | Domain('team_id.visibility', '!=', 'invited')
        return is_own & is_open

    def _get_served_records_domain(self):
        """Return which entries of processing records the user may read as the salesperson."""
        return [('ticket_id', 'any', list(self._get_served_customers_domain()))]
