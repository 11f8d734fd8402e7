from odoo import api, models
from odoo.fields import Domain


class HelpdeskDesk(models.AbstractModel):
    """The desk counts what waits for a reviewer."""

    _inherit = 'helpdesk.desk'

    @api.model
    def _get_counters(self, domain, load, days, ratings):
        """Override of `aftercare_helpdesk`: what the user is asked to review, else all of it."""
        counters = super()._get_counters(domain, load, days, ratings)
        Ticket = self.env['helpdesk.ticket']
        pending = domain & Domain('review_state', '=', 'pending')
        mine = pending & Domain('review_user_ids', 'in', self.env.uid)
        count = Ticket.search_count(mine)
        is_mine = bool(count)
        if not count:
            count = Ticket.search_count(pending)
        if count:
            # Before the tile of the ratings, which is the last.
            counters.insert(
                len(counters) - 1,
                {
                    'key': 'review',
                    'label': self.env._("To review") if is_mine else self.env._("Under review"),
                    'value': count,
                    'icon': 'fa-check-square-o',
                    'tone': 'warning' if is_mine else 'info',
                    'domain': list(mine if is_mine else pending),
                },
            )
        return counters
