"""What stands out: an amount among those of earlier periods, days among those of one period. Pure and exact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

FEWEST = 6
"""Of fewer earlier periods nothing is called unusual."""
_TIMES = 4


def _middle(ordered: Sequence[int]) -> int:
    """Twice the median of ascending numbers, which is whole."""
    half = len(ordered) // 2
    return 2 * ordered[half] if len(ordered) % 2 else ordered[half - 1] + ordered[half]


def is_unusual(amount: int, earlier: Sequence[int]) -> bool:
    """Whether an amount is above the median + 4 MAD of the earlier ones (MAD: the median of the distances to the
    median), of which there are at least FEWEST. Amounts in micros of one currency."""
    if len(earlier) < FEWEST:
        return False
    twice = _middle(sorted(earlier))
    spread = _middle(sorted(abs(2 * one - twice) for one in earlier))
    return 4 * amount > 2 * twice + _TIMES * spread


def densest(days: Sequence[tuple[date, int]], length: int) -> tuple[date, date] | None:
    """The shortest stretch of days that holds two thirds of the amounts; None where it is longer than a fifth of
    ``length`` days, so that nothing can be said. ``days`` ascending, each with an amount not below zero."""
    total = sum(amount for _, amount in days)
    best: tuple[date, date] | None = None
    held, first = 0, 0
    for last, (day, amount) in enumerate(days):
        held += amount
        while first < last and 3 * (held - days[first][1]) >= 2 * total:
            held -= days[first][1]
            first += 1
        if 3 * held >= 2 * total > 0 and (best is None or day - days[first][0] < best[1] - best[0]):
            best = (days[first][0], day)
    return best if best is not None and 5 * ((best[1] - best[0]).days + 1) <= length else None
