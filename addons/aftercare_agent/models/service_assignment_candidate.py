from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from .service_agent import PRESENCES


class ServiceAssignmentCandidate(models.Model):
    """The numbers of one agent at the moment of an assignment, the chosen one first."""

    _name = 'service.assignment.candidate'
    _description = "Assignment Candidate"
    _auto = False
    _log_access = False
    _order = 'id'
    _rec_name = 'agent_id'
    _depends = {'service.assignment': ['candidates']}

    assignment_id = fields.Many2one('service.assignment', readonly=True)
    agent_id = fields.Many2one('service.agent', readonly=True)
    eligible = fields.Boolean(
        string="Suitable", readonly=True, help="Among those the method chose from."
    )
    chosen = fields.Boolean(compute='_compute_chosen')
    score = fields.Integer(
        readonly=True, help="How well the agent suited; the method chose among the highest."
    )
    open_count = fields.Integer(string="Open", readonly=True)
    max_open = fields.Integer(string="Capacity", readonly=True)
    last_assignment_date = fields.Datetime(string="Last Assignment", readonly=True)
    presence = fields.Selection(PRESENCES, readonly=True)
    work_state = fields.Selection(
        [
            ('any', "Not asked for"),
            ('present', "Available"),
            ('shift', "On shift"),
            ('busy', "Busy"),
            ('away', "Away"),
            ('leave', "On leave"),
            ('off', "Off shift"),
        ],
        string="State",
        readonly=True,
    )
    start = fields.Datetime(string="Back", readonly=True)
    region_match = fields.Selection(
        [
            ('covered', "Serves it"),
            ('part', "Serves a part of it"),
            ('default', "Default agent"),
            ('none', "Serves others"),
        ],
        string="Region",
        readonly=True,
    )
    lacks = fields.Json(string="Lacking Skills", readonly=True)
    why = fields.Char(string="Reason Code", readonly=True)
    explanation = fields.Char(compute='_compute_explanation')

    @property
    def _table_query(self):
        # The candidates of an assignment lie in one column of it: written at once with it,
        # unchangeable like it, and deleted with it.
        return SQL(
            """
            SELECT a.id::bigint * 1000 + c.position AS id,
                   a.id AS assignment_id,
                   g.id AS agent_id,
                   c.eligible, c.score, c.open_count, c.max_open, c.last_assignment_date,
                   c.presence, c.work_state, c.start, c.region_match, c.lacks, c.why
              FROM service_assignment a
             CROSS JOIN LATERAL ROWS FROM (
                    jsonb_to_recordset(a.candidates) AS (
                        agent_id int, eligible bool, score int, open_count int, max_open int,
                        last_assignment_date timestamp, presence varchar, work_state varchar,
                        start timestamp, region_match varchar, lacks jsonb, why varchar
                    )
                  ) WITH ORDINALITY AS c (
                    agent_id, eligible, score, open_count, max_open, last_assignment_date,
                    presence, work_state, start, region_match, lacks, why, position
                  )
              LEFT JOIN service_agent g ON g.id = c.agent_id
            """
        )

    # === COMPUTE METHODS === #

    @api.depends('why')
    def _compute_chosen(self):
        for candidate in self:
            candidate.chosen = candidate.why == 'chosen'

    @api.depends('why', 'open_count', 'start', 'lacks', 'assignment_id.agent_id')
    @api.depends_context('lang', 'tz')
    def _compute_explanation(self):
        for candidate in self:
            candidate.explanation = candidate._get_explanation()

    # === BUSINESS METHODS === #

    def _get_explanation(self):
        """Return in words why the agent was chosen, or why not."""
        _ = self.env._
        assignment = self.assignment_id
        chosen = (assignment.facts or {}).get('chosen') or {}
        match self.why:
            case 'chosen':
                return _("Chosen.")
            case 'full':
                return _(
                    "No free place: %(open)s of %(max)s.", open=self.open_count, max=self.max_open
                )
            case 'unreachable':
                return _("Not back within two weeks.")
            case 'own' if self.agent_id.id == (assignment.facts or {}).get('own_id'):
                return self._get_absence_text()
            case 'own':
                return _("The customer has an own agent.")
            case 'working':
                return self._get_absence_text()
            case 'skills':
                return _("Lacks %(skills)s.", skills=self._get_lacking_text())
            case 'region':
                return self._get_region_text()
            case 'present':
                return _("On shift, but others are available.")
            case 'start':
                return _("Back later: %(date)s.", date=self._format(self.start))
            case 'load':
                return _(
                    "Has %(open)s, %(agent)s %(less)s.",
                    open=self.open_count,
                    agent=assignment.agent_id.name,
                    less=chosen.get('open_count', 0),
                )
            case 'turn':
                return (
                    _(
                        "Got one later than %(agent)s: %(date)s.",
                        agent=assignment.agent_id.name,
                        date=self._format(self.last_assignment_date),
                    )
                    if self.last_assignment_date
                    else _("Suits equally well; comes next in turn.")
                )
            case 'draw':
                return _("Suits equally well; was not drawn.")
            case 'by_hand':
                return _("Suits; to be chosen by hand.")
        return ''

    def _get_absence_text(self):
        date = self._format(self.start)
        match self.work_state:
            case 'busy':
                return self.env._("Busy.")
            case 'away':
                return self.env._("Away.")
            case 'leave':
                return self.env._("On leave, back %(date)s.", date=date)
        return self.env._("Off shift, back %(date)s.", date=date)

    def _get_region_text(self):
        region = self.assignment_id.region_id.name
        match self.region_match:
            case 'covered':
                return self.env._("Serves a wider region; others are closer.")
            case 'part':
                return self.env._("Serves only a part of %(region)s.", region=region)
        if not region:
            return self.env._("Not a default agent.")
        return self.env._("Does not serve %(region)s.", region=region)

    def _get_lacking_text(self):
        skills = self.env['service.skill'].browse(self.lacks or []).exists()
        return ', '.join(skills.mapped('name'))

    def _format(self, date):
        return format_datetime(self.env, date, dt_format='short') if date else ''
