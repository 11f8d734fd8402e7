from collections import defaultdict
from datetime import timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.addons.aftercare_base.tools.sql import int_array
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, ormcache

from ..tools import scoring, shift
from ..tools.board import Board, Request

HORIZON = timedelta(days=14)


class ServiceAssignmentEngine(models.AbstractModel):
    """Picks an agent for each of many requests with a constant number of queries.

    An agent *works* at a moment when he is not on leave and

    - has set his presence to available, whatever his shift says, or
    - is offline while his shift runs (his calendar with its public holidays and make-up
      workdays; without a calendar he has no fixed hours and always is on shift).

    Busy and away agents take nothing new. Of the agents with a free place the one of the highest
    score is preferred (weights in ``tools/scoring.py``): the customer's own agent or his deputy;
    who works; who has the skills; who serves the region, the more specific the better; who is
    present. So a region nobody with the skills serves is relaxed first, then the skills, then
    presence: if nobody who works has a free place, the one who starts soonest is taken. Who is
    full or does not start within two weeks is never taken. Equal scores are left to the method.
    """

    _name = 'service.assignment.engine'
    _description = "Assignment Engine"

    # === BUSINESS METHODS === #

    @api.model
    def _choose(self, requests, dry_run=False):
        """See ``service.agent._choose``."""
        requests = self._prepare_requests(requests)
        board = self._get_board(requests)
        decisions = [board.decide(request) for request in requests]
        # sudo: service.assignment - nobody but the engine creates assignments
        Assignment = self.env['service.assignment'].sudo()
        if dry_run:
            return [Assignment._new_from_decision(decision) for decision in decisions]
        assignments = Assignment._create_from_decisions(decisions)
        self._record_turns(assignments, requests, board.facts)
        return list(assignments)

    @api.model
    def _get_states(self, agents, at):
        """Return ``{agent id: WorkState}`` of agents at a moment (naive UTC)."""
        board = Board(self._get_facts(agents.ids))
        self._load_working_time(board, at, at)
        return {
            agent.id: board.get_state(board.facts[agent.id], at)
            for agent in agents
            if agent.id in board.facts
        }

    def _record_turns(self, assignments, requests, facts):
        """Note the last assignment on the row of each agent chosen for open work.

        Of two transactions that count an agent's load at the same time and choose him, the
        second fails here and is retried by the server, so it sees what the first one assigned.
        """
        last = {}
        for assignment, request in zip(assignments, requests, strict=True):
            if request.kind == 'open' and assignment.agent_id:
                last[assignment.agent_id.id] = (assignment.id, request.at)
        if not last:
            return
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE service_agent a
                   SET assignment_sequence = v.sequence,
                       last_assignment_date = GREATEST(a.last_assignment_date, v.date)
                  FROM (SELECT unnest(%s) AS id, unnest(%s) AS sequence,
                               unnest(%s::timestamp[]) AS date, unnest(%s) AS known) v
                  JOIN (SELECT id FROM service_agent WHERE id = ANY(%s)
                         ORDER BY id FOR NO KEY UPDATE) locked ON locked.id = v.id
                 WHERE a.id = v.id AND COALESCE(a.assignment_sequence, 0) = v.known
                RETURNING a.id
                """,
                list(last),
                [sequence for sequence, _at in last.values()],
                [at for _sequence, at in last.values()],
                [facts[id_].sequence for id_ in last],
                list(last),
            )
        )
        self.env['service.agent'].browse(last).invalidate_recordset(
            ['assignment_sequence', 'last_assignment_date'], flush=False
        )
        if len(rows) != len(last):
            raise ConcurrencyError(self.env._("An agent was chosen by somebody else meanwhile."))

    # === REQUESTS === #

    def _prepare_requests(self, requests):
        """Return plain requests; what they have in common is read at once."""
        partners = self._get_partners([request.get('partner') for request in requests])
        own, regions = {}, {}
        for index, request in enumerate(requests):
            partner = request.get('partner') or self.env['res.partner']
            partner = partners.get(partner._origin.id, partner)
            own[index] = request.get('use_own_agent') and self._id(self._get_own_agent(partner))
            region = request.get('region') or self._get_region(partner)
            regions[index] = self._id(region)
        region_paths = self._get_paths('service.region', regions.values())
        skill_paths = self._get_paths(
            'service.skill', [id_ for r in requests for id_ in (r.get('skills') or self).ids]
        )
        teams = self._get_teams(requests)
        return [
            Request(
                res_model=request.get('res_model') or False,
                res_id=request.get('res_id') or 0,
                kind=self._get_kind(request.get('res_model')),
                method=request.get('method') or 'balanced',
                at=request.get('at') or fields.Datetime.now(),
                company_id=self._id(request.get('company')),
                agent_ids=teams[self._get_team_key(request)],
                own_id=own[index],
                leader_id=self._id(request.get('leader')),
                region_id=regions[index],
                region_path=(request.get('use_region') and region_paths.get(regions[index])) or '',
                skills={id_: skill_paths[id_] for id_ in sorted(request['skills'].ids)}
                if request.get('use_skills') and request.get('skills')
                else {},
                use_presence=request.get('use_presence', True),
                use_capacity=request.get('use_capacity', True),
                use_default=request.get('use_default', False),
                note=request.get('note'),
            )
            for index, request in enumerate(requests)
        ]

    def _id(self, record):
        """Return the id of a record that may be empty, missing or a draft in a form."""
        return record._origin.id if record else False

    def _get_partners(self, partners):
        """Return ``{id: contact}`` of contacts that are read together, and only what counts."""
        ids = {id_ for partner in partners if (id_ := self._id(partner))}
        # sudo: res.partner - who is chosen does not depend on what the user may see
        partners = self.env['res.partner'].sudo().browse(ids)
        partners.fetch(['agent_id', 'region_id', 'commercial_partner_id'])
        return {partner.id: partner for partner in partners}

    def _get_paths(self, model, ids):
        # sudo: any - the tree is needed whole
        records = self.env[model].sudo().browse({id_ for id_ in ids if id_})
        return {record.id: record.parent_path or '' for record in records}

    def _get_team_key(self, request):
        agents = request.get('agents')
        if agents is None:
            return ('company', self._id(request.get('company')) or self.env.company.id)
        return ('agents', agents._ids)

    def _get_teams(self, requests):
        """Return the ids of the candidates of each key; no agents given means all of a company."""
        keys = {self._get_team_key(request) for request in requests}
        teams = {key: key[1] for key in keys if key[0] == 'agents'}
        if company_ids := [key[1] for key in keys if key[0] == 'company']:
            self.env['service.agent'].flush_model(['active', 'company_id'])
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT company_id, array_agg(id ORDER BY id) FROM service_agent
                     WHERE active AND company_id = ANY(%s) GROUP BY company_id
                    """,
                    company_ids,
                )
            )
            teams.update({('company', company_id): tuple(ids) for company_id, ids in rows})
        return defaultdict(tuple, teams)

    def _get_own_agent(self, partner):
        return partner.agent_id or partner.commercial_partner_id.agent_id

    def _get_region(self, partner):
        return partner.region_id or partner.commercial_partner_id.region_id

    def _get_kind(self, res_model):
        """Return which load the requests of a model add to: ``open`` or ``customers``."""
        return 'customers' if res_model == 'res.partner' else 'open'

    # === FACTS === #

    def _get_board(self, requests):
        """Return a board that knows all about the candidates of the requests."""
        ids = {id_ for request in requests for id_ in request.agent_ids}
        ids |= {id_ for request in requests for id_ in (request.own_id, request.leader_id) if id_}
        board = Board(self._get_facts(ids))
        # sudo: service.agent - what an agent has open does not depend on who asks
        agents = self.env['service.agent'].sudo().browse(board.facts)
        for kind in {request.kind for request in requests}:
            counts = agents._get_load(kind)
            board.counts[kind] = {id_: counts.get(id_, 0) for id_ in board.facts}
            board.turns[kind] = self._get_turns(kind, board.facts)
        moments = [request.at for request in requests if request.use_presence]
        if moments:
            self._load_working_time(board, min(moments), max(moments))
        return board

    def _get_facts(self, agent_ids):
        """Read agents, and the deputies who may stand in for them.

        One query, and one more for each step to deputies who are not among the agents.
        """
        self.env['service.agent'].flush_model()
        self.env['res.users'].flush_model(['active'])
        self.env['resource.resource'].flush_model(['tz'])
        self.env['service.region'].flush_model(['parent_path'])
        self.env['service.skill'].flush_model(['parent_path'])
        facts = self._read_facts(agent_ids)
        while wanted := {fact.deputy_id for fact in facts.values()} - facts.keys() - {None}:
            facts |= self._read_facts(wanted)
        return facts

    def _read_facts(self, agent_ids):
        rows = self.env.execute_query(
            SQL(
                """
                WITH regions AS (
                    SELECT l.service_agent_id AS id, array_agg(g.parent_path) AS paths
                      FROM service_agent_service_region_rel l
                      JOIN service_region g ON g.id = l.service_region_id
                     GROUP BY 1
                ), skills AS (
                    SELECT l.service_agent_id AS id, array_agg(s.parent_path) AS paths
                      FROM service_agent_service_skill_rel l
                      JOIN service_skill s ON s.id = l.service_skill_id
                     GROUP BY 1
                )
                SELECT a.id, a.user_id, a.active AND u.active, a.company_id, a.presence,
                       COALESCE(a.max_open_tickets, 0), a.is_default, a.deputy_id, a.last_assignment_date,
                       COALESCE(a.assignment_sequence, 0), a.resource_calendar_id, r.tz,
                       COALESCE(regions.paths, '{}'), COALESCE(skills.paths, '{}')
                  FROM service_agent a
                  JOIN res_users u ON u.id = a.user_id
                  JOIN resource_resource r ON r.id = a.resource_id
                  LEFT JOIN regions ON regions.id = a.id
                  LEFT JOIN skills ON skills.id = a.id
                 WHERE a.id = ANY(%s)
                 ORDER BY a.id
                """,
                int_array(agent_ids),
            )
        )
        return {
            id_: scoring.AgentFacts(id_, *row, tuple(regions), tuple(skills))
            for id_, *row, regions, skills in rows
        }

    def _get_turns(self, kind, facts):
        """Return ``{agent id: (date, sequence) of the last assignment}``."""
        if kind == 'open':
            return {
                id_: (fact.last_date or scoring.NEVER, fact.sequence) for id_, fact in facts.items()
            }
        # Customers have no capacity to guard, so their turn is not kept on the agent's row,
        # where registrations at the same time would wait for each other.
        self.env['service.assignment'].flush_model(['res_model', 'agent_id', 'date'])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id, last.date, COALESCE(last.id, 0)
                  FROM unnest(%s) a(id)
                  LEFT JOIN LATERAL (
                    SELECT s.id, s.date FROM service_assignment s
                     WHERE s.res_model = 'res.partner' AND s.agent_id = a.id
                     ORDER BY s.id DESC LIMIT 1
                  ) last ON TRUE
                """,
                int_array(facts),
            )
        )
        return {id_: (date or scoring.NEVER, sequence) for id_, date, sequence in rows}

    def _load_working_time(self, board, first, last):
        """Read shifts and personal leaves from the first moment to the horizon of the last."""
        start, end = first, last + HORIZON
        leaves = defaultdict(list)
        self.env['resource.calendar.leaves'].flush_model()
        self.env['resource.resource'].flush_model(['user_id'])
        # Plain SQL, because an absence counts whoever asks, and whichever resource of the user
        # carries it, the agent's or the employee's.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.user_id, l.date_from, l.date_to
                  FROM resource_calendar_leaves l
                  JOIN resource_resource r ON r.id = l.resource_id
                 WHERE r.user_id = ANY(%s) AND l.time_type = 'leave'
                   AND l.date_from <= %s AND l.date_to > %s
                """,
                int_array(fact.user_id for fact in board.facts.values()),
                end,
                start,
            )
        )
        for user_id, date_from, date_to in rows:
            leaves[user_id].append((date_from, date_to))
        board.leaves.update({user_id: shift.merge(times) for user_id, times in leaves.items()})
        for key in {(f.calendar_id, f.tz, f.company_id) for f in board.facts.values()}:
            board.shifts[key] = self._get_shift(*key, start, end)

    def _get_shift(self, calendar_id, tz, company_id, start, end):
        """Return the merged intervals a calendar works, None when there is no calendar."""
        if not calendar_id:
            return None
        first = start.replace(hour=0, minute=0, second=0, microsecond=0)
        last = end.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        days = self._get_shift_of_days(calendar_id, tz, company_id, first, last)
        return [
            (max(low, start), min(high, end)) for low, high in days if low < end and high > start
        ]

    @api.model
    @ormcache('calendar_id', 'tz', 'company_id', 'start', 'end')
    def _get_shift_of_days(self, calendar_id, tz, company_id, start, end):
        """Do the same for whole days, remembered until working time changes."""
        # sudo: resource.calendar - opening hours are no secret
        calendar = self.env['resource.calendar'].sudo().browse(calendar_id)
        intervals = calendar._work_intervals_batch(
            utc.localize(start),
            utc.localize(end),
            domain=[
                ('time_type', '=', 'leave'),
                ('resource_id', '=', False),
                ('company_id', 'in', [company_id, False]),
            ],
            tz=timezone(tz),
        )[False]
        return shift.merge(
            (low.astimezone(utc).replace(tzinfo=None), high.astimezone(utc).replace(tzinfo=None))
            for low, high, _attendance in intervals
        )
