from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

STAFF = 'base.group_user'
ORDERS = {
    'votes': 'suggestion_vote_count desc nulls last, id desc',
    'newest': 'suggestion_publish_date desc, id desc',
}


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    suggestion_state = fields.Selection(
        selection=[
            ('open', "Under consideration"),
            ('planned', "Planned"),
            ('done', "Done"),
            ('declined', "Declined"),
        ],
        string="Decision",
        compute='_compute_suggestion_state',
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        group_expand=True,
        help="The customer is told of each decision once.",
    )
    suggestion_answer = fields.Text(
        string="Answer on the Suggestion",
        copy=False,
        groups=STAFF,
        help="Mailed to the customer with the decision. It is not published.",
    )
    suggestion_told_state = fields.Char(copy=False, readonly=True, groups=STAFF)
    suggestion_is_public = fields.Boolean(
        string="Published",
        copy=False,
        tracking=True,
        help="Everybody sees the public title and text, the decision and the votes; nothing else"
        " of the ticket.",
    )
    suggestion_publish_date = fields.Datetime(
        string="Published On",
        compute='_compute_suggestion_publish_date',
        store=True,
        copy=False,
    )
    suggestion_public_title = fields.Char(
        string="Public Title",
        copy=False,
        help="In words that do not tell who has made the suggestion.",
    )
    suggestion_public_text = fields.Text(string="Public Text", copy=False)
    suggestion_vote_ids = fields.One2many(
        comodel_name='helpdesk.suggestion.vote',
        inverse_name='ticket_id',
        string="Voters",
        readonly=True,
        groups=STAFF,
    )
    suggestion_vote_count = fields.Integer(string="Votes", copy=False, readonly=True)

    # === COMPUTE METHODS === #

    @api.depends('ticket_kind')
    def _compute_suggestion_state(self):
        for ticket in self:
            state = ticket.suggestion_state
            if not state and ticket.ticket_kind == 'suggestion':
                state = 'open'
            ticket.suggestion_state = state

    @api.depends('suggestion_is_public')
    def _compute_suggestion_publish_date(self):
        for ticket in self:
            date = ticket.suggestion_publish_date
            if ticket.suggestion_is_public and not date:
                date = fields.Datetime.now()
            ticket.suggestion_publish_date = date

    # === CONSTRAINT METHODS === #

    @api.constrains('suggestion_state', 'suggestion_answer')
    def _check_suggestion_answer(self):
        for ticket in self.sudo():
            answer = (ticket.suggestion_answer or '').strip()
            if ticket.suggestion_state == 'declined' and not answer:
                raise ValidationError(
                    self.env._(
                        "%(number)s: tell the customer why the suggestion is declined, under"
                        " “Answer on the Suggestion”.",
                        number=ticket.number,
                    )
                )

    @api.constrains('suggestion_is_public', 'suggestion_public_title', 'type_id')
    def _check_suggestion_public(self):
        for ticket in self.filtered('suggestion_is_public'):
            if ticket.ticket_kind != 'suggestion':
                raise ValidationError(
                    self.env._(
                        "%(number)s is published: only suggestions can be.", number=ticket.number
                    )
                )
            if not (ticket.suggestion_public_title or '').strip():
                raise ValidationError(
                    self.env._(
                        "%(number)s: write a public title before you publish the suggestion.",
                        number=ticket.number,
                    )
                )

    # === ACTION METHODS === #

    def action_view_votes(self):
        """List who has voted for the suggestion."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_helpdesk_complaint.helpdesk_suggestion_vote_action'
        )
        return {**action, 'domain': [('ticket_id', '=', self.id)]}

    def action_open_public_suggestion(self):
        """Show the suggestion as visitors see it."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_url',
            'url': f'/suggestions/{self.id}',
            'target': 'new',
        }

    # === BUSINESS METHODS: DECISION === #

    def _get_decisions(self, vals):
        """Return what had been decided before a write: dict of ticket → state."""
        if 'suggestion_state' not in vals:
            return {}
        return {ticket: ticket.suggestion_state for ticket in self}

    def _tell_decisions(self, before):
        """Tell the customers what has been decided since, each decision once.

        :param dict before: see ``_get_decisions``
        """
        # sudo: helpdesk.ticket - what was told is nobody's to write
        decided = self.sudo().filtered(
            lambda ticket: (
                ticket in before
                and ticket.ticket_kind == 'suggestion'
                and ticket.suggestion_state in ('planned', 'done', 'declined')
                and ticket.suggestion_state not in (before[ticket], ticket.suggestion_told_state)
            )
        )
        decided._raise_event(
            'suggestion_decided',
            {
                ticket.id: {
                    'state': ticket.suggestion_state,
                    'answer': ticket.suggestion_answer or '',
                }
                for ticket in decided
            },
        )
        for state, tickets in decided.grouped('suggestion_state').items():
            tickets.with_context(tracking_disable=True).suggestion_told_state = state

    # === BUSINESS METHODS: THE PUBLIC === #

    @api.model
    def _get_public_suggestion_domain(self, website):
        """Return the domain of the suggestions a website shows to everybody."""
        return (
            Domain('ticket_kind', '=', 'suggestion')
            & Domain('suggestion_is_public', '=', True)
            & Domain('active', '=', True)
            & Domain('company_id', '=', website.company_id.id)
        )

    @api.model
    def _get_public_search_domain(self, search):
        """Return the domain of the suggestions in whose public words all those searched occur."""
        return Domain.AND(
            [
                Domain('suggestion_public_title', 'ilike', word)
                | Domain('suggestion_public_text', 'ilike', word)
                for word in (search or '').split()
            ]
        )

    def _prepare_public_suggestions(self, user):
        """Return what everybody may see of the suggestions, and nothing else of the tickets.

        :param user: the ``res.users`` who looks, whose own votes are marked
        :return: list of dicts, in order
        """
        # sudo: helpdesk.ticket - published by an employee, in words of its own
        tickets_sudo = self.sudo()
        states = dict(self._fields['suggestion_state']._description_selection(self.env))
        voted = self._get_voted(user)
        return [
            {
                'id': ticket.id,
                'url': f'/suggestions/{ticket.id}',
                'title': ticket.suggestion_public_title,
                'text': ticket.suggestion_public_text or '',
                'date': ticket.suggestion_publish_date,
                'state': ticket.suggestion_state,
                'state_label': states.get(ticket.suggestion_state),
                'votes': ticket.suggestion_vote_count,
                'is_voted': ticket.id in voted,
            }
            for ticket in tickets_sudo
        ]

    def _get_voted(self, user):
        """Return the ids of the suggestions the user's company has voted for."""
        if user._is_public():
            return set()
        # sudo: helpdesk.suggestion.vote - the customer's own votes
        votes_sudo = (
            self.env['helpdesk.suggestion.vote']
            .sudo()
            .search_fetch(
                [
                    ('ticket_id', 'in', self.ids),
                    ('partner_id', '=', user.sudo().commercial_partner_id.id),
                ],
                ['ticket_id'],
            )
        )
        return set(votes_sudo.ticket_id.ids)

    def _vote(self, user):
        """Count the vote of the user's company, once whatever happens at the same time.

        Nothing is voted for any more that is done or declined.
        """
        self.ensure_one()
        if self.suggestion_state in ('done', 'declined'):
            return
        partner = user.sudo().commercial_partner_id
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO helpdesk_suggestion_vote
                       (ticket_id, partner_id, create_uid, write_uid, create_date, write_date)
                VALUES (%(ticket)s, %(partner)s, %(user)s, %(user)s, now() AT TIME ZONE 'UTC',
                        now() AT TIME ZONE 'UTC')
                    ON CONFLICT DO NOTHING RETURNING id
                """,
                ticket=self.id,
                partner=partner.id,
                user=user.id,
            )
        )
        if rows:
            self._count_votes()

    def _unvote(self, user):
        """Take the vote of the user's company back."""
        self.ensure_one()
        # sudo: helpdesk.suggestion.vote - the customer's own vote
        self.env['helpdesk.suggestion.vote'].sudo().search(
            [
                ('ticket_id', '=', self.id),
                ('partner_id', '=', user.sudo().commercial_partner_id.id),
            ]
        ).unlink()

    def _count_votes(self):
        """Store the numbers of votes.

        The row of the suggestion is written: of two who vote at the same moment, the second is
        refused by the database, tried again, and sees the first one's vote.
        """
        if not self.ids:
            return
        self.flush_recordset()
        self.env['helpdesk.suggestion.vote'].flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE helpdesk_ticket ticket
                   SET suggestion_vote_count = (
                       SELECT count(*) FROM helpdesk_suggestion_vote
                        WHERE ticket_id = ticket.id)
                 WHERE id = ANY(%s) RETURNING id
                """,
                list(self.ids),
            )
        )
        self.invalidate_recordset(['suggestion_vote_count', 'suggestion_vote_ids'], flush=False)
