from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

RATING_PAGE_DAYS = 30
RATING_PAGE_COMMENTS = 6
# A survey older than this is not brought up again, whenever the rule was switched on.
REMINDER_LIMIT_DAYS = 30
BATCH_SIZE = 200


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    rating_reminder_days = fields.Integer(
        string="Remind After",
        help="Days after which a customer who was asked for his opinion and did not answer is asked"
        " once more. 0 for never.",
    )
    is_rating_published = fields.Boolean(
        string="Public Page",
        copy=False,
        help="Everybody can see how satisfied the customers of the last 30 days were, and the"
        " comments you publish, without names.",
    )
    rating_page_url = fields.Char(compute='_compute_rating_page_url')

    _rating_reminder_days_positive = models.Constraint(
        'CHECK(rating_reminder_days >= 0)', "The days until a reminder cannot be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends('website_slug', 'is_rating_published')
    def _compute_rating_page_url(self):
        for team in self:
            is_public = team.is_rating_published and team.website_slug
            team.rating_page_url = is_public and f'/helpdesk/{team.website_slug}/ratings'

    # === ACTION METHODS === #

    def action_view_satisfaction(self):
        """Open the report, which also knows who did not answer, for the team."""
        self.ensure_one()
        return self.env['helpdesk.rating.report']._get_action(
            self.name, [('team_id', '=', self.id)]
        )

    def action_open_rating_page(self):
        """Open the public page of the team's ratings."""
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'url': self.rating_page_url, 'target': 'new'}

    # === BUSINESS METHODS: PUBLIC PAGE === #

    @api.model
    def _get_rating_page_domain(self, website):
        """Return the domain of the teams whose ratings a website shows."""
        return Domain('is_rating_published', '=', True) & Domain(
            'company_id', 'in', [False, website.company_id.id]
        )

    def _prepare_rating_page(self):
        """Return the shares of the faces and the published comments of the last weeks."""
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=RATING_PAGE_DAYS)
        # sudo: helpdesk.rating.report - the page shows numbers, and comments without names
        Report_sudo = self.env['helpdesk.rating.report'].sudo()
        domain = Domain(
            [('team_id', '=', self.id), ('is_rated', '=', True), ('rated_on', '>=', since)]
        )
        counts = dict(Report_sudo._read_group(domain, ['grade'], ['__count']))
        total = sum(counts.values())
        comments = Report_sudo.search(
            domain & Domain([('is_published', '=', True), ('feedback', '!=', False)]),
            order='rated_on desc',
            limit=RATING_PAGE_COMMENTS,
        )
        return {
            'total': total,
            'shares': self._get_rating_shares(counts),
            'comments': [
                {'grade': comment.grade, 'text': comment.feedback} for comment in comments
            ],
        }

    @api.model
    def _get_rating_shares(self, counts):
        """Return whole percentages that add up to a hundred, unless nobody has rated.

        :param dict counts: grade → number of ratings
        """
        grades = ('top', 'ok', 'ko')
        total = sum(counts.values())
        if not total:
            return dict.fromkeys(grades, 0)
        shares = {grade: 100 * counts.get(grade, 0) // total for grade in grades}
        # What rounding down has left goes to those who have lost most by it.
        losers = sorted(grades, key=lambda grade: -(100 * counts.get(grade, 0) % total))
        for grade in losers[: 100 - sum(shares.values())]:
            shares[grade] += 1
        return shares

    # === BUSINESS METHODS: REMINDER === #

    @api.model
    def _cron_remind_of_ratings(self):
        """Ask customers who did not answer once more, and never again."""
        IrCron = self.env['ir.cron']
        while ratings := self._find_ratings_to_remind_of(BATCH_SIZE):
            # Before anything else: whatever goes wrong, nobody is asked twice.
            ratings.reminder_date = fields.Datetime.now()
            tickets = self.env['helpdesk.ticket'].sudo().browse(ratings.mapped('res_id')).exists()
            tickets.filtered(lambda ticket: ticket._can_remind_of_rating())._raise_event(
                'ticket_rating_reminder'
            )
            is_last = len(ratings) < BATCH_SIZE
            if not IrCron._commit_progress(len(ratings), remaining=int(not is_last)) or is_last:
                break

    @api.model
    def _find_ratings_to_remind_of(self, limit):
        """Return the surveys that nobody has answered for as long as their team waits, sudoed."""
        # sudo: helpdesk.ticket.team, rating.rating - the scheduled action serves all teams
        teams_sudo = self.sudo().search([('rating_reminder_days', '>', 0)])
        now = fields.Datetime.now()
        domains = [
            Domain('parent_res_id', 'in', teams.ids)
            & Domain('create_date', '<=', now - timedelta(days=days))
            & Domain('create_date', '>', now - timedelta(days=days + REMINDER_LIMIT_DAYS))
            for days, teams in teams_sudo.grouped('rating_reminder_days').items()
        ]
        due = Domain(
            [
                ('res_model', '=', 'helpdesk.ticket'),
                ('parent_res_model', '=', self._name),
                ('consumed', '=', False),
                ('reminder_date', '=', False),
            ]
        ) & Domain.OR(domains)
        return self.env['rating.rating'].sudo().search(due, order='id', limit=limit)
