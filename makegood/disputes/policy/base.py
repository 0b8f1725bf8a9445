"""What a rule is: typed parameters, one SQL expression, the facts it looks at, its sentence, and a reference.

The SQL decides; ``reference`` answers the same question in plain Python and exists for tests alone. A rule *speaks*
when its bit of the mask is set: a condition speaks when it is not met, a hint when what it looks for is there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

from makegood.disputes.policy.budget import Budget
from makegood.disputes.policy.gate import EVERYTHING, Gate
from makegood.disputes.policy.naming import Naming

Facts = Mapping[str, Any]


class Severity(StrEnum):
    """What a rule that speaks does. There is no automatic rejection."""

    BLOCK = "block"
    OVERRIDE = "override"
    WARN = "warn"
    AUTO_ACCEPT = "auto_accept"
    RECOMMEND = "recommend"
    ROUTE = "route"


class Phase(StrEnum):
    """When a rule can be judged: from the charge alone, once a claim is made, for the reviewer, or by the system."""

    CHARGE = "charge"
    AMOUNT = "amount"
    REASON = "reason"
    EVIDENCE = "evidence"
    REVIEW = "review"
    AUTO = "auto"


CLAIM = frozenset({Phase.AMOUNT, Phase.REASON, Phase.EVIDENCE})


class Missing(StrEnum):
    """What an unknown fact means."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105 - a word, no secret
    WARN = "warn"


class RuleError(ValueError):
    """A policy names a rule type or a parameter that does not exist, or gives it an impossible value.

    ``code`` is one of UNKNOWN_RULE, UNKNOWN_PARAMETER, BAD_PARAMETER, BAD_SEVERITY, BAD_MISSING, TOO_MANY_RULES.
    """

    def __init__(self, sentence: str, code: str = "BAD_PARAMETER") -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Bound:
    """SQL with bound parameters; names are unique within a policy because they carry the rule's place."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenDays:
    """The working days of a calendar: weekdays (Monday is 0) less holidays."""

    weekdays: frozenset[int]
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Moment:
    """When, where and by whom a policy is judged.

    ``zones`` are the time zones in use, by id; ``program_zone`` is the program's own; ``calendars`` are working days by
    name; ``user_id`` is the person who files (None in a preview).
    """

    now: datetime
    zones: Mapping[int, str]
    program_zone: str = "UTC"
    calendars: Mapping[str, OpenDays] = field(default_factory=dict)
    user_id: int | None = None


@dataclass(frozen=True)
class Rule(ABC):
    """One rule of a policy. Subclasses are rule types; their fields are the parameters."""

    severity: Severity
    on_missing: Missing = Missing.FAIL
    gate: Gate = EVERYTHING
    budget: Budget | None = None
    queue: str = ""

    type: ClassVar[str]
    code: ClassVar[str]
    phase: ClassVar[Phase] = Phase.CHARGE
    facts: ClassVar[Mapping[str, str]] = {}
    """Names and SQL expressions of the facts the sentence speaks of; shared names mean the same expression."""
    is_hint: ClassVar[bool] = False
    """Whether ``sql`` says that what the rule looks for is there (else: that its condition is met)."""
    suggests: ClassVar[str] = ""
    """The decision a reviewer is offered when the rule speaks with severity ``recommend``."""

    @abstractmethod
    def sql(self, place: int, moment: Moment) -> Bound:
        """A boolean expression over c (charge), b (its balance), cu (customer), i (claim) and the rule's joins."""

    @abstractmethod
    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        """The same in Python over a mapping of columns; None when a fact is unknown."""

    @abstractmethod
    def when(self, said: Naming) -> str:
        """What it looks for, as the sentence of the rule says it after "when"."""

    def oddity(self) -> str:
        """What is wrong with the parameters: why it never speaks, or speaks of everything. Empty for nothing."""
        return ""

    @abstractmethod
    def message(self, facts: Facts, at: datetime) -> str:
        """The sentence for a person when the rule speaks."""

    @abstractmethod
    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        """What would have made it eligible; empty where nothing the person can do would."""

    def met(self, facts: Facts, at: datetime) -> str:
        """The sentence for a person when the condition is met; empty where its code says enough."""
        return ""

    def asks(self) -> str:
        """What it asks of a charge, said before any is looked at; empty where its code says enough."""
        return ""

    def joins(self, place: int, moment: Moment) -> tuple[Bound, ...]:
        """Joins that ``sql`` and the facts need; each finds at most one row. Equal texts are joined once."""
        return ()

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """Facts that depend on the rule's parameters; kept apart per rule, so names need not be unique."""
        return {}

    def parameters(self) -> dict[str, Any]:
        """The rule's parameters, as the verdict shows them, and the gate's where one is set."""
        return self._parameters

    @cached_property
    def _parameters(self) -> dict[str, Any]:
        own = {f.name for f in fields(Rule)}
        return {**self.gate.shown(), **{f.name: getattr(self, f.name) for f in fields(self) if f.name not in own}}

    def closes_at(self, facts: Facts) -> datetime | None:
        """When a charge that passes now will stop passing; None when it never will."""
        return None


@dataclass(frozen=True)
class Hint(Rule):
    """A rule that never blocks: it speaks when what it looks for is there. What is unknown stays silent."""

    on_missing: Missing = Missing.PASS

    is_hint: ClassVar[bool] = True
    phase: ClassVar[Phase] = Phase.REVIEW

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        """Nothing: it stands in nobody's way."""
        return ""
