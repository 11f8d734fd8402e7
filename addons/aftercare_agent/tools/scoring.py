"""How well an agent suits a request: plain numbers, no database."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

# Each weight outweighs all those below it together, so a score reads as a list of priorities
# and a criterion nobody meets is relaxed without more ado.
OWN = 16000  # the customer's own agent, working
DEPUTY = 8000  # stands in for the own agent, working
WORKING = 4000  # present or on shift, and not on leave
OWN_LATER = 2000  # the customer's own agent, when nobody works
DEPUTY_LATER = 1000  # stands in for the own agent on leave, when nobody works
SKILLS = 500  # has all the skills asked for, or a part of them
REGION_COVERED = 50  # responsible for the region (the more specific, the more)
REGION_PART = 25  # responsible for a part of the region
REGION_DEFAULT = 10  # takes the customers no region claims
PRESENT = 2  # says to be available, rather than only being on shift

NEVER = datetime.min


@dataclass(slots=True)
class AgentFacts:
    """What is known of one agent before any request is looked at."""

    id: int
    user_id: int
    active: bool
    company_id: int
    presence: str
    max_open: int
    is_default: bool
    deputy_id: int
    last_date: datetime
    sequence: int
    calendar_id: int
    tz: str
    region_paths: tuple
    skill_paths: tuple


@dataclass(slots=True, frozen=True)
class WorkState:
    """Whether an agent works at a moment, and when he does next."""

    code: str  # present, shift, busy, away, leave, off
    working: bool
    start: datetime  # None when not within sight


ALWAYS = WorkState('any', True, NEVER)


@dataclass(slots=True)
class Fit:
    """How one agent suits one request, whatever he has on his plate."""

    facts: AgentFacts
    state: WorkState
    own: int
    skills: int
    lacks: list
    region: int
    present: int
    score: int = 0
    rank: tuple = ()

    def __post_init__(self):
        working = WORKING if self.state.working else 0
        self.score = self.own + working + self.skills + self.region + self.present
        # The most suitable first; those of equal rank are left to the method.
        start = NEVER if self.state.working else self.state.start or datetime.max
        self.rank = (-self.score, start)

    def difference(self, winner):
        """Return the first criterion in which the winner suits better, None when in none."""
        if winner.own > self.own:
            return 'own'
        if winner.state.working and not self.state.working:
            return 'working'
        for name in ('skills', 'region', 'present'):
            if getattr(winner, name) > getattr(self, name):
                return name
        return 'start' if winner.rank < self.rank else None


@lru_cache(maxsize=4096)
def path_ids(path):
    """Return the ids of a path of a tree, the root first."""
    return tuple(int(id_) for id_ in path.split('/') if id_)


@lru_cache(maxsize=4096)
def region_score(agent_paths, region_path):
    """Return how well the regions of an agent match a region, 0 when not at all.

    :param tuple agent_paths: paths of the regions
    """
    region = path_ids(region_path)
    best = 0
    for path in agent_paths:
        own = path_ids(path)
        if own == region[: len(own)]:
            best = max(best, REGION_COVERED + min(len(own), 20))
        elif region == own[: len(region)]:
            best = max(best, REGION_PART)
    return best


def missing_skills(agent_paths, wanted):
    """Return the ids of the wanted skills an agent lacks; a skill includes those below it.

    :param dict wanted: skill id → its path
    """
    if not wanted:
        return []
    held = {path_ids(path)[-1] for path in agent_paths}
    return [id_ for id_, path in wanted.items() if held.isdisjoint(path_ids(path))]
