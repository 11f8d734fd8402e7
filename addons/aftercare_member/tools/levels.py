"""Which level a member has earned, and how far the next one is. Pure functions; no Odoo here."""

from typing import NamedTuple


class Level(NamedTuple):
    """A level that is given automatically."""

    id: int
    company_id: int  # 0: of every company
    min_spending: float  # 0: no condition
    min_points: float  # 0: no condition


class Score(NamedTuple):
    """What a member has done in the period that counts."""

    spending: dict  # company id → amount in its currency; 0 → amount of all of them
    points: float

    def get_spending(self, level):
        return self.spending.get(level.company_id, 0)


NOTHING = Score({}, 0)


def is_earned(level, score):
    """Tell whether a score is enough; a level without conditions is everybody's."""
    if not level.min_spending and not level.min_points:
        return True
    return bool(
        (level.min_spending and score.get_spending(level) >= level.min_spending)
        or (level.min_points and score.points >= level.min_points)
    )


def find_earned(levels, score):
    """Return the best level that is earned, or None.

    :param levels: :class:`Level` objects, the best one first
    """
    return next((level for level in levels if is_earned(level, score)), None)


def find_next(better_levels):
    """Return the nearest of the levels that are better than the present one, or None."""
    return better_levels[-1] if better_levels else None


def get_progress(level, score):
    """Return how far a level is reached in percent, by whichever condition is nearer."""
    if is_earned(level, score):
        return 100
    shares = [
        reached / needed
        for reached, needed in (
            (score.get_spending(level), level.min_spending),
            (score.points, level.min_points),
        )
        if needed
    ]
    return max(0, min(99, int(100 * max(shares))))
