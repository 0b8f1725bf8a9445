"""Compiles a policy to one SQL expression: the same text for one charge, a page and ten million."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from makegood.disputes.policy.base import Bound, Missing, Moment, Phase, Rule, RuleError
from makegood.disputes.policy.rules.caps import CapCount

LARGEST = 60
"""Rules that fit one bigint mask."""

_PARAMETER = re.compile(r"%\((r\d+_)")


@dataclass(frozen=True)
class Compiled:
    """Expressions over the aliases c, b, cu and i and the policy's own joins, with the parameters bound into them.

    ``joins`` follow the join to b; each finds at most one row. ``fail_mask`` has bit n set when rule n speaks (a
    condition that is not met, a hint that found something); ``missing_mask`` when its fact is unknown and the rule only
    warns about that; ``facts`` is a jsonb object of everything the sentences speak of, what is a rule's own under
    ``r`` and its place; ``counters`` is a jsonb array of the usage counters that the item would be counted in: place,
    customer_id (null: across customers), key, period_start and cap.
    """

    fail_mask: str
    missing_mask: str
    facts: str
    joins: str
    counters: str
    params: Mapping[str, Any]

    @property
    def fragments(self) -> dict[str, str]:
        """What a ``.sql`` file splices: ``joins``, ``fail_mask``, ``missing_mask``, ``facts``, ``counters``."""
        names = ("joins", "fail_mask", "missing_mask", "facts", "counters")
        return {name: getattr(self, name) for name in names}

    def prefixed(self, prefix: str) -> Compiled:
        """The same with other names of parameters, so that two policies fit one statement."""
        texts = {name: _PARAMETER.sub(rf"%({prefix}\1", text) for name, text in self.fragments.items()}
        return Compiled(params={f"{prefix}{name}": value for name, value in self.params.items()}, **texts)

    @property
    def hash(self) -> str:
        """SHA-256 of the text without its parameters."""
        return hashlib.sha256("\n".join(self.fragments.values()).encode()).hexdigest()


def compile_policy(
    rules: Sequence[Rule],
    moment: Moment,
    phases: frozenset[Phase] | None = None,
    places: Collection[int] | None = None,
) -> Compiled:
    """Compile ``rules`` for ``phases`` and at ``places`` (all when None). A bit keeps its place whatever is left out.

    Raises RuleError for more rules than a mask holds, and for a calendar that does not exist.
    """
    if len(rules) > LARGEST:
        raise RuleError(f"a policy has at most {LARGEST} rules, not {len(rules)}", "TOO_MANY_RULES")
    build = _Build(moment)
    for place, rule in enumerate(rules):
        if (phases is None or rule.phase in phases) and (places is None or place in places):
            build.add(place, rule)
    return build.done()


_OF_MOMENT = frozenset(f.name for f in fields(Moment))


class _Watched(Moment):
    """A moment that notices whether it was looked at."""

    def __getattribute__(self, name: str) -> Any:
        if name in _OF_MOMENT:
            object.__setattr__(self, "seen", True)
        return super().__getattribute__(name)


@dataclass(frozen=True)
class Kept:
    """A policy that was compiled once. ``moving`` are the places of the rules whose parameters follow the moment; the
    text never does.
    """

    rules: Sequence[Rule]
    compiled: Compiled
    moving: frozenset[int]

    def at(self, moment: Moment) -> Compiled:
        """What ``compile_policy`` gives for another moment. Raises RuleError as it does."""
        if not self.moving:
            return self.compiled
        params = compile_policy(self.rules, moment, places=self.moving).params
        return replace(self.compiled, params={**self.compiled.params, **params})


def keep_policy(
    rules: Sequence[Rule],
    moment: Moment,
    phases: frozenset[Phase] | None = None,
    places: Collection[int] | None = None,
) -> Kept:
    """Compile for many requests; arguments and refusals are those of ``compile_policy``."""
    chosen = [
        place
        for place, rule in enumerate(rules)
        if (phases is None or rule.phase in phases) and (places is None or place in places)
    ]
    moving = frozenset(place for place in chosen if _moves(rules, place, moment))
    return Kept(rules, compile_policy(rules, moment, places=chosen), moving)


def _moves(rules: Sequence[Rule], place: int, moment: Moment) -> bool:
    watched = _Watched(**{name: getattr(moment, name) for name in _OF_MOMENT})
    vars(watched).pop("seen", None)
    compile_policy(rules, watched, places=(place,))
    return "seen" in vars(watched)


class _Build:
    """A policy in the making."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._fails, self._missing = ["0::bigint"], ["0::bigint"]
        self._joins: dict[str, None] = {}
        self._shared: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self._counters: list[str] = []
        self._params: dict[str, Any] = {}

    def add(self, place: int, rule: Rule) -> None:
        """Compile one rule."""
        for join in rule.joins(place, self._moment):
            self._joins[self._bound(join)] = None
        bit = f"{1 << place}::bigint"
        text = self._bound(rule.sql(place, self._moment))
        inside, params = rule.gate.sql(place)
        self._params.update(params)
        gate = f"{inside} AND " if inside else ""
        self._fails.append(f"({gate}{_speaks(rule, text)})::int * {bit}")
        if rule.on_missing is Missing.WARN:
            self._missing.append(f"({gate}({text}) IS NULL)::int * {bit}")
        self._shared.update(rule.facts)
        if own := rule.own_facts(place, self._moment):
            pairs = {name: self._bound(fact) for name, fact in own.items()}
            self._own[f"r{place}"] = _object(pairs)
        if isinstance(rule, CapCount):
            self._counters.append(self._counter(place, rule, inside))

    def _bound(self, bound: Bound) -> str:
        self._params.update(bound.params)
        return bound.sql

    def _counter(self, place: int, rule: CapCount, inside: str) -> str:
        _, start = rule.start_sql(place, self._moment)
        found = _object(
            {
                "place": str(place),
                "customer_id": rule.customer_sql(),
                "key": self._bound(rule.key_sql(place, self._moment)),
                "period_start": self._bound(start),
                "cap": f"%(r{place}_limit)s",
            }
        )
        one = f"jsonb_build_array({found})"
        return f"CASE WHEN {inside} THEN {one} ELSE '[]'::jsonb END" if inside else one

    def done(self) -> Compiled:
        """Everything put together."""
        return Compiled(
            fail_mask=" + ".join(self._fails),
            missing_mask=" + ".join(self._missing),
            facts=_object({**dict(sorted(self._shared.items())), **self._own}),
            joins="\n".join(self._joins),
            counters=" || ".join(["'[]'::jsonb", *self._counters]),
            params=self._params,
        )


def _speaks(rule: Rule, text: str) -> str:
    """The rule's bit as a boolean expression that is never null."""
    if rule.is_hint:
        return f"coalesce({text}, {'true' if rule.on_missing is Missing.FAIL else 'false'})"
    return f"NOT coalesce({text}, {'false' if rule.on_missing is Missing.FAIL else 'true'})"


_MOST_PAIRS = 40
"""A function takes at most 100 arguments."""


def _object(pairs: Mapping[str, str]) -> str:
    """A jsonb object of expressions."""
    return " || ".join(f"jsonb_build_object({', '.join(part)})" for part in _parts(pairs))


def _parts(pairs: Mapping[str, str]) -> Iterator[list[str]]:
    items = [f"'{name}', {text}" for name, text in pairs.items()]
    for start in range(0, max(len(items), 1), _MOST_PAIRS):
        yield items[start : start + _MOST_PAIRS]
