"""Decides a batch of requests in memory, from facts read beforehand."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from . import scoring, shift

# Nobody reads more rows of an explanation; those left out are counted.
KEPT_CANDIDATES = 50


@dataclass(slots=True)
class Request:
    """One request for an agent, as plain values."""

    res_model: str
    res_id: int
    kind: str  # what it adds to an agent's load: open, customers
    method: str
    at: datetime
    company_id: int
    agent_ids: tuple
    own_id: int
    leader_id: int
    region_id: int
    region_path: str  # empty when the region does not matter
    skills: dict  # skill id → its path; empty when skills do not matter
    use_presence: bool
    use_capacity: bool
    use_default: bool
    note: str = ''

    @property
    def fit_key(self):
        """Requests of the same key see the same fits."""
        return (
            self.agent_ids,
            self.company_id,
            self.own_id,
            self.region_path,
            tuple(self.skills),
            self.use_presence and self.at,
            self.use_default,
        )


@dataclass(slots=True)
class Row:
    """The numbers of one candidate at the moment of the decision."""

    fit: scoring.Fit
    eligible: bool
    load: int
    last_date: datetime
    why: str  # chosen, or what spoke against him


@dataclass(slots=True)
class Decision:
    """Who was chosen for a request, and why each of the others was not."""

    request: Request
    outcome: str
    chosen: scoring.Fit = None
    rows: list = field(default_factory=list)  # the chosen one on top, then by suitability
    eligible_count: int = 0
    candidate_count: int = 0
    blocks: Counter = field(default_factory=Counter)  # what no relaxation helps against

    @property
    def relaxed(self):
        """What the chosen one was chosen without: some of presence, skills and region."""
        if not self.chosen or self.outcome == 'leader':
            return set()
        relaxed = set() if self.chosen.state.working else {'presence'}
        if not self.chosen.own:
            if self.chosen.lacks:
                relaxed.add('skills')
            if self.request.region_path and self.chosen.region < scoring.REGION_PART:
                relaxed.add('region')
        return relaxed


@dataclass(slots=True)
class Board:
    """All that is known of the agents while a batch of requests is decided."""

    facts: dict  # agent id → AgentFacts
    counts: dict = field(default_factory=dict)  # kind → {agent id: load}
    turns: dict = field(default_factory=dict)  # kind → {agent id: (date, sequence)}
    shifts: dict = field(default_factory=dict)  # (calendar, time zone, company) → intervals
    leaves: dict = field(default_factory=dict)  # user id → intervals
    states: dict = field(default_factory=dict)  # (agent id, moment) → WorkState
    starts: dict = field(default_factory=dict)  # (shift key, moment) → next work without leaves
    fits: dict = field(default_factory=dict)  # fit key → [Fit]
    picks: int = 0

    # === DECISION === #

    def decide(self, request):
        """Return the decision on one request, and count it for those that follow."""
        fits = self._get_fits(request)
        blocked = {fit.facts.id: why for fit in fits if (why := self._get_block(request, fit))}
        free = [fit for fit in fits if fit.facts.id not in blocked]
        pool = list(takewhile(lambda fit: fit.rank == free[0].rank, free))
        rest = free[len(pool) :] + [fit for fit in fits if fit.facts.id in blocked]
        decision = Decision(
            request,
            outcome='nobody',
            candidate_count=len(fits),
            eligible_count=len(pool),
            blocks=Counter(blocked.values()),
        )
        if pool and (request.method != 'manual' or pool[0].own):
            pool = self._order_pool(request, pool)
            decision.chosen = pool[0]
            decision.outcome = self._get_outcome(pool)
        elif pool:
            decision.outcome = 'by_hand'
        elif leader := self._get_leader(request):
            decision.chosen = leader
            decision.outcome = 'leader'
            pool, rest = [leader], [fit for fit in rest if fit.facts.id != leader.facts.id]
        elif request.method == 'manual':
            decision.outcome = 'by_hand'
        eligible = len(pool)
        decision.rows = [
            self._get_row(request, fit, index < eligible, blocked.get(fit.facts.id), decision, pool)
            for index, fit in enumerate((pool + rest)[:KEPT_CANDIDATES])
        ]
        if decision.chosen:
            self._take(request, decision.chosen.facts)
        return decision

    def _order_pool(self, request, pool):
        """Return those who suit equally well in the order of the method."""
        load, turn = self.counts[request.kind], self.turns[request.kind]
        if request.method == 'random':
            pick = random.choice(pool)
            return [pick] + [fit for fit in pool if fit is not pick]
        if request.method == 'balanced':
            return sorted(pool, key=lambda fit: (load[fit.facts.id], turn[fit.facts.id]))
        return sorted(pool, key=lambda fit: turn[fit.facts.id])

    def _get_outcome(self, pool):
        own = pool[0].own
        if own in (scoring.OWN, scoring.OWN_LATER):
            return 'own'
        if own in (scoring.DEPUTY, scoring.DEPUTY_LATER):
            return 'deputy'
        return 'method' if len(pool) > 1 else 'only'

    def _get_leader(self, request):
        facts = self.facts.get(request.leader_id)
        if not facts or not facts.active:
            return None
        leader = self._compute_fit(request, facts)
        return None if self._is_full(request, facts) else leader

    def _get_block(self, request, fit):
        """Return what no relaxation helps against, None when there is nothing."""
        if self._is_full(request, fit.facts):
            return 'full'
        return None if fit.state.start else 'unreachable'

    def _is_full(self, request, facts):
        return (
            request.use_capacity
            and facts.max_open > 0
            and self.counts[request.kind][facts.id] >= facts.max_open
        )

    def _get_row(self, request, fit, eligible, block, decision, pool):
        id_ = fit.facts.id
        load, turn = self.counts[request.kind][id_], self.turns[request.kind][id_]
        if decision.chosen and id_ == decision.chosen.facts.id:
            why = 'chosen'
        elif block:
            why = block
        elif difference := fit.difference(pool[0]):
            why = difference
        elif decision.outcome == 'by_hand':
            why = 'by_hand'
        elif request.method == 'balanced' and load > self.counts[request.kind][pool[0].facts.id]:
            why = 'load'
        else:
            why = 'draw' if request.method == 'random' else 'turn'
        last_date = turn[0] if turn[0] != scoring.NEVER else None
        return Row(fit, eligible, load, last_date, why)

    def _take(self, request, facts):
        """Note that an agent was given something, so that the next request sees it."""
        self.picks += 1
        self.counts[request.kind][facts.id] += 1
        date = max(self.turns[request.kind][facts.id][0], request.at)
        # Real sequences are far smaller: whoever is picked now comes after all those before.
        self.turns[request.kind][facts.id] = (date, (1 << 60) + self.picks)

    # === FITS === #

    def _get_fits(self, request):
        """Return the candidates in order of suitability, whatever their load."""
        key = request.fit_key
        if key not in self.fits:
            own_weights = self._get_own_weights(request)
            fits = [
                self._compute_fit(request, facts, own_weights.get(id_, 0))
                for id_ in request.agent_ids
                if (facts := self.facts.get(id_)) and self._may_serve(request, facts)
            ]
            self.fits[key] = sorted(fits, key=lambda fit: (fit.rank, fit.facts.id))
        return self.fits[key]

    def _may_serve(self, request, facts):
        company_ids = (False, None, request.company_id)
        return facts.active and (not request.company_id or facts.company_id in company_ids)

    def _compute_fit(self, request, facts, own=0):
        state = self._get_request_state(request, facts)
        lacks = scoring.missing_skills(facts.skill_paths, request.skills)
        has = len(request.skills) - len(lacks)
        region = 0
        if request.region_path:
            region = scoring.region_score(facts.region_paths, request.region_path)
        if request.use_default and facts.is_default:
            region = max(region, scoring.REGION_DEFAULT)
        return scoring.Fit(
            facts=facts,
            state=state,
            own=own,
            skills=scoring.SKILLS * has // len(request.skills) if request.skills else 0,
            lacks=lacks,
            region=region,
            present=scoring.PRESENT if state.code == 'present' else 0,
        )

    def _get_own_weights(self, request):
        """Return ``{agent id: weight}`` of the customer's own agent and who stands in for him.

        While somebody works, the first deputy in the chain who does stands in for an agent who
        does not. When nobody works, an agent who will be back keeps his customers, and only one
        on leave (or archived) is stood in for.
        """
        weights, seen = {}, set()
        kept = False
        agent = self.facts.get(request.own_id)
        while agent and agent.id not in seen:
            own = not seen
            seen.add(agent.id)
            state = self._get_request_state(request, agent)
            if agent.active and (own or agent.id in request.agent_ids):
                if state.working:
                    weights[agent.id] = scoring.OWN if own else scoring.DEPUTY
                    break
                if not kept and state.code != 'leave':
                    weights[agent.id] = scoring.OWN_LATER if own else scoring.DEPUTY_LATER
                    kept = True
            agent = self.facts.get(agent.deputy_id)
        return weights

    def _get_request_state(self, request, facts):
        return self.get_state(facts, request.at) if request.use_presence else scoring.ALWAYS

    # === WORKING TIME === #

    def get_state(self, facts, at):
        """Return the work state of an agent at a moment."""
        key = (facts.id, at)
        if key not in self.states:
            self.states[key] = self._compute_state(facts, at)
        return self.states[key]

    def _compute_state(self, facts, at):
        leaves = self.leaves.get(facts.user_id)
        if leaves and shift.covering(leaves, at):
            return scoring.WorkState('leave', False, self._get_start(facts, leaves, at))
        if facts.presence == 'available':
            return scoring.WorkState('present', True, at)
        start = self._get_start(facts, leaves, at)
        if start != at:
            return scoring.WorkState('off', False, start)
        if facts.presence == 'offline':
            return scoring.WorkState('shift', True, at)
        return scoring.WorkState(facts.presence, False, at)

    def _get_start(self, facts, leaves, at):
        """Return when an agent works next; those of one shift without leaves share the answer."""
        shift_key = (facts.calendar_id, facts.tz, facts.company_id)
        times = self.shifts.get(shift_key)
        if leaves:
            return shift.next_work(times, leaves, at)
        key = (shift_key, at)
        if key not in self.starts:
            self.starts[key] = shift.next_work(times, [], at)
        return self.starts[key]
