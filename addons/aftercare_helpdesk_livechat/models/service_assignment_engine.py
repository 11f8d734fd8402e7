from dataclasses import replace

from odoo import models


class ServiceAssignmentEngine(models.AbstractModel):
    """Chats are a load of their own: who has many tickets open may still answer one visitor.

    Their limit is the agent's capacity, and a chat takes its turn like a ticket does.
    """

    _inherit = 'service.assignment.engine'

    def _get_kind(self, res_model):
        """Override of `aftercare_agent`: chats are counted apart."""
        return 'chats' if res_model == 'discuss.channel' else super()._get_kind(res_model)

    def _get_turns(self, kind, facts):
        """Override of `aftercare_agent`: chats and tickets take turns together."""
        return super()._get_turns('open' if kind == 'chats' else kind, facts)

    def _record_turns(self, assignments, requests, facts):
        """Override of `aftercare_agent`: two visitors never take the same free place."""
        requests = [
            replace(request, kind='open') if request.kind == 'chats' else request
            for request in requests
        ]
        return super()._record_turns(assignments, requests, facts)
