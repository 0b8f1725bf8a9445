"""What a rule is: typed parameters, one SQL expression, the facts it looks at, its sentence, and a reference.

The SQL decides; ``reference`` answers the same question in plain Python and exists for tests alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

Facts = Mapping[str, Any]


class Severity(StrEnum):
    """What a failing rule does. There is no automatic rejection."""

    BLOCK = "block"
    OVERRIDE = "override"
    WARN = "warn"
    RECOMMEND = "recommend"


class Phase(StrEnum):
    """When a rule can be judged: from the charge alone, or once a claim is made."""

    CHARGE = "charge"
    AMOUNT = "amount"
    REASON = "reason"
    EVIDENCE = "evidence"


CLAIM = frozenset({Phase.AMOUNT, Phase.REASON, Phase.EVIDENCE})


class Missing(StrEnum):
    """What an unknown fact means."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105 - a word, no secret
    WARN = "warn"


class RuleError(ValueError):
    """A policy names a rule type or a parameter that does not exist, or gives it an impossible value."""


@dataclass(frozen=True)
class Bound:
    """SQL with bound parameters; names are unique within a policy because they carry the rule's place."""

    sql: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Moment:
    """When and where a policy is judged; ``zones`` are the time zones in use, by id."""

    now: datetime
    zones: Mapping[int, str]


@dataclass(frozen=True)
class Rule(ABC):
    """One rule of a policy. Subclasses are rule types; their fields are the parameters."""

    severity: Severity
    on_missing: Missing = Missing.FAIL

    type: ClassVar[str]
    code: ClassVar[str]
    phase: ClassVar[Phase] = Phase.CHARGE
    facts: ClassVar[Mapping[str, str]] = {}
    """Names and SQL expressions of the facts the sentence speaks of; shared names mean the same expression."""

    @abstractmethod
    def sql(self, place: int, moment: Moment) -> Bound:
        """A boolean expression over the aliases c (charge), b (its balance), cu (customer), i (claim)."""

    @abstractmethod
    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        """The same in Python over a mapping of columns; None when a fact is unknown."""

    @abstractmethod
    def message(self, facts: Facts, at: datetime) -> str:
        """The sentence for a person when the rule fails."""

    @abstractmethod
    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        """What would have made it eligible; empty where nothing the person can do would."""

    def limit(self) -> dict[str, Any]:
        """The rule's parameters, as the verdict shows them."""
        own = {f.name for f in fields(Rule)}
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in own}

    def closes_at(self, facts: Facts) -> datetime | None:
        """When a charge that passes now will stop passing; None when it never will."""
        return None
