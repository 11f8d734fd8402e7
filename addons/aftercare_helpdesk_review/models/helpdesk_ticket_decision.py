from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import SQL, plaintext2html

from .helpdesk_ticket_guard import REVIEWED_FIELDS


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # === DECISION === #

    def _get_review_authors(self):
        """Return the users whose own work is under review."""
        self.ensure_one()
        return self.sudo().review_request_id._get_authors() | self.user_id

    def _get_review_obstacle(self):
        """Return why the user may not decide on the ticket, or False if he may."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        user = self.env.user
        if ticket_sudo.review_state != 'pending':
            return self.env._("Ticket %(number)s is not under review.", number=self.number)
        asked = ticket_sudo.review_user_ids.filtered('active')
        managers = ticket_sudo.team_id._get_managers(ticket_sudo.company_id)
        authors = ticket_sudo._get_review_authors()
        if user in authors and (asked | managers) - authors:
            return self.env._("You cannot review your own work on %(number)s.", number=self.number)
        if user not in asked | managers:
            return self.env._("You are not asked to review %(number)s.", number=self.number)
        return False

    def _decide_review(self, decision, comment=None, is_final=False):
        """Agree to close the ticket, or give it back.

        :param str decision: 'approved' or 'refused'
        :param str comment: required to refuse
        :param bool is_final: a manager decides for all who are still asked
        :raises AccessError: if the user may not decide
        :raises UserError: if somebody else has decided meanwhile
        """
        self.ensure_one()
        self.check_access('read')
        comment = (comment or '').strip()
        if obstacle := self._get_review_obstacle():
            raise AccessError(obstacle)
        if decision == 'refused' and not comment:
            raise UserError(self.env._("Please tell the agent what is missing."))
        self._lock_review()
        ticket_sudo = self._with_review_pass()
        ticket_sudo.review_request_id._record(decision, comment)
        if decision == 'refused':
            return ticket_sudo._return_to_agent(comment)
        user = self.env.user
        is_final = user not in ticket_sudo.review_user_ids or (
            is_final and user.has_group('helpdesk_mgmt.group_helpdesk_manager')
        )
        remaining = (ticket_sudo.review_user_ids - user).filtered('active')
        missing = 0 if is_final else min(ticket_sudo.review_missing - 1, len(remaining))
        ticket_sudo._unlink_review_activities(user)
        ticket_sudo._log_decision(self.env._("%(name)s has approved.", name=user.name), comment)
        if missing > 0:
            ticket_sudo.write(
                {
                    'review_user_ids': [fields.Command.unlink(user.id)],
                    'review_missing': missing,
                }
            )
        else:
            ticket_sudo._close_reviewed()
        return True

    def _lock_review(self):
        """Let one reviewer decide after the other, each knowing what the other has decided.

        The row is written, not only locked: who comes second is refused by the database and tried
        again, because his transaction would not see the first one's decision.
        """
        self.flush_recordset(['review_state', 'review_request_id', 'review_missing'])
        rows = self.env.execute_query(
            SQL(
                "UPDATE helpdesk_ticket SET review_missing = review_missing"
                " WHERE id = %s AND review_state = 'pending' RETURNING id",
                self.id,
            )
        )
        if not rows:
            raise UserError(self.env._("Somebody else has just decided. Please reload the ticket."))

    def _close_reviewed(self):
        """Move the approved ticket to the stage that was asked for."""
        stage = self.review_stage_id or self.team_id._find_stage(lambda stage: stage._is_solved())
        self._end_review('approved')
        self.stage_id = stage

    def _return_to_agent(self, comment):
        """Give a ticket back to who wanted to close it, without the customer noticing."""
        user = self.env.user
        agent = (self.user_id or self.review_asked_by_id).filtered(
            lambda agent: agent.active and not agent.share and not agent._is_superuser()
        )
        self._end_review('refused')
        self._log_decision(self.env._("%(name)s has returned the ticket.", name=user.name), comment)
        self._schedule_review(
            'mail_activity_type_returned',
            agent or self.team_id.user_id,
            self.env._("Not to be closed yet"),
            plaintext2html(comment),
        )
        return True

    def _withdraw_review(self, comment=None):
        """Take the wish to close the tickets back."""
        for ticket in self:
            ticket_sudo = ticket._with_review_pass()
            ticket_sudo.review_request_id._record('withdrawn', comment)
            ticket_sudo._end_review('none')
            ticket_sudo._log_decision(self.env._("The review was withdrawn."), comment)

    def _end_review(self, state):
        self._unlink_review_activities()
        self.write(
            {
                'review_state': state,
                'review_stage_id': False,
                'review_user_ids': [fields.Command.clear()],
                'review_missing': 0,
            }
        )

    def _unlink_review_activities(self, user=None):
        self.activity_unlink(
            ['aftercare_helpdesk_review.mail_activity_type_review'], user_id=user and user.id
        )

    def _log_decision(self, text, comment):
        body = plaintext2html(f'{text}\n{comment}' if comment else text)
        self._message_log(body=body, author_id=self.env.user.partner_id.id)

    # === WHAT ENDS A REVIEW === #

    def _check_review_still_holds(self, vals, former_stage):
        """Withdraw the review, or start it again, if the ticket is another one now.

        :param dict vals: what was written
        :param former_stage: the ``helpdesk.ticket.stage`` in which it was to be reviewed
        """
        self.ensure_one()
        if not self._is_in_review():
            return
        if self.stage_id != former_stage:
            self._withdraw_review(self.env._("The ticket was moved to another stage."))
        elif 'team_id' in vals and not self._get_review_team():
            self._withdraw_review(self.env._("The ticket was moved to another team."))
        elif not REVIEWED_FIELDS.isdisjoint(vals) and self._has_approval():
            request_sudo = self.sudo().review_request_id
            stage, asked_by = request_sudo.stage_id, request_sudo.asked_by_id
            self._withdraw_review()
            self._open_review(
                stage, asked_by, self.env._("The ticket was changed after it had been approved.")
            )

    def _has_approval(self):
        """Tell whether one of several reviewers has agreed already."""
        request_sudo = self.sudo().review_request_id
        return 'approved' in self.sudo().review_ids.filtered(
            lambda step: step.request_id == request_sudo
        ).mapped('decision')

    def _on_close(self, stamps):
        """Override of `aftercare_helpdesk`: nobody decides on what the customer has closed."""
        self._filter_in_review()._withdraw_review(self.env._("The ticket was closed otherwise."))
        return super()._on_close(stamps)

    def _on_reopen(self):
        """Override of `aftercare_helpdesk`: what was approved is not approved for ever."""
        self._filter_in_review()._withdraw_review(self.env._("The ticket was opened again."))
        reviewed = self.filtered(lambda ticket: ticket.review_state != 'none')
        reviewed._with_review_pass().review_state = 'none'
        return super()._on_reopen()

    def _on_customer_message(self, message):
        """Override of `aftercare_helpdesk`: a ticket is not done while its customer talks."""
        result = super()._on_customer_message(message)
        self.sudo()._filter_in_review()._withdraw_review(self.env._("The customer has written."))
        return result

    def _close_by_customer(self, stage):
        """Override of `aftercare_helpdesk`: it is the customer's own decision.

        Only that of a customer who has logged in: the link of a mail is known to agents, too.
        Who comes by it asks the reviewers.
        """
        # The route acts as the superuser: what matters is who sent the request.
        user = request.env.user if request else self.env.user
        ticket_sudo = self.with_user(user).sudo()
        if user._is_portal() and self._is_customer(user.partner_id):
            ticket_sudo = ticket_sudo._with_review_pass()
        return super(HelpdeskTicket, ticket_sudo)._close_by_customer(stage)
