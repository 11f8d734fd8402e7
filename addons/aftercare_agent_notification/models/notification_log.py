from odoo import models


class NotificationLog(models.Model):
    """Messages that must not disturb wait until the agent is at work."""

    _inherit = 'notification.log'

    # === BUSINESS METHODS === #

    def _get_next_opening(self, record, now):
        """Override of `aftercare_notification`: an agent works on his shift, in his time zone.

        He also does while he says to be available, and not while he is on leave.
        """
        agent = self._find_agent()
        state = agent and self.env['service.assignment.engine']._get_states(agent, now)[agent.id]
        # Who is not back within sight is held back by what holds for everybody.
        return state.start if state and state.start else super()._get_next_opening(record, now)

    def _find_agent(self):
        """Return the recipient as the agent he is in the company of the message, possibly none."""
        user = self.partner_id._notification_get_user()
        if self.audience == 'customer' or not user:
            return self.env['service.agent']
        # sudo: service.agent - messages are sent whoever may see the agent
        return user.with_company(self.company_id).sudo().service_agent_id
