"""Limits that count: which of a batch still fit, the counters locked before judging, and raised after filing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from makegood.disputes.operations.batch import fetch
from makegood.disputes.policy import Compiled, Rule, Severity, compile_policy
from makegood.disputes.policy.base import Moment
from makegood.disputes.policy.rules.amounts import AmountCap
from makegood.disputes.policy.rules.caps import CapCount, CapPercent
from makegood.kernel import sql

_PLACE = re.compile(r"\bi\.(rank_of_user|rank_of_vendor|rank|running_micros)\b")
_COUNTED = {
    "rank": "count(*) FILTER (WHERE {gate}) OVER (PARTITION BY i.customer_id ORDER BY i.ordinal)",
    "rank_of_user": "count(*) FILTER (WHERE {gate}) OVER (ORDER BY i.ordinal)",
    "rank_of_vendor": "count(*) FILTER (WHERE {gate}) OVER (PARTITION BY i.vendor_id ORDER BY i.ordinal)",
    "running_micros": (
        "(sum(i.amount_micros) FILTER (WHERE {gate}) OVER (PARTITION BY i.customer_id ORDER BY i.ordinal))::bigint"
    ),
}
"""An item's place among those of its batch that pass so far and that the rule counts."""


_RATE = (
    "jsonb_build_array(jsonb_build_object('customer_id', c.customer_id, 'key', 'cap:BUYER_RATE_CAP',"
    " 'period_start', 'epoch'::timestamptz))"
)
"""A row to lock while a part of what was billed is judged; nothing is counted in it."""

Counter = tuple[int | None, str, datetime]
"""A usage counter of a program: customer (None: across customers), key, start of the period."""


@dataclass
class Use:
    """What is added to a counter, and up to where; ``overrides`` came in above the limit, with a written cause."""

    count: int = 0
    micros: int = 0
    overrides: int = 0
    most: int | None = None
    most_micros: int | None = None


@dataclass(frozen=True)
class Limits:
    """The compiled limits of a policy: the part of the statement that judges them, and what it takes.

    ``locks`` are the fragments that name the counters to lock beforehand; empty where no rule counts.
    """

    part: str
    locks: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


def _looks_at_batch(rule: Rule) -> bool:
    """Whether the rule asks for an item's place in its batch, so that it is judged again after all others."""
    return isinstance(rule, CapCount | CapPercent) or (isinstance(rule, AmountCap) and rule.per_submission is not None)


NONE = Limits(sql.load("disputes.no_limits"))
"""Those of a policy without any."""


def has_limits(rules: Sequence[Rule]) -> bool:
    """Whether a rule looks at an item's place in its batch."""
    return any(_looks_at_batch(rule) for rule in rules)


def counts(rules: Sequence[Rule]) -> bool:
    """Whether a rule counts what is filed, so that counters are locked before and raised after."""
    return any(isinstance(rule, CapCount | CapPercent) for rule in rules)


def limits_of(rules: Sequence[Rule], moment: Moment) -> Limits:
    """The limits among the rules of a policy."""
    late = [place for place, rule in enumerate(rules) if _looks_at_batch(rule)]
    if not late:
        return NONE
    parts: dict[int, Compiled] = {place: compile_policy(rules, moment, places=(place,)) for place in late}
    columns: dict[str, None] = {}
    for place, compiled in parts.items():
        gate, _ = rules[place].gate.sql(place)
        for name in sorted({name for text in compiled.fragments.values() for name in _PLACE.findall(text)}):
            columns[f"{_COUNTED[name].format(gate=gate or 'true')} AS {name}_{place}"] = None
    own = {place: _with_own_places(compiled.fragments, place) for place, compiled in parts.items()}
    fragments = {
        "places": ",\n".join(columns),
        "limit_mask": " | ".join(f"({part['fail_mask']})" for part in own.values()),
        "limit_missing": " | ".join(f"({part['missing_mask']})" for part in own.values()),
        "limit_facts": " || ".join(part["facts"] for part in own.values()),
        "limit_joins": _once(part["joins"] for part in own.values()),
        "counters": " || ".join(f"({part['counters']})" for part in own.values()),
    }
    params = {name: value for compiled in parts.values() for name, value in compiled.params.items()}
    return Limits(sql.spliced("disputes.limits_of_batch", fragments), _locks(rules, parts), params)


def _with_own_places(fragments: Mapping[str, str], place: int) -> dict[str, str]:
    return {name: _PLACE.sub(rf"i.\1_{place}", text) for name, text in fragments.items()}


def _once(joins: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(line for text in joins for line in text.splitlines()))


def _locks(rules: Sequence[Rule], parts: Mapping[int, Compiled]) -> dict[str, str]:
    counting = [parts[place] for place in parts if isinstance(rules[place], CapCount)]
    named = [f"({compiled.counters})" for compiled in counting]
    named += [_RATE] * any(isinstance(rules[place], CapPercent) for place in parts)
    return {"joins": _once(c.joins for c in counting), "counters": " || ".join(named)} if named else {}


def lock_counters(limits: Limits, params: Mapping[str, Any]) -> None:
    """Lock every counter that the items would be counted in, in key order; ``params`` are those of the submission."""
    if limits.locks:
        fetch(sql.spliced("disputes.lock_counters", limits.locks), {**limits.params, **params})


def uses_of(rules: Sequence[Rule], filed: Iterable[tuple[int, int, str]]) -> dict[Counter, Use]:
    """What filing adds to counters: for each filed item its mask, its amount in micros, and its counters (jsonb)."""
    uses: dict[Counter, Use] = {}
    known: dict[str, list[tuple[Counter, int, int]]] = {}
    for mask, micros, text in filed:
        # Items of one customer carry the same text.
        if text not in known:
            known[text] = _counters(text)
        for counter, place, cap in known[text]:
            use = uses.setdefault(counter, Use())
            beyond = mask >> place & 1
            if beyond and rules[place].severity is Severity.OVERRIDE:
                use.overrides += 1
                continue
            use.count, use.micros = use.count + 1, use.micros + micros
            if not beyond:
                use.most = cap
    return uses


def _counters(text: str) -> list[tuple[Counter, int, int]]:
    """The counters of an item, each once, with the place of its rule and its limit."""
    found: dict[Counter, tuple[int, int]] = {}
    for one in json.loads(text):
        counter = (one["customer_id"], one["key"], datetime.fromisoformat(one["period_start"]))
        found.setdefault(counter, (one["place"], one["cap"]))
    return [(counter, place, cap) for counter, (place, cap) in found.items()]


def count_usage(program_id: int, uses: Mapping[Counter, Use]) -> None:
    """Raise locked counters. Raises IntegrityError when one would pass its limit: then nothing may be filed."""
    if not uses:
        return
    rows = fetch(
        sql.load("disputes.count_usage"),
        {
            "program_id": program_id,
            "customer_ids": [customer for customer, _, _ in uses],
            "keys": [key for _, key, _ in uses],
            "period_starts": [start for _, _, start in uses],
            "counts": [use.count for use in uses.values()],
            "micros": [use.micros for use in uses.values()],
            "overrides": [use.overrides for use in uses.values()],
            "most": [use.most for use in uses.values()],
            "most_micros": [use.most_micros for use in uses.values()],
        },
    )
    if rows[0][0] < len(uses):
        raise IntegrityError("a usage counter would pass its limit")
