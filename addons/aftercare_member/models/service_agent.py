from odoo import fields, models


class ServiceAgent(models.Model):
    _inherit = 'service.agent'

    # === BUSINESS METHODS === #

    def _get_opening(self, at=None):
        """Tell customers whether the agent works now.

        :param at: naive UTC datetime, now by default
        :return: dict ``is_open`` and ``next_opening``, a naive UTC datetime or False
        """
        self.ensure_one()
        at = at or fields.Datetime.now()
        calendar = self.resource_calendar_id
        if not calendar:  # fully flexible working hours
            return {'is_open': True, 'next_opening': at}
        is_open = calendar._is_open_at(at)
        return {
            'is_open': is_open,
            'next_opening': at if is_open else calendar._get_next_opening(at),
        }
