from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket_handover import CONTEXT_KEY, Handover


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    handover_ids = fields.One2many(
        comodel_name='helpdesk.ticket.handover',
        inverse_name='ticket_id',
        string="Handling History",
        readonly=True,
        copy=False,
        groups='helpdesk_mgmt.group_helpdesk_user_own',
    )
    handover_count = fields.Integer(
        compute='_compute_handover_count', groups='helpdesk_mgmt.group_helpdesk_user_own'
    )
    held_since = fields.Datetime(
        string="There Since",
        compute='_compute_held_since',
        groups='helpdesk_mgmt.group_helpdesk_user_own',
        help="Since when the ticket has been with its agent or, without one, its team.",
    )

    # === COMPUTE METHODS === #

    @api.depends('handover_ids')
    def _compute_handover_count(self):
        counts = dict(
            self.env['helpdesk.ticket.handover']._read_group(
                [('ticket_id', 'in', self.ids)], ['ticket_id'], ['__count']
            )
        )
        for ticket in self:
            ticket.handover_count = counts.get(ticket._origin, 0)

    @api.depends('handover_ids.date', 'create_date')
    def _compute_held_since(self):
        since = self._get_held_since()
        for ticket in self:
            ticket.held_since = since.get(ticket._origin.id, ticket.create_date)

    # === CRUD METHODS === #

    def _after_write(self, before, stamps):
        """Override of `aftercare_helpdesk`: write down which tickets have changed hands.

        After what follows from the change: a team that chooses the agent at once is one step.
        """
        handover = self._get_handover()
        ours = self.filtered(lambda ticket: ticket.id not in handover.ticket_ids)
        nested = replace(handover, ticket_ids=handover.ticket_ids | frozenset(ours.ids))
        result = super(HelpdeskTicket, self._with_handover(nested))._after_write(before, stamps)
        ours._record_handovers(before, handover)
        return result

    # === ACTION METHODS === #

    def action_take(self):
        """Override of `aftercare_helpdesk`: ask why, where the team wants to know it."""
        if self._get_handover().kind == 'take':
            return super().action_take()
        taken_over = self._get_taken_over()
        if taken_over.team_id.filtered('is_takeover_reason_required'):
            return self._get_transfer_action('take')
        return super(HelpdeskTicket, self._with_handover(Handover('take'))).action_take()

    def action_take_over(self):
        """Take the ticket over from a colleague and tell him why."""
        return self._get_transfer_action('take')

    def action_unassign(self):
        """Override of `aftercare_helpdesk`: have it in the history as what it is."""
        return super(HelpdeskTicket, self._with_handover(Handover('release'))).action_unassign()

    def action_transfer(self):
        """Hand the tickets over to another team or agent."""
        return self._get_transfer_action('transfer')

    # === BUSINESS METHODS === #

    def _get_transfer_action(self, mode):
        """Return the dialog that asks for the reason.

        :param str mode: transfer or take
        """
        tickets = self.filtered(lambda ticket: not ticket.closed)
        if not tickets:
            raise UserError(self.env._("Closed tickets stay with who has closed them."))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Take Over") if mode == 'take' else self.env._("Transfer"),
            'res_model': 'helpdesk.ticket.transfer',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_mode': mode,
                'default_ticket_ids': tickets.ids,
                'dialog_size': 'medium',
            },
        }

    def _get_handover(self):
        """Return what is known of the change of hands under way."""
        handover = self.env.context.get(CONTEXT_KEY)
        return handover if isinstance(handover, Handover) else Handover()

    def _with_handover(self, handover):
        return self.with_context(**{CONTEXT_KEY: handover})

    def _get_taken_over(self):
        """Return those of the tickets which the user would take from somebody else."""
        return self.filtered(lambda ticket: ticket.user_id and ticket.user_id != self.env.user)

    def _take_over(self, reason):
        """Take the tickets over and tell those who had them.

        :param str reason: why, may be empty unless a ticket's team wants to know it
        """
        taken_over = self._get_taken_over()
        required = taken_over.team_id.filtered('is_takeover_reason_required')
        if required and not reason:
            raise UserError(
                self.env._(
                    "%(teams)s: say why you take the ticket over.",
                    teams=", ".join(required.mapped('name')),
                )
            )
        former = [(ticket, ticket.user_id) for ticket in taken_over]
        self._with_handover(Handover('take', reason or '')).action_take()
        for ticket, user in former:
            ticket._tell_former_agent(user, reason)

    def _tell_former_agent(self, user, reason):
        name = self.env.user.name
        # sudo: helpdesk.ticket - to be told does not depend on what the one who tells may do
        self.sudo().message_notify(
            partner_ids=user.partner_id.ids,
            author_id=self.env.user.partner_id.id,
            subject=self.env._("%(number)s was taken over", number=self.number),
            body=self.env._(
                "%(name)s has taken the ticket over: %(reason)s", name=name, reason=reason
            )
            if reason
            else self.env._("%(name)s has taken the ticket over.", name=name),
        )

    def _transfer(self, team, user, reason):
        """Hand the tickets over.

        :param team: ``helpdesk.ticket.team``, empty if they stay in theirs
        :param user: ``res.users``, empty if the rule of the team shall choose
        :param str reason: why, which the new agent is told
        :raises UserError: if somebody may not have them, or they are there already
        """
        self.check_access('write')
        if not reason:
            raise UserError(self.env._("Say why you hand the tickets over."))
        self._check_transfer(team, user)
        vals = {'user_id': user.id}
        if team:
            vals['team_id'] = team.id
        # sudo: helpdesk.ticket - who hands a ticket over may lose sight of it
        self.sudo()._with_handover(Handover('transfer', reason)).write(vals)

    def _check_transfer(self, team, user):
        if not team and not user:
            raise UserError(self.env._("Choose a team or an agent."))
        for ticket in self:
            target = team or ticket.team_id
            values = {'number': ticket.number, 'agent': user.name, 'team': target.name}
            if ticket.closed:
                raise UserError(self.env._("%(number)s is closed.", **values))
            if target == ticket.team_id and user in (self.env['res.users'], ticket.user_id):
                raise UserError(self.env._("%(number)s is there already.", **values))
            if target.company_id and target.company_id != ticket.company_id:
                raise UserError(
                    self.env._("%(team)s works for another company than %(number)s.", **values)
                )
            if user and target and user not in target.sudo().user_ids:
                raise UserError(self.env._("%(agent)s is not a member of %(team)s.", **values))
            if user and not user._can_handle_tickets(ticket.company_id):
                raise UserError(self.env._("%(agent)s cannot handle %(number)s.", **values))

    def _assign_by_rule(self):
        """Override of `aftercare_helpdesk`: have it in the history as what it is."""
        handover = self._get_handover()
        if handover.kind != 'change':
            return super()._assign_by_rule()
        by_rule = self._with_handover(replace(handover, kind='rule'))
        return super(HelpdeskTicket, by_rule)._assign_by_rule()

    def _get_held_since(self):
        """Return dict of ticket id → since when it has been with who has it, if it has moved."""
        # sudo: helpdesk.ticket.handover - who had the ticket may not see it any more
        rows = (
            self.env['helpdesk.ticket.handover']
            .sudo()
            ._read_group([('ticket_id', 'in', self.ids)], ['ticket_id'], ['date:max'])
        )
        return {ticket.id: date for ticket, date in rows}

    def _record_handovers(self, before, handover):
        """Write down which of the tickets are with somebody else now.

        :param dict before: ticket → (closed, user, team) before the change
        :param handover: see ``Handover``
        """
        # sudo: helpdesk.ticket - who changed them may not see them any more
        moved = self.sudo().filtered(
            lambda ticket: (ticket.user_id, ticket.team_id) != before[ticket][1:]
        )
        if not moved:
            return
        since = moved._get_held_since()
        vals_list = [
            {
                **handover._prepare_values(),
                **ticket._prepare_handover(since.get(ticket.id), *before[ticket][1:]),
            }
            for ticket in moved
        ]
        self.env['helpdesk.ticket.handover'].sudo().create(vals_list)
        self.invalidate_recordset(['handover_count', 'held_since'])
        if handover.reason:
            moved._track_set_log_message(handover.reason)

    def _prepare_handover(self, since, user, team):
        """Return the values of the row that tells of a ticket's change of hands.

        :param since: since when it was where it was, None if it had been there from the start
        :param user: ``res.users`` who had it
        :param team: ``helpdesk.ticket.team`` that had it
        """
        now = fields.Datetime.now()
        return {
            'ticket_id': self.id,
            'date': now,
            'author_id': self.env.uid,
            'from_user_id': user.id,
            'to_user_id': self.user_id.id,
            'from_team_id': team.id,
            'to_team_id': self.team_id.id,
            'held_hours': self._get_working_hours(since or self.create_date, now),
        }

    def _raise_event(self, code, extra=None):
        """Override of `aftercare_helpdesk`: the new agent learns the reason too."""
        handover = self._get_handover()
        if code == 'ticket_assigned' and handover.reason:
            code = 'ticket_transferred'
            extra = {
                **(extra or {}),
                'reason': handover.reason,
                'author': self.env.user.name,
            }
        return super()._raise_event(code, extra)

    def _notification_filter_relevant(self, code):
        """Override of `aftercare_helpdesk`: what holds for assignments holds for transfers."""
        return super()._notification_filter_relevant(
            'ticket_assigned' if code == 'ticket_transferred' else code
        )
