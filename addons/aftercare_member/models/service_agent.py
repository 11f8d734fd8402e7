from odoo import fields, models


class ServiceAgent(models.Model):
    _inherit = 'service.agent'

    member_count = fields.Integer(compute='_compute_member_count')

    # === COMPUTE METHODS === #

    def _compute_member_count(self):
        counts = dict(
            self.env['res.partner']._read_group(
                [('is_member', '=', True), ('agent_id', 'in', self.ids)], ['agent_id'], ['__count']
            )
        )
        for agent in self:
            agent.member_count = counts.get(agent, 0)

    # === ACTION METHODS === #

    def action_open_members(self):
        """Open the members of the agent."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_member.res_partner_action_member'
        )
        return {
            **action,
            'context': {'search_default_agent_id': self.id, 'default_agent_id': self.id},
        }

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
