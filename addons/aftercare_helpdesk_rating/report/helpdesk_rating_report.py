from odoo import api, fields, models
from odoo.addons.rating.models import rating_data
from odoo.exceptions import UserError
from odoo.tools import SQL


class HelpdeskRatingReport(models.Model):
    """One survey about a ticket: who was asked, and what was answered, if anything."""

    _name = 'helpdesk.rating.report'
    _description = 'Customer Satisfaction'
    _auto = False
    _order = 'rated_on desc nulls last, id desc'
    _rec_name = 'ticket_id'
    _depends = {
        'rating.rating': [
            'res_model',
            'res_id',
            'partner_id',
            'rated_partner_id',
            'create_date',
            'rated_on',
            'consumed',
            'rating',
            'feedback',
            'is_feedback_published',
        ],
        'helpdesk.ticket': ['team_id', 'type_id', 'company_id'],
    }

    rating_id = fields.Many2one('rating.rating', readonly=True)
    ticket_id = fields.Many2one('helpdesk.ticket', readonly=True)
    team_id = fields.Many2one('helpdesk.ticket.team', readonly=True)
    type_id = fields.Many2one('helpdesk.ticket.type', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    rated_partner_id = fields.Many2one('res.partner', string="Agent", readonly=True)
    asked_on = fields.Datetime(readonly=True)
    rated_on = fields.Datetime(readonly=True)
    is_rated = fields.Boolean(string="Answered", readonly=True)
    grade = fields.Selection(
        [('top', "Happy"), ('ok', "Neutral"), ('ko', "Unhappy")],
        string="Satisfaction",
        readonly=True,
    )
    rating = fields.Float(string="Average Rating", readonly=True, aggregator='avg')
    happy_share = fields.Float(string="Happy", readonly=True, aggregator='avg')
    neutral_share = fields.Float(string="Neutral", readonly=True, aggregator='avg')
    unhappy_share = fields.Float(string="Unhappy", readonly=True, aggregator='avg')
    response_rate = fields.Float(
        readonly=True, aggregator='avg', help="Customers who answered, of those who were asked."
    )
    feedback = fields.Text(string="Comment", readonly=True)
    is_published = fields.Boolean(string="Published", readonly=True)

    @property
    def _table_query(self):
        # What was not answered has no grade: it must not count as a bad one in an average.
        return SQL(
            """
            SELECT survey.*,
                   (survey.grade = 'top')::int::float8 AS happy_share,
                   (survey.grade = 'ok')::int::float8 AS neutral_share,
                   (survey.grade = 'ko')::int::float8 AS unhappy_share,
                   survey.is_rated::int::float8 AS response_rate
              FROM (
                SELECT rating.id, rating.id AS rating_id, ticket.id AS ticket_id, ticket.team_id,
                       ticket.type_id, ticket.company_id, rating.partner_id,
                       rating.rated_partner_id, rating.create_date AS asked_on,
                       answer.is_rated,
                       CASE WHEN answer.is_rated
                            THEN COALESCE(rating.rated_on, rating.write_date) END AS rated_on,
                       CASE WHEN answer.is_rated THEN rating.rating END AS rating,
                       CASE WHEN NOT answer.is_rated THEN NULL
                            WHEN rating.rating >= %(top)s THEN 'top'
                            WHEN rating.rating >= %(ok)s THEN 'ok'
                            ELSE 'ko' END AS grade,
                       CASE WHEN answer.is_rated THEN NULLIF(TRIM(rating.feedback), '')
                            END AS feedback,
                       COALESCE(rating.is_feedback_published, FALSE) AS is_published
                  FROM rating_rating rating
                  JOIN helpdesk_ticket ticket ON ticket.id = rating.res_id
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(rating.consumed AND rating.rating >= %(min)s, FALSE)
                              AS is_rated) answer
                 WHERE rating.res_model = 'helpdesk.ticket'
              ) survey
            """,
            top=rating_data.RATING_AVG_TOP,
            ok=rating_data.RATING_AVG_OK,
            min=rating_data.RATING_LIMIT_MIN,
        )

    # === ACTION METHODS === #

    def action_publish(self):
        """Show the comments on the public page of their team, without names."""
        if not all(self.mapped('feedback')):
            raise UserError(self.env._("There is no comment to publish."))
        return self._set_published(True)

    def action_hide(self):
        """Take the comments off the public page again."""
        return self._set_published(False)

    def action_view_ticket(self):
        """Open the ticket the customer speaks of."""
        self.ensure_one()
        return self.ticket_id.get_formview_action()

    def _set_published(self, is_published):
        """Publish or hide the comments; only helpdesk managers may.

        :raises AccessError: for everybody else, by the groups of the field
        """
        self.check_access('read')
        self.rating_id.write({'is_feedback_published': is_published})
        self.env['rating.rating'].flush_model()
        self.invalidate_model()
        return True

    @api.model
    def _get_action(self, name, domain):
        """Return the action that shows some of the surveys.

        :param str name: whose surveys they are
        """
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_helpdesk_rating.helpdesk_rating_report_action'
        )
        return {
            **action,
            'name': self.env._("Satisfaction: %s", name),
            'domain': domain,
            'context': {},
        }
