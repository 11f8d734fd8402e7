from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    review_state = fields.Selection(
        selection=[
            ('none', "Not reviewed"),
            ('pending', "Under review"),
            ('approved', "Approved"),
            ('refused', "Returned"),
        ],
        string="Review",
        default='none',
        copy=False,
        readonly=True,
    )
    review_stage_id = fields.Many2one(
        comodel_name='helpdesk.ticket.stage',
        string="To Close In",
        copy=False,
        readonly=True,
        help="The stage the ticket moves to once it is approved.",
    )
    review_request_id = fields.Many2one(
        comodel_name='helpdesk.ticket.review', copy=False, readonly=True, index='btree_not_null'
    )
    review_asked_by_id = fields.Many2one(
        related='review_request_id.asked_by_id', string="Review Asked By"
    )
    review_user_ids = fields.Many2many(
        comodel_name='res.users',
        relation='helpdesk_ticket_review_user_rel',
        string="Reviewers",
        copy=False,
        readonly=True,
        help="Who is asked and has not decided yet.",
    )
    review_missing = fields.Integer(string="Missing Approvals", copy=False, readonly=True)
    review_team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team',
        string="Reviewed By Team",
        copy=False,
        readonly=True,
        help="The team whose rule about closing the ticket still follows, though it has left it.",
    )
    review_ids = fields.One2many(
        comodel_name='helpdesk.ticket.review',
        inverse_name='ticket_id',
        string="Reviews",
        readonly=True,
    )
    is_review_needed = fields.Boolean(compute='_compute_is_review_needed')
    can_review = fields.Boolean(
        string="To Review", compute='_compute_can_review', search='_search_can_review'
    )
    is_closing_wished = fields.Boolean(compute='_compute_is_closing_wished', compute_sudo=True)

    _in_review_idx = models.Index("(id) WHERE review_state = 'pending'")

    # === COMPUTE METHODS === #

    @api.depends('team_id.review_mode', 'review_team_id', 'stage_id')
    def _compute_is_review_needed(self):
        for ticket in self:
            ticket.is_review_needed = not ticket.closed and bool(ticket._get_review_team())

    @api.depends('review_state', 'review_user_ids', 'user_id')
    @api.depends_context('uid')
    def _compute_can_review(self):
        for ticket in self:
            ticket.can_review = ticket._is_in_review() and not ticket._get_review_obstacle()

    def _search_can_review(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('review_state', '=', 'pending') & Domain(
            'review_user_ids', 'in', self.env.uid
        )

    @api.depends('review_state')
    def _compute_is_closing_wished(self):
        """Whether the customer himself has asked to close, by the link of a mail."""
        for ticket in self:
            ticket.is_closing_wished = (
                ticket.review_state == 'pending' and ticket.review_asked_by_id.share
            )

    # === ACTION METHODS === #

    def action_approve_review(self):
        """Open the dialog in which a reviewer agrees to close the tickets."""
        return self._get_decide_action('approved', self.env._("Approve and Close"))

    def action_refuse_review(self):
        """Open the dialog in which a reviewer gives the tickets back."""
        return self._get_decide_action('refused', self.env._("Return to the Agent"))

    def action_withdraw_review(self):
        """Go on working on tickets that were meant to be closed."""
        self.check_access('write')
        self._filter_in_review()._withdraw_review()
        return True

    def _get_decide_action(self, decision, name):
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': 'helpdesk.ticket.review.decide',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_ticket_ids': self.ids, 'default_decision': decision},
        }

    # === BUSINESS METHODS === #

    def _is_in_review(self):
        """Tell whether the work is done as far as the agent is concerned: a reviewer has it.

        For clocks and counters that should not blame the agent meanwhile.
        """
        self.ensure_one()
        return self.review_state == 'pending'

    def _filter_in_review(self):
        return self.filtered(lambda ticket: ticket._is_in_review())

    def _ask_for_review(self, stage):
        """Have the reviewers decide whether the tickets may move to a closing stage.

        A reviewer who closes a ticket that waits for him agrees by that.

        :param stage: the ``helpdesk.ticket.stage`` that was asked for
        """
        for ticket in self:
            if ticket._is_in_review():
                if ticket.review_stage_id == stage:
                    if ticket.can_review:
                        ticket._decide_review('approved')
                    continue
                ticket._withdraw_review()
            ticket._open_review(stage, self.env.user)
        asked = self._filter_in_review()
        if asked and self.env.user._is_internal():
            self.env.user._bus_send(
                'simple_notification',
                {
                    'type': 'info',
                    'title': self.env._("Sent for review"),
                    'message': self.env._(
                        "%(names)s will decide whether the ticket can be closed.",
                        names=format_list(self.env, asked.sudo().review_user_ids.mapped('name')),
                    ),
                },
            )

    def _open_review(self, stage, asked_by, comment=None):
        """Start a round of review.

        :param stage: the ``helpdesk.ticket.stage`` to close the ticket in
        :param asked_by: ``res.users`` who wants to close it
        """
        self.ensure_one()
        ticket_sudo = self._with_review_pass()
        reviewers, missing = self._get_review_team()._choose_reviewers(
            asked_by | ticket_sudo.user_id | ticket_sudo._get_users_kept_out(),
            ticket_sudo.company_id,
        )
        # sudo: helpdesk.ticket.review - nobody may write the history but the review itself
        request = (
            self.env['helpdesk.ticket.review']
            .sudo()
            .create(
                {
                    'ticket_id': self.id,
                    'decision': 'asked',
                    'asked_by_id': asked_by.id,
                    'agent_id': ticket_sudo.user_id.id,
                    'stage_id': stage.id,
                    'comment': comment,
                }
            )
        )
        ticket_sudo.write(
            {
                'review_state': 'pending',
                'review_stage_id': stage.id,
                'review_request_id': request.id,
                'review_user_ids': [fields.Command.set(reviewers.ids)],
                'review_missing': missing,
            }
        )
        ticket_sudo._message_log(
            body=self.env._(
                "%(name)s asks to close the ticket as “%(stage)s”.",
                name=asked_by.sudo().name,
                stage=stage.name,
            )
        )
        # Whoever asks again has done what he was asked for.
        ticket_sudo.activity_unlink(['aftercare_helpdesk_review.mail_activity_type_returned'])
        ticket_sudo._schedule_review(
            'mail_activity_type_review',
            reviewers,
            self.env._("Can %(number)s be closed?", number=self.number),
        )

    def _schedule_review(self, activity_type, users, summary, note=None):
        for user in users:
            self.activity_schedule(
                f'aftercare_helpdesk_review.{activity_type}',
                user_id=user.id,
                summary=summary,
                note=note,
            )
