"""How sure a share of amounts is: customers drawn again and again, since a few large charges carry the sum.

Amounts are whole micros and shares whole millionths, so that an expected amount is one too.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

MILLION = 1_000_000
DRAWS = 400
FEWEST = 8
"""With fewer customers nothing is said about how sure a share is."""
MOST = 200
"""The largest are drawn one by one; the others are drawn as one."""
_SEED = 20_261

Pair = tuple[int, int]
"""Part and whole of one customer, in micros."""


@dataclass(frozen=True)
class Share:
    """A share in millionths, with the ends of its 95% interval; None where there are too few customers for one."""

    value: int
    low: int | None
    high: int | None


def share_of(pairs: Sequence[Pair]) -> Share | None:
    """The share of the parts in the wholes; None where there is no whole. The same pairs give the same answer."""
    known = sorted((pair for pair in pairs if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
    part, whole = _sums(known)
    if not whole:
        return None
    value = part * MILLION // whole
    if len(known) < FEWEST:
        return Share(value, None, None)
    drawn = [*known[:MOST], _sums(known[MOST:])] if len(known) > MOST else known
    dice = random.Random(_SEED)  # noqa: S311 - draws of a statistic, the same ones every time
    found = sorted(_share(dice.choices(drawn, k=len(drawn)), value) for _ in range(DRAWS))
    cut = DRAWS // 40
    return Share(value, found[cut], found[-1 - cut])


def of(amount: int, share: int) -> int:
    """That share of an amount, in micros, rounded down."""
    return amount * share // MILLION


def _sums(pairs: Sequence[Pair]) -> Pair:
    return sum(part for part, _ in pairs), sum(whole for _, whole in pairs)


def _share(pairs: Sequence[Pair], otherwise: int) -> int:
    part, whole = _sums(pairs)
    return part * MILLION // whole if whole else otherwise
