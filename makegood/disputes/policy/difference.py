"""What differs between two lists of rules: added, removed, changed, moved. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from makegood.disputes.policy.base import Rule, RuleError
from makegood.disputes.policy.catalog import parse_rule
from makegood.disputes.policy.naming import CODES, Naming
from makegood.disputes.policy.sentences import sentence_of, sentence_of_data

Data = Mapping[str, Any]
Meant = Rule | Data
"""A rule as it is meant; as it was written where it cannot be read."""


@dataclass(frozen=True)
class Changed:
    """A rule that says something else now; ``place`` is its place in the second list, from 1."""

    place: int
    before: str
    after: str


@dataclass(frozen=True)
class Moved:
    """A rule that says the same at another place; both places from 1."""

    sentence: str
    before: int
    after: int


@dataclass(frozen=True)
class Difference:
    """The second list beside the first, in sentences."""

    added: tuple[tuple[int, str], ...]
    removed: tuple[tuple[int, str], ...]
    changed: tuple[Changed, ...]
    moved: tuple[Moved, ...]

    @property
    def is_none(self) -> bool:
        """Whether the two say the same in the same order."""
        return not (self.added or self.removed or self.changed or self.moved)


def difference(before: Sequence[Data], after: Sequence[Data], said: Naming = CODES) -> Difference:
    """How ``after`` differs from ``before``. Where a value came from (``basis``) is no difference."""
    was, now = [_meant(rule) for rule in before], [_meant(rule) for rule in after]
    pairs = _paired(was, now)
    moved, kept = _out_of_order(pairs), set(pairs.values())
    return Difference(
        added=tuple((b + 1, _said(now[b], said)) for b in range(len(now)) if b not in kept),
        removed=tuple((a + 1, _said(was[a], said)) for a in range(len(was)) if a not in pairs),
        changed=tuple(
            Changed(b + 1, _said(was[a], said), _said(now[b], said)) for a, b in pairs.items() if was[a] != now[b]
        ),
        moved=tuple(
            Moved(_said(now[b], said), a + 1, b + 1)
            for a, b in sorted(pairs.items())
            if a in moved and was[a] == now[b]
        ),
    )


def _meant(data: Data) -> Meant:
    try:
        return parse_rule(data)
    except RuleError:
        return data


def _said(rule: Meant, said: Naming) -> str:
    return sentence_of(rule, said) if isinstance(rule, Rule) else sentence_of_data(rule, said)


def _paired(was: Sequence[Meant], now: Sequence[Meant]) -> dict[int, int]:
    """Which rule became which: equal ones first, then those of one type, in order."""
    pairs: dict[int, int] = {}
    for exact in (True, False):
        for a, rule in enumerate(was):
            if a in pairs:
                continue
            taken = set(pairs.values())
            found = next(
                (b for b, other in enumerate(now) if b not in taken and _alike(rule, other, exact=exact)), None
            )
            if found is not None:
                pairs[a] = found
    return dict(sorted(pairs.items()))


def _alike(rule: Meant, other: Meant, *, exact: bool) -> bool:
    return rule == other if exact else _type(rule) == _type(other)


def _type(rule: Meant) -> str:
    return rule.type if isinstance(rule, Rule) else str(rule.get("type"))


def _out_of_order(pairs: Mapping[int, int]) -> set[int]:
    """The rules that left their place among the others: all but a longest run that is still in order."""
    order = list(pairs.items())
    ends: list[int] = []
    best: list[int] = []
    before: dict[int, int | None] = {}
    for at, (_, b) in enumerate(order):
        length = bisect_left(ends, b)
        before[at] = best[length - 1] if length else None
        if length == len(ends):
            ends.append(b)
            best.append(at)
        else:
            ends[length], best[length] = b, at
    stay: set[int] = set()
    last = best[-1] if best else None
    while last is not None:
        stay.add(order[last][0])
        last = before[last]
    return set(pairs) - stay
