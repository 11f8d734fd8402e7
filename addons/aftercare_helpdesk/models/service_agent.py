from ast import literal_eval
from datetime import timedelta

from odoo import fields, models
from odoo.addons.aftercare_base.tools.sql import int_array
from odoo.addons.rating.models import rating_data
from odoo.tools import SQL

RATING_DAYS = 30


class ServiceAgent(models.Model):
    _inherit = 'service.agent'

    helpdesk_team_ids = fields.Many2many(related='user_id.helpdesk_team_ids', string="Teams")
    ticket_open_count = fields.Integer(string="Open Tickets", compute='_compute_ticket_open_count')
    rating_avg = fields.Float(
        string="Average Rating", compute='_compute_rating', compute_sudo=True, aggregator='avg'
    )
    rating_count = fields.Integer(
        string="Number of Ratings", compute='_compute_rating', compute_sudo=True
    )
    rating_avg_text = fields.Selection(
        selection=rating_data.RATING_TEXT,
        string="Satisfaction",
        compute='_compute_rating',
        compute_sudo=True,
        help="What customers said of this agent's tickets in the last 30 days.",
    )

    # === COMPUTE METHODS === #

    def _compute_ticket_open_count(self):
        counts = self._get_ticket_open_counts()
        for agent in self:
            agent.ticket_open_count = counts.get(agent.id, 0)

    def _compute_rating(self):
        stats = self._get_rating_stats()
        for agent in self:
            average, count = stats.get(agent.partner_id, (0, 0))
            agent.rating_avg = average
            agent.rating_count = count
            agent.rating_avg_text = rating_data._rating_avg_to_text(average)

    # === ACTION METHODS === #

    def action_view_open_tickets(self):
        """List the open tickets of the agent."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'helpdesk_mgmt.helpdesk_ticket_action'
        )
        return {
            **action,
            'name': self.name,
            'domain': [('user_id', '=', self.user_id.id)],
            'context': {'search_default_open': 1},
        }

    def action_view_ratings(self):
        """Show what customers said of the agent."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'helpdesk_mgmt_rating.all_helpdesk_ticket_rating_action'
        )
        domain = [*literal_eval(action['domain']), ('rated_partner_id', '=', self.partner_id.id)]
        return {**action, 'name': self.name, 'domain': domain}

    # === BUSINESS METHODS === #

    def _get_open_counts(self):
        """Override of `aftercare_agent`: add the open tickets, in one query."""
        counts = super()._get_open_counts()
        for agent_id, count in self._get_ticket_open_counts().items():
            counts[agent_id] = counts.get(agent_id, 0) + count
        return counts

    def _get_ticket_open_counts(self):
        """Return dict of agent id → number of open tickets in the agent's company."""
        # Plain SQL, because capacity counts all tickets, also those the reader must not see.
        self.env['helpdesk.ticket'].flush_model(['user_id', 'company_id', 'closed', 'active'])
        self.flush_model(['user_id', 'company_id'])
        rows = self.env.execute_query(
            SQL(
                """
                WITH agents AS (
                    SELECT id, user_id, company_id FROM service_agent WHERE id = ANY(%s)
                )
                SELECT a.id, t.count
                  FROM agents a
                  JOIN (SELECT user_id, company_id, count(*)
                          FROM helpdesk_ticket
                         WHERE active AND closed IS NOT TRUE
                           AND user_id IN (SELECT user_id FROM agents)
                         GROUP BY user_id, company_id
                       ) t ON t.user_id = a.user_id AND t.company_id = a.company_id
                """,
                int_array(self.ids),
            )
        )
        return {**dict.fromkeys(self.ids, 0), **dict(rows)}

    def _get_rating_stats(self):
        """Return dict of the agents' partners → (average, count) of the last weeks' ratings."""
        since = fields.Datetime.now() - timedelta(days=RATING_DAYS)
        return {
            partner: (average, count)
            for partner, average, count in self.env['rating.rating']
            .sudo()
            ._read_group(
                [
                    ('res_model', '=', 'helpdesk.ticket'),
                    ('consumed', '=', True),
                    ('rated_on', '>=', since),
                    ('rating', '>=', rating_data.RATING_LIMIT_MIN),
                    ('rated_partner_id', 'in', self.partner_id.ids),
                ],
                ['rated_partner_id'],
                ['rating:avg', '__count'],
            )
        }
