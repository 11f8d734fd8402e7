from odoo import api, models
from odoo.fields import Domain

HIGHEST_PRIORITY = 3


class HelpdeskTicket(models.Model):
    """Tickets have service levels."""

    _name = 'helpdesk.ticket'
    _inherit = ['helpdesk.ticket', 'sla.mixin']

    _open_sla_idx = models.Index(
        '(sla_deadline) INCLUDE (team_id, company_id, active) WHERE closed IS NOT TRUE'
    )

    # === WHAT A TICKET IS === #
    def _sla_get_tracked_fields(self):
        """Override of `aftercare_sla`: criteria, stages and the first answer of a ticket."""
        return super()._sla_get_tracked_fields() | {
            'team_id',
            'type_id',
            'priority',
            'tag_ids',
            'partner_id',
            'user_id',
            'stage_id',
            'first_response_date',
        }

    def _sla_get_calendar(self):
        """Override of `aftercare_sla`: the team's working time before the company's."""
        return self.team_id.resource_calendar_id or super()._sla_get_calendar()

    def _sla_get_criterion(self, name):
        """Override of `aftercare_sla` to meet the criteria of tickets."""
        if name == 'priorities':
            return {self.priority or '0'}
        if name in ('team_ids', 'type_ids', 'tag_ids'):
            return set(self['tag_ids' if name == 'tag_ids' else name.replace('_ids', '_id')].ids)
        return super()._sla_get_criterion(name)

    def _sla_get_stage(self):
        """Override of `aftercare_sla`."""
        return self.stage_id.id

    def _sla_get_stage_name(self, stage):
        """Override of `aftercare_sla`."""
        Stage = self.env['helpdesk.ticket.stage']
        return Stage.browse(stage).name if stage in Stage._get_sla_flags() else ''

    def _sla_is_stage_closed(self, stage):
        """Override of `aftercare_sla`."""
        flags = self.env['helpdesk.ticket.stage']._get_sla_flags().get(stage)
        return bool(flags and flags[0]) or super()._sla_is_stage_closed(stage)

    def _sla_is_stage_cancelled(self, stage):
        """Override of `aftercare_sla`."""
        flags = self.env['helpdesk.ticket.stage']._get_sla_flags().get(stage)
        return bool(flags and flags[1])

    def _sla_is_stage_target(self, stage, policy):
        """Override of `aftercare_sla`: the target stage or one beyond it in the order of stages."""
        if policy.target != 'stage':
            return super()._sla_is_stage_target(stage, policy)
        flags = self.env['helpdesk.ticket.stage']._get_sla_flags()
        wanted = flags.get(policy.target_stage_id.id)
        present = flags.get(stage)
        return bool(wanted and present and not present[1] and present[2] >= wanted[2])

    def _sla_get_first_response_date(self):
        """Override of `aftercare_sla`: the first public answer of a colleague, no automatic mail."""
        return self.first_response_date

    @api.model
    def _sla_get_open_domain(self, company):
        """Override of `aftercare_sla`."""
        return super()._sla_get_open_domain(company) & Domain('closed', '=', False)

    def _sla_prepare_facts(self):
        """Override of `aftercare_sla` to analyse clocks by their tickets."""
        return {**super()._sla_prepare_facts(), 'ticket_id': self.id}

    # === WHAT FOLLOWS === #
    def _sla_on_warning(self, statuses):
        """Override of `aftercare_sla` to notify whom the rules name."""
        super()._sla_on_warning(statuses)
        self._raise_event('ticket_sla_warning')

    def _sla_on_failed(self, statuses):
        """Override of `aftercare_sla` to raise the priority, find another agent and notify."""
        super()._sla_on_failed(statuses)
        missed = statuses.filtered(lambda status: not status.end_date)
        missed.filtered('policy_id.failed_raise_priority').ticket_id._sla_raise_priority()
        missed.filtered('policy_id.failed_reassign').ticket_id._sla_reassign()
        missed.ticket_id._raise_event('ticket_sla_failed')

    def _sla_raise_priority(self):
        """One step more urgent, up to the highest."""
        for priority, tickets in self.grouped(lambda ticket: int(ticket.priority or 0)).items():
            if priority < HIGHEST_PRIORITY:
                tickets.priority = str(priority + 1)

    def _sla_reassign(self):
        """Let the rule of the team choose among the agents who have not got the ticket."""
        tickets = self.filtered(lambda ticket: not ticket.closed and ticket.team_id._is_automatic())
        if not tickets:
            return
        agents = tickets.team_id._get_agents()
        requests = []
        for ticket in tickets:
            others = agents[ticket.team_id].filtered(
                lambda agent, user=ticket.user_id: agent.user_id != user
            )
            requests.append(
                ticket.team_id._prepare_assignment_request(
                    {ticket.team_id: others},
                    ticket.company_id,
                    res_id=ticket.id,
                    partner=ticket.partner_id,
                    region=ticket.region_id,
                    skills=ticket.skill_ids,
                )
            )
        chosen = {}
        for ticket, assignment in zip(tickets, self._choose_agents(requests), strict=True):
            # Nobody else free: who has it keeps it.
            if user := assignment.agent_id.user_id:
                chosen[user] = chosen.get(user, self.browse()) + ticket
        for user, user_tickets in chosen.items():
            user_tickets.user_id = user
