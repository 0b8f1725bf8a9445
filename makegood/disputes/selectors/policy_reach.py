"""What a draft would change for today's charges, looked at in slices, so that no page waits for a million of them.

What was found so far is plain data that the next step takes up; every step looks at the charges as of one moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Max, Min

from makegood.billing.models import Charge
from makegood.disputes.eligibility import CHARGE_PHASES
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.selectors.policies import PolicyInForce, policy_in_force
from makegood.disputes.selectors.policy_diff import (
    SAMPLES,
    Counted,
    PolicyDiff,
    Sample,
    Shift,
    Span,
    code_at,
    counted,
    headline_of,
)
from makegood.disputes.selectors.policy_trials import demand_sight, demand_whole
from makegood.disputes.selectors.verdicts import judged
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal

SLICE = 20_000
LEAST_SLICE = 500
SLOW_S = 0.5
"""A slice that takes longer is followed by smaller ones."""
LONGEST_S = 120.0
"""So long at most it looks by itself; then a person says whether it goes on."""


@dataclass(frozen=True)
class Reach:
    """How far the look has come: ids from ``first`` to ``last``, up to ``upto`` so far.

    ``shifts`` counts charges and micros by what stops them before and after (bits) and currency; ``speaks`` counts by
    place of the draft's rules; ``samples`` are a few charges by the two bits. ``spent`` is in seconds.
    """

    at: datetime
    first: int
    last: int
    upto: int
    size: int = SLICE
    charges: int = 0
    spent: float = 0.0
    shifts: Mapping[tuple[int, int, str], tuple[int, int]] = field(default_factory=dict)
    speaks: Mapping[int, int] = field(default_factory=dict)
    samples: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether every charge was looked at."""
        return self.upto >= self.last

    @property
    def percent(self) -> int:
        """How far it is, from 0 to 100."""
        whole = self.last - self.first + 1
        return 100 if self.is_done else (self.upto - self.first + 1) * 100 // whole

    def kept(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "at": self.at.isoformat(),
            "ids": [self.first, self.last, self.upto],
            "size": self.size,
            "charges": self.charges,
            "spent": self.spent,
            "shifts": [[*key, *value] for key, value in self.shifts.items()],
            "speaks": [[*pair] for pair in self.speaks.items()],
            "samples": [[*key, list(ids)] for key, ids in self.samples.items()],
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Reach:
        """From what ``kept`` gave."""
        first, last, upto = kept["ids"]
        return cls(
            at=datetime.fromisoformat(kept["at"]),
            first=first,
            last=last,
            upto=upto,
            size=kept["size"],
            charges=kept["charges"],
            spent=kept["spent"],
            shifts={(a, b, currency): (count, micros) for a, b, currency, count, micros in kept["shifts"]},
            speaks=dict(kept["speaks"]),
            samples={(a, b): tuple(ids) for a, b, ids in kept["samples"]},
        )


def compared(principal: Principal, draft: PolicyInForce, at: datetime) -> PolicyInForce:
    """The version in force that a draft is compared with. Errors: POLICY_MISSING, WHOLE_PROGRAM_NEEDED.

    Raises NotPermitted.
    """
    demand_sight(principal)
    demand_whole(principal)
    found = policy_in_force(draft.program_id, at)
    if isinstance(found, PolicyMissing):
        raise found
    return found


def begin_reach(draft: PolicyInForce) -> Reach:
    """Nothing looked at so far. The caller has scoped the program."""
    ends = Charge.objects.filter(program_id=draft.program_id).aggregate(first=Min("pk"), last=Max("pk"))
    first, last = ends["first"] or 1, ends["last"] or 0
    return Reach(clock.now(), first, last, first - 1)


def reach_further(
    before: PolicyInForce,
    draft: PolicyInForce,
    reach: Reach,
    budget_s: float,
    ticks: Callable[[], float] = time.monotonic,
) -> Reach:
    """Look at more slices until the budget of time is spent; at least at one. ``ticks`` counts seconds."""
    began = ticks()
    while not reach.is_done:
        started = ticks()
        upto = min(reach.upto + reach.size, reach.last)
        span = Span(at=reach.at, blocked_too=True, above=reach.upto, upto=upto)
        reach = _with_rows(reach, counted(draft.program_id, before.rules, draft.rules, span), len(draft.rules))
        took = ticks() - started
        size = max(LEAST_SLICE, reach.size // 2) if took > SLOW_S else reach.size
        reach = replace(reach, upto=upto, size=size, spent=reach.spent + took)
        if ticks() - began >= budget_s:
            break
    return reach


def _with_rows(reach: Reach, rows: list[Counted], rules: int) -> Reach:
    shifts, speaks, samples = dict(reach.shifts), dict(reach.speaks), dict(reach.samples)
    charges = reach.charges
    for a_bit, b_bit, currency, mask, count, micros, first, last in rows:
        known = shifts.get((a_bit, b_bit, currency), (0, 0))
        shifts[a_bit, b_bit, currency] = (known[0] + count, known[1] + micros)
        charges += count
        for place in range(rules):
            if mask >> place & 1:
                speaks[place] = speaks.get(place, 0) + count
        if a_bit != b_bit:
            few = {*samples.get((a_bit, b_bit), ()), first, last}
            samples[a_bit, b_bit] = tuple(sorted(few)[:SAMPLES])
    return replace(reach, shifts=shifts, speaks=speaks, samples=samples, charges=charges)


def diff_of_reach(before: PolicyInForce, draft: PolicyInForce, reach: Reach) -> PolicyDiff:
    """What was found so far as a difference between the two policies, with samples of what would change."""
    found: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    chosen: dict[tuple[str, str], set[int]] = {}
    for (a_bit, b_bit, currency), (count, micros) in reach.shifts.items():
        key = (code_at(before.rules, a_bit), code_at(draft.rules, b_bit))
        sums = found.setdefault(key, {})
        known = sums.get(currency, (0, 0))
        sums[currency] = (known[0] + count, known[1] + micros)
        if key[0] != key[1]:
            chosen.setdefault(key, set()).update(reach.samples.get((a_bit, b_bit), ()))
    shifts = (_shift(key, sums, chosen.get(key, set()), (before, draft), reach.at) for key, sums in found.items())
    return PolicyDiff(before.label, draft.label, tuple(sorted(shifts, key=lambda shift: -shift.charges)))


def _shift(
    key: tuple[str, str],
    sums: Mapping[str, tuple[int, int]],
    ids: set[int],
    policies: tuple[PolicyInForce, PolicyInForce],
    at: datetime,
) -> Shift:
    said = policies[1] if key[1] else policies[0]
    few = sorted(ids)[:SAMPLES]
    verdicts = judged(said, [SubmitItem(pk) for pk in few], CHARGE_PHASES, now=at) if few else {}
    return Shift(
        *key,
        charges=sum(count for count, _ in sums.values()),
        billed=tuple(Money(sums[currency][1], currency) for currency in sorted(sums)),
        samples=tuple(Sample(pk, headline_of(verdicts[pk])) for pk in few if pk in verdicts),
    )
