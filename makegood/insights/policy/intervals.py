"""Intervals of rates, shrunk rates, funnel and control limits. Counts in, shares between 0 and 1 out; never money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""The normal quantile of a two-sided interval of 95%."""
Z_998 = 3.090232306167813
"""The normal quantile of a two-sided interval of 99.8%."""
SIGMAS = 3.0
"""How far a week may be from the mean before it alarms."""
RUN = 8
"""So many weeks in a row on one side of the mean alarm as well."""

FEW = 10
"""Below this many, a rate is said as a count."""
STRONGEST = 10_000.0
"""The strength of a prior where groups differ no more than chance lets them."""
EXTREME = 0.1
"""The share of groups at each end that is pulled in before overdispersion is measured."""

Counts = tuple[int, int]
"""So many hits of so many."""


@dataclass(frozen=True)
class Interval:
    """From ``low`` to ``high``, both shares of 1."""

    low: float
    high: float


@dataclass(frozen=True)
class Prior:
    """What is known of groups before one is looked at: as if ``strength`` cases of rate ``mean`` had been seen."""

    mean: float
    strength: float


@dataclass(frozen=True)
class Limits:
    """Where a group of one size may be by chance: 95% of them inside ``inner``, 99.8 % inside ``outer``."""

    inner: Interval
    outer: Interval


def wilson(hits: int, n: int) -> Interval:
    """Wilson's 95% interval of ``hits`` of ``n``; 0 to 1 where nothing is known.

    A charge disputed twice may bring more hits than there are charges; no share exceeds the whole.
    """
    if n <= 0:
        return Interval(0.0, 1.0)
    return wilson_of(min(hits, n) / n, n)


def wilson_of(share: float, n: float) -> Interval:
    """The same of a share that ``n`` (above 0) observations found; a weighed sample counts as fewer than it has."""
    square = Z_95 * Z_95
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = Z_95 * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def said(hits: int, n: int) -> str:
    """A rate in words: ``3 of 7`` below ten, else ``15.0% (10.7 to 20.6)``."""
    if n < FEW:
        return f"{hits} of {n}"
    ends = wilson(hits, n)
    return f"{100 * hits / n:.1f}% ({100 * ends.low:.1f} to {100 * ends.high:.1f})"


def shortly(hits: int, n: int) -> str:
    """A rate where there is little room: ``3 of 7`` below ten, else ``88% (74-95)``."""
    if n < FEW:
        return f"{hits} of {n}"
    ends = wilson(hits, n)
    return f"{100 * hits / n:.0f}% ({100 * ends.low:.0f}-{100 * ends.high:.0f})"


def shrunk(hits: int, n: int, prior: Prior) -> float:
    """The rate pulled toward the prior's mean: ``(x + m s) / (n + s)``; the mean itself where nothing is known."""
    seen = n + prior.strength
    return (hits + prior.mean * prior.strength) / seen if seen else prior.mean


def prior_of(groups: Sequence[Counts]) -> Prior:
    """Mean and strength of a beta prior that fits the groups, by the method of moments.

    The strength comes from how much more the groups differ than chance lets them; where they differ no more, it is
    :data:`STRONGEST`. One group alone says nothing of the others: it is not pulled (strength 0).
    """
    known = [(min(hits, n), n) for hits, n in groups if n > 0]
    total = sum(n for _, n in known)
    mean = sum(hits for hits, _ in known) / total if total else 0.0
    spread = mean * (1 - mean)
    if len(known) < 2:
        return Prior(mean, 0.0)
    between = sum(n * (hits / n - mean) ** 2 for hits, n in known)
    room = total - sum(n * n for _, n in known) / total
    chance = spread * (len(known) - 1)
    # The share of the variance that is between groups; strength is what is left of one case per unit of it.
    share = (between - chance) / (spread * (room - len(known) + 1)) if spread and room > len(known) - 1 else 0.0
    if share <= 1 / (STRONGEST + 1):
        return Prior(mean, STRONGEST)
    return Prior(mean, max(0.0, 1 / share - 1))


def overdispersion(groups: Sequence[Counts], mean: float) -> float:
    """How many times wider than chance the groups scatter around ``mean``, as a factor of variance; at least 1.

    The tenth of the groups at each end is pulled in first, so that the outliers that limits are drawn for do not
    widen them.
    """
    spread = mean * (1 - mean)
    distances = sorted((min(hits, n) / n - mean) / sqrt(spread / n) for hits, n in groups if n > 0 and spread)
    if len(distances) < 2:
        return 1.0
    cut = int(len(distances) * EXTREME)
    low, high = distances[cut], distances[-1 - cut]
    pulled = [min(max(one, low), high) for one in distances]
    return max(1.0, sum(one * one for one in pulled) / len(pulled))


def limits(mean: float, n: int, factor: float = 1.0) -> Limits:
    """Control limits around ``mean`` for a group of ``n``, its variance widened by ``factor``."""
    if n <= 0:
        return Limits(Interval(0.0, 1.0), Interval(0.0, 1.0))
    error = sqrt(mean * (1 - mean) * factor / n)
    return Limits(_around(mean, Z_95 * error), _around(mean, Z_998 * error))


def sigma_limits(mean: float, n: int) -> Interval:
    """The limits of a p-chart for a week of ``n``: three standard errors around the mean."""
    return _around(mean, SIGMAS * sqrt(mean * (1 - mean) / n)) if n > 0 else Interval(0.0, 1.0)


def alarms(weeks: Sequence[Counts], mean: float) -> tuple[bool, ...]:
    """Which weeks alarm: outside three sigma, or the eighth and later in a row on one side of the mean."""
    found, side, length = [], 0, 0
    for hits, n in weeks:
        if n <= 0:
            found.append(False)
            continue
        share = min(hits, n) / n
        here = (share > mean) - (share < mean)
        length = length + 1 if here and here == side else abs(here)
        side = here
        ends = sigma_limits(mean, n)
        found.append(length >= RUN or not ends.low <= share <= ends.high)
    return tuple(found)


def _around(middle: float, reach: float) -> Interval:
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))
