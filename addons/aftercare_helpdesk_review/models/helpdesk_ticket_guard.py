from odoo import api, models
from odoo.exceptions import AccessError

# Only the review writes these.
REVIEW_FIELDS = frozenset(
    (
        'review_state',
        'review_stage_id',
        'review_request_id',
        'review_user_ids',
        'review_missing',
        'review_team_id',
        'review_ids',
    )
)
# These follow the stage. Written directly, they would close a ticket that is open.
DERIVED_FIELDS = frozenset(('closed', 'is_cancelled'))
# Approvals are given for these: whoever changes them afterwards has to ask again.
REVIEWED_FIELDS = frozenset(('name', 'description', 'partner_id', 'type_id', 'category_id'))


class ReviewPass:
    """Allows to close certain tickets. An object, because no client can send one in a context."""

    def __init__(self, tickets):
        self.ids = frozenset(tickets.ids)


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # === COMPUTE METHODS === #

    @api.depends('team_id')
    def _compute_stage_id(self):
        """Override of `helpdesk_mgmt`: a ticket does not close by merely changing its team."""
        open_tickets = self.filtered(lambda ticket: ticket.stage_id and not ticket.stage_id.closed)
        result = super()._compute_stage_id()
        for ticket in open_tickets:
            if ticket.stage_id._is_solved() and ticket._get_review_team():
                stage = ticket.team_id._find_stage(lambda stage: not stage.closed)
                ticket.stage_id = stage or ticket.stage_id
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `aftercare_helpdesk`: a ticket that is born closed is reviewed first."""
        protected = {f'default_{name}' for name in REVIEW_FIELDS | DERIVED_FIELDS}
        context = {name: value for name, value in self.env.context.items() if name not in protected}
        for vals in vals_list:
            self._check_review_fields(vals)
        vals_list = [
            {name: value for name, value in vals.items() if name not in DERIVED_FIELDS}
            for vals in vals_list
        ]
        creating = self.with_env(self.env(context=context))
        tickets = super(HelpdeskTicket, creating).create(vals_list).with_env(self.env)
        for stage, born_closed in tickets.grouped('review_stage_id').items():
            if stage:
                born_closed._ask_for_review(stage)
        return tickets

    @api.model
    def _prepare_create_vals(self, vals_list):
        """Override of `aftercare_helpdesk`: open what may not be closed yet."""
        vals_list = super()._prepare_create_vals(vals_list)
        Stage = self.env['helpdesk.ticket.stage']
        Team = self.env['helpdesk.ticket.team']
        for vals in vals_list:
            stage = Stage.browse(vals['stage_id'])
            team = Team.browse(vals['team_id'] or ())
            if not stage._is_solved() or not team._is_reviewed():
                continue
            vals.update(
                review_stage_id=stage.id,
                stage_id=team._find_stage(lambda stage: not stage.closed).id,
                **self._get_initial_measures(False, bool(vals['user_id'])),
            )
            vals.pop('closed_date', None)
        return vals_list

    def write(self, vals):
        """Override of `aftercare_helpdesk`: whoever closes a reviewed ticket asks for review."""
        if self._has_review_pass():
            return super().write(vals)
        self._check_review_fields(vals)
        vals = {name: value for name, value in vals.items() if name not in DERIVED_FIELDS}
        stage = self._parse_stage(vals)
        team = self.env['helpdesk.ticket.team'].browse(vals.get('team_id') or ())
        held = self._filter_held(stage, team)
        if held:
            held.check_access('write')
            rest = {name: value for name, value in vals.items() if name != 'stage_id'}
            if others := self - held:
                others.write(vals)
            if rest:
                held.write(rest)
            held._ask_for_review(stage)
            return True
        if 'team_id' in vals:
            self.check_access('write')
            self._carry_review_team(team)
        pending = {ticket: ticket.stage_id for ticket in self._filter_in_review()}
        result = super().write(vals)
        for ticket, former_stage in pending.items():
            ticket._check_review_still_holds(vals, former_stage)
        return result

    @api.model
    def _check_review_fields(self, vals):
        """Refuse values only the review itself may write.

        :raises AccessError: if there is one
        """
        if not REVIEW_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._("Reviews are decided by the buttons on the ticket, not by writing.")
            )

    @api.model
    def _parse_stage(self, vals):
        """Return the stage that values would move a ticket to."""
        field = self._fields['stage_id']
        stage_id = vals.get('stage_id') and field.convert_to_cache(vals['stage_id'], self)
        return self.env['helpdesk.ticket.stage'].browse(stage_id or ())

    # === BUSINESS METHODS === #

    def _has_review_pass(self):
        """Tell whether the review has allowed to write to exactly these tickets."""
        review_pass = self.env.context.get('aftercare_helpdesk_review_pass')
        return isinstance(review_pass, ReviewPass) and review_pass.ids.issuperset(self.ids)

    def _with_review_pass(self):
        """Return the tickets such that the review's own fields, and the stage, can be written."""
        # sudo: helpdesk.ticket - a reviewer may decide without being allowed to write
        return self.sudo().with_context(aftercare_helpdesk_review_pass=ReviewPass(self))

    def _filter_held(self, stage, team):
        """Return the tickets that may not move to a stage without a review.

        :param team: the ``helpdesk.ticket.team`` they are moved to at the same time, if any
        """
        if not stage._is_solved():
            return self.browse()
        return self.filtered(
            lambda ticket: (
                not ticket.stage_id._is_solved()
                and (team._is_reviewed() or ticket._get_review_team())
            )
        )

    def _get_review_team(self):
        """Return the team whose reviewers decide on closing the ticket, or none."""
        self.ensure_one()
        if self.team_id._is_reviewed():
            return self.team_id
        # sudo: helpdesk.ticket - the former team's rule holds for who does not see that team
        kept = self.sudo().review_team_id
        return kept if kept._is_reviewed() else kept.browse()

    def _carry_review_team(self, team):
        """Let the present team's rule go along with tickets that move to another team.

        Otherwise anybody could send a ticket away to close it there. A manager, and a reviewer
        whose own work it is not, may release it.

        :param team: the ``helpdesk.ticket.team`` they are about to move to
        """
        user = self.env.user
        is_manager = user.has_group('helpdesk_mgmt.group_helpdesk_manager')
        for ticket in self.filtered(lambda ticket: ticket.team_id != team):
            former_sudo = ticket._get_review_team().sudo()
            reviewers = former_sudo.review_user_ids or former_sudo.user_id
            is_free = is_manager or (user != ticket.user_id and user in reviewers)
            is_kept = not is_free and not team._is_reviewed()
            kept = former_sudo if is_kept else former_sudo.browse()
            if ticket.sudo().review_team_id != kept:
                ticket._with_review_pass().review_team_id = kept
