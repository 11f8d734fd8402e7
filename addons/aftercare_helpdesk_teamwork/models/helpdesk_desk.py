from odoo import api, models
from odoo.fields import Domain


class HelpdeskDesk(models.AbstractModel):
    _inherit = 'helpdesk.desk'

    @api.model
    def _get_counters(self, domain, load, days, ratings):
        """Override of `aftercare_helpdesk`: tell a helper that somebody waits for him."""
        counters = super()._get_counters(domain, load, days, ratings)
        Ticket = self.env['helpdesk.ticket']
        asked = domain & Domain('assistance_ids', 'any', Ticket._get_my_assistance_domain())
        if count := Ticket.search_count(asked):
            counters.insert(
                0,
                {
                    'key': 'asked_for_help',
                    'label': self.env._("Ask for my help"),
                    'value': count,
                    'icon': 'fa-hand-paper-o',
                    'tone': 'warning',
                    'domain': list(asked),
                },
            )
        return counters
