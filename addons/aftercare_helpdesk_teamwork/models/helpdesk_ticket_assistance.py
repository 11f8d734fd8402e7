from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class HelpdeskTicketAssistance(models.Model):
    """A colleague is asked for help with a ticket, and sees this ticket as long as he helps."""

    _name = 'helpdesk.ticket.assistance'
    _description = "Ticket Assistance"
    _order = 'state desc, id desc'
    _rec_name = 'ticket_id'

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, readonly=True, ondelete='cascade'
    )
    user_id = fields.Many2one(
        comodel_name='res.users',
        string="Helper",
        required=True,
        readonly=True,
        ondelete='cascade',
    )
    requester_id = fields.Many2one(
        comodel_name='res.users', string="Asked By", readonly=True, ondelete='set null', index=True
    )
    question = fields.Text(required=True, readonly=True)
    answer = fields.Text(readonly=True)
    state = fields.Selection(
        selection=[('done', "Done"), ('open', "Open"), ('withdrawn', "Withdrawn")],
        required=True,
        readonly=True,
        default='open',
    )
    date_closed = fields.Datetime(string="Closed On", readonly=True)
    activity_id = fields.Many2one(
        comodel_name='mail.activity', readonly=True, ondelete='set null', index='btree_not_null'
    )
    is_invited = fields.Boolean(
        readonly=True, help="Follows the ticket because of the request, not of his own accord."
    )
    can_withdraw = fields.Boolean(compute='_compute_can_withdraw')
    is_mine = fields.Boolean(compute='_compute_is_mine')

    _open_unique = models.UniqueIndex(
        "(ticket_id, user_id) WHERE state = 'open'", "This colleague is asked already."
    )
    _ticket_idx = models.Index('(ticket_id, state)')
    _user_idx = models.Index('(user_id, state)')

    # === COMPUTE METHODS === #

    @api.depends('requester_id', 'ticket_id.user_id', 'ticket_id.team_id.user_id', 'state')
    @api.depends_context('uid')
    def _compute_can_withdraw(self):
        user = self.env.user
        is_manager = user.has_group('helpdesk_mgmt.group_helpdesk_manager')
        for assistance in self:
            ticket = assistance.ticket_id
            people = assistance.requester_id | ticket.user_id | ticket.team_id.user_id
            assistance.can_withdraw = assistance.state == 'open' and (is_manager or user in people)

    @api.depends('user_id')
    @api.depends_context('uid')
    def _compute_is_mine(self):
        for assistance in self:
            assistance.is_mine = assistance.user_id == self.env.user

    # === ACTION METHODS === #

    def action_answer(self):
        """Let the helper say what came of it."""
        self.ensure_one()
        self._check_answer()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Answer %(name)s", name=self.requester_id.name or ''),
            'res_model': 'helpdesk.ticket.assistance.answer',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_assistance_id': self.id, 'dialog_size': 'medium'},
        }

    def action_withdraw(self):
        """Do without the help; who was invited for it does not see the ticket any more.

        :raises AccessError: if it is not up to the user
        """
        self.check_access('read')
        if not all(assistance.can_withdraw for assistance in self if assistance.state == 'open'):
            raise AccessError(
                self.env._("Only who has asked, the ticket's agent and his leader can withdraw it.")
            )
        self._withdraw()
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _request(self, ticket, users, question):
        """Ask colleagues for help with a ticket.

        :param ticket: ``helpdesk.ticket``, which the user may change
        :param users: ``res.users`` who are asked
        :param str question: what they shall help with
        :return: the new requests
        """
        ticket.check_access('write')
        self._check_request(ticket, users, question)
        # sudo: helpdesk.ticket - who may change a ticket may show it to colleagues
        ticket_sudo = ticket.sudo()
        following = ticket_sudo.message_partner_ids
        invited_before = self.sudo().search(
            [('ticket_id', '=', ticket.id), ('user_id', 'in', users.ids), ('is_invited', '=', True)]
        )
        ticket_sudo.message_subscribe(partner_ids=users.partner_id.ids)
        requests = self.sudo().create(
            [
                {
                    'ticket_id': ticket.id,
                    'user_id': user.id,
                    'requester_id': self.env.uid,
                    'question': question,
                    'is_invited': user.partner_id not in following
                    or user in invited_before.user_id,
                }
                for user in users
            ]
        )
        requests._schedule_activities()
        return requests.sudo(False)

    def _schedule_activities(self):
        """Remind the helpers, in whose list of activities the requests appear."""
        for request in self:
            request.activity_id = request.ticket_id.activity_schedule(
                'aftercare_helpdesk_teamwork.mail_activity_type_assistance',
                summary=self.env._("%(name)s asks for help", name=self.env.user.name),
                note=request.question,
                user_id=request.user_id.id,
            )

    @api.model
    def _check_request(self, ticket, users, question):
        """Refuse requests that make no sense or would show the ticket to a stranger."""
        if not users or not (question or '').strip():
            raise UserError(self.env._("Choose whom you ask, and say what about."))
        if ticket.closed:
            raise UserError(self.env._("%(number)s is closed.", number=ticket.number))
        if users & (self.env.user | ticket.user_id):
            raise UserError(self.env._("Ask somebody who does not work on the ticket already."))
        for user in users:
            if not user._can_handle_tickets(ticket.company_id):
                raise UserError(
                    self.env._(
                        "%(agent)s cannot handle %(number)s.",
                        agent=user.name,
                        number=ticket.number,
                    )
                )
        self._check_not_asked(ticket, users)

    @api.model
    def _check_not_asked(self, ticket, users):
        # sudo: helpdesk.ticket.assistance - all that are open, to tell who is asked already
        asked = self.sudo().search(
            [
                ('ticket_id', '=', ticket.id),
                ('user_id', 'in', users.ids),
                ('state', '=', 'open'),
            ]
        )
        if asked:
            raise UserError(
                self.env._(
                    "%(names)s: asked already.", names=", ".join(asked.user_id.mapped('name'))
                )
            )

    def _check_answer(self):
        if self.user_id != self.env.user:
            raise AccessError(self.env._("Only the colleague who was asked can answer."))
        if self.state != 'open':
            raise UserError(self.env._("This request is closed already."))

    def _answer(self, answer):
        """Close the request with the helper's answer and tell who has asked.

        :param str answer: what came of it
        """
        self.ensure_one()
        self.check_access('read')
        self._check_answer()
        # sudo: helpdesk.ticket.assistance - requests change by answers and withdrawals only
        request_sudo = self.sudo()
        if request_sudo.activity_id:
            # Which closes the request.
            request_sudo.activity_id.action_feedback(feedback=answer)
        else:
            request_sudo._set_done(answer)

    def _set_done(self, answer):
        """Hook called when the work is done, by the answer or by ticking off the activity."""
        self.write({'state': 'done', 'answer': answer, 'date_closed': fields.Datetime.now()})
        for request in self.filtered(lambda request: request.requester_id != self.env.user):
            request.ticket_id.message_notify(
                partner_ids=request.requester_id.partner_id.ids,
                author_id=self.env.user.partner_id.id,
                subject=self.env._("Help with %(number)s", number=request.ticket_id.number),
                body=answer or self.env._("Done."),
            )

    def _close_own(self):
        """Close the requests of a helper who has closed the ticket himself."""
        activities = self.activity_id
        self.write({'state': 'done', 'date_closed': fields.Datetime.now()})
        activities.unlink()

    def _withdraw(self):
        """End open requests without an answer, and the access that came with them."""
        # sudo: helpdesk.ticket.assistance - requests change by answers and withdrawals only
        open_sudo = self.sudo().filtered(lambda request: request.state == 'open')
        activities = open_sudo.activity_id
        open_sudo.write({'state': 'withdrawn', 'date_closed': fields.Datetime.now()})
        activities.unlink()
        for request in open_sudo.filtered('is_invited'):
            ticket = request.ticket_id
            has_helped = ticket.assistance_ids.filtered(
                lambda other, user=request.user_id: (
                    other.user_id == user and other.state != 'withdrawn'
                )
            )
            if ticket.user_id != request.user_id and not has_helped:
                ticket.message_unsubscribe(request.user_id.partner_id.ids)
