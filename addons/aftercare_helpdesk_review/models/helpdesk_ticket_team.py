from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    review_mode = fields.Selection(
        selection=[
            ('automatic', "At once"),
            ('one', "When one reviewer agrees"),
            ('several', "When several reviewers agree"),
            ('all', "When all reviewers agree"),
        ],
        string="Tickets Close",
        default='automatic',
        required=True,
        help="Who has to agree before a ticket of the team is closed as solved. "
        "Cancelling a ticket, and the customer's own closing in the portal, need nobody.",
    )
    review_user_ids = fields.Many2many(
        comodel_name='res.users',
        relation='helpdesk_ticket_team_review_user_rel',
        string="Reviewers",
        domain=lambda self: [
            ('share', '=', False),
            ('all_group_ids', 'in', self.env.ref('helpdesk_mgmt.group_helpdesk_user_own').ids),
        ],
        help="The team leader if left empty. Nobody reviews his own ticket: where nobody else is "
        "left, the leader and then the helpdesk managers are asked.",
    )
    review_count = fields.Integer(
        string="Approvals Needed", default=2, help="How many of the reviewers must agree."
    )

    _review_count_positive = models.Constraint(
        'CHECK(review_count > 0)', "At least one approval is needed."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('review_mode', 'review_count', 'review_user_ids')
    def _check_review_count(self):
        for team in self:
            reviewers = len(team.sudo().review_user_ids)
            if team.review_mode == 'several' and team.review_count > reviewers:
                raise ValidationError(
                    self.env._(
                        "%(team)s needs %(count)s approvals, but has %(reviewers)s reviewers.",
                        team=team.name,
                        count=team.review_count,
                        reviewers=reviewers,
                    )
                )

    # === BUSINESS METHODS === #

    def _is_reviewed(self):
        """Tell whether somebody reviews the tickets of the team before they are closed."""
        # sudo: helpdesk.ticket.team - the rule holds for who does not see the team
        return bool(self) and self.sudo().review_mode != 'automatic'

    def _choose_reviewers(self, authors, company):
        """Return who is asked to review a ticket, and how many of them must agree.

        :param authors: ``res.users`` whose work is reviewed, or who may have no part in it
        :param company: ``res.company`` of the ticket
        :return: tuple of (``res.users``, number of approvals)
        """
        # sudo: res.users - who reviews does not depend on who asks
        team_sudo = self.sudo()
        named = team_sudo.review_user_ids.filtered('active') - authors
        if named:
            count = {'one': 1, 'several': team_sudo.review_count}
            return named, min(count.get(team_sudo.review_mode, len(named)), len(named))
        leader = team_sudo.user_id.filtered('active') - authors
        if leader:
            return leader, 1
        managers = self._get_managers(company)
        # A manager who is alone decides on his own work rather than nobody.
        return managers - authors or managers, 1

    @api.model
    def _get_managers(self, company):
        """Return the helpdesk managers of a company."""
        # sudo: res.groups - who manages is no secret
        managers = self.env.ref('helpdesk_mgmt.group_helpdesk_manager').sudo().all_user_ids
        return managers.filtered(
            lambda user: (
                user.active
                and not user.share
                and not user._is_superuser()
                and company in user.company_ids
            )
        )
