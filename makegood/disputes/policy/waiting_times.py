"""How long decisions take: Kaplan-Meier over the disputes of a period, so that what still waits counts too.

Each dispute is under watch from the age it had when the period began to the age at which it was decided, or has now.
A growing backlog therefore lengthens the times, although none of it is decided.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_DECIDED, LEAST_AT_RISK = 20, 10
"""Below so many decisions nothing is said, and the curve is cut where fewer are at risk."""


@dataclass(frozen=True)
class Watched:
    """A dispute: its age in seconds when it came under watch, when it left it, and whether it was decided then."""

    entry: int
    exit: int
    decided: bool


@dataclass(frozen=True)
class Curve:
    """The share that still waits at each age, as steps; ``decided`` is how many decisions it rests on."""

    ages: tuple[int, ...]
    waiting: tuple[float, ...]
    decided: int

    def age_at(self, share: float, waited: int = 0) -> int | None:
        """The age in seconds by which that share of those that waited so long is decided; None where nobody knows."""
        at = bisect_right(self.ages, waited)
        start = self.waiting[at - 1] if at else 1.0
        wanted = start * (1.0 - share)
        for age, waiting in zip(self.ages[at:], self.waiting[at:], strict=True):
            if waiting <= wanted:
                return age
        return None


def curve_of(watched: Sequence[Watched]) -> Curve | None:
    """The curve of a period; None with fewer than :data:`LEAST_DECIDED` decisions."""
    cases = [one for one in watched if one.exit > one.entry or (one.decided and one.exit == one.entry)]
    decided = sum(one.decided for one in cases)
    if decided < LEAST_DECIDED:
        return None
    entries, exits = sorted(one.entry for one in cases), sorted(one.exit for one in cases)
    events = sorted(one.exit for one in cases if one.decided)
    ages: list[int] = []
    waiting: list[float] = []
    left = 1.0
    for age in sorted(set(events)):
        at_risk = bisect_right(entries, age) - bisect_left(exits, age)
        if at_risk < LEAST_AT_RISK:
            break
        left *= 1.0 - (bisect_right(events, age) - bisect_left(events, age)) / at_risk
        ages.append(age)
        waiting.append(left)
    return Curve(tuple(ages), tuple(waiting), decided)
