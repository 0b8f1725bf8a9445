"""Pure values of parties: the principal who acts, and the scope of what it may see."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from makegood.parties.policy import alone_micros, is_unlimited
from makegood.parties.states import Density, Verb, ZoneFrom

T = TypeVar("T")

TOKEN_PREFIX = "mg_"  # noqa: S105 - what every token begins with
"""By its beginning a token is found where it should not be: in logs, in repositories."""


def token_digest(secret: str) -> bytes:
    """What is kept of a token: SHA-256, 32 bytes. The token is random, so nothing slower is needed.

    Whatever a stranger sends has a digest, lone surrogates too.
    """
    return hashlib.sha256(secret.encode(errors="replace")).digest()


@dataclass(frozen=True)
class Scope:
    """A compiled limit-to. ``everything`` wins; otherwise each dimension that is not None must match.

    A scope without any dimension sees nothing. ``paths`` are tree prefixes such as ``r12.a88.``.
    """

    everything: bool = False
    paths: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    agents: tuple[str, ...] | None = None
    bill_profiles: tuple[str, ...] | None = None
    programs: tuple[int, ...] | None = None
    vendors: tuple[int, ...] | None = None

    @property
    def nothing(self) -> bool:
        """Whether nothing at all is visible."""
        return not self.everything and all(
            part is None
            for part in (self.paths, self.tags, self.agents, self.bill_profiles, self.programs, self.vendors)
        )


def _both(mine: tuple[T, ...] | None, yours: tuple[T, ...] | None) -> tuple[T, ...] | None:
    if mine is None or yours is None:
        return mine if yours is None else yours
    return tuple(value for value in mine if value in yours)


def _both_paths(mine: tuple[str, ...] | None, yours: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if mine is None or yours is None:
        return mine if yours is None else yours
    deeper = {path for path in mine if path.startswith(yours)} | {path for path in yours if path.startswith(mine)}
    return tuple(sorted(deeper))


def narrowed(one: Scope, other: Scope) -> Scope:
    """What both scopes allow; never more. Where both limit by tags, rows need a tag that both name."""
    if one.everything or other.everything:
        return other if one.everything else one
    if one.nothing or other.nothing:
        return Scope()
    return Scope(
        paths=_both_paths(one.paths, other.paths),
        tags=_both(one.tags, other.tags),
        agents=_both(one.agents, other.agents),
        bill_profiles=_both(one.bill_profiles, other.bill_profiles),
        programs=_both(one.programs, other.programs),
        vendors=_both(one.vendors, other.vendors),
    )


@dataclass(frozen=True)
class Principal:
    """Who acts: a person, a token or the system itself.

    ``id`` is the person's, and None for the system and for a token behind which nobody stands. ``token_id`` is the
    token that was shown, ``acting_for`` the person it acts for. ``max_decision_micros`` maps currency to the most it
    may credit alone; what is not there is nothing.
    """

    id: int | None
    label: str
    role: str
    verbs: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=Scope)
    customer_id: int | None = None
    vendor_id: int | None = None
    max_decision_micros: dict[str, int] = field(default_factory=dict)
    acting_for: int | None = None
    token_id: int | None = None
    request_id: str = ""
    ip: str | None = None

    def can(self, verb: Verb | str) -> bool:
        """Whether the verb was granted."""
        return verb in self.verbs

    def alone(self, currency: str) -> int | None:
        """The most that may be credited alone in a currency, in micros; 0 for nothing, None for no limit."""
        return None if self.can(Verb.DISPUTE_DECIDE_OVER_LIMIT) else alone_micros(self.max_decision_micros, currency)

    @property
    def has_limit(self) -> bool:
        """Whether there is an amount above which a second person signs."""
        return not (self.can(Verb.DISPUTE_DECIDE_OVER_LIMIT) or is_unlimited(self.max_decision_micros))

    @property
    def is_person(self) -> bool:
        """Whether a person stands behind this; only people may refuse."""
        return self.id is not None or self.acting_for is not None


SYSTEM = Principal(id=None, label="system", role="system", verbs=frozenset(Verb), scope=Scope(everything=True))
"""makegood itself: commits due decisions, imports, delivers digests. It grants, it never refuses."""


@dataclass(frozen=True)
class SignedIn:
    """Whom a token let in, and what it may use: ``per_minute`` requests a minute.

    ``is_limited`` says that it has limits of its own, beside its person's.
    """

    principal: Principal
    token_id: int
    per_minute: int
    last_used_at: datetime | None
    is_limited: bool = False


@dataclass(frozen=True)
class Preferences:
    """How a person wants the pages. ``keys`` maps the name of an action to its key, empty for none.

    ``single_keys`` false switches off every key that types a character. ``columns`` maps the name of a list to the
    columns that it shows, in their order; a list that is not there shows its own.
    """

    density: Density = Density.COMPACT
    zone_from: ZoneFrom = ZoneFrom.OWN
    single_keys: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Preferences:
        """From what the row of a person keeps; whatever is not understood is the default."""
        keys, columns = kept.get("keys"), kept.get("columns")
        lists = columns.items() if isinstance(columns, dict) else ()
        return cls(
            density=Density.COMFORTABLE if kept.get("density") == Density.COMFORTABLE else Density.COMPACT,
            zone_from=ZoneFrom.BROWSER if kept.get("zone_from") == ZoneFrom.BROWSER else ZoneFrom.OWN,
            single_keys=kept.get("single_keys") is not False,
            keys={str(name): str(key) for name, key in keys.items()} if isinstance(keys, dict) else {},
            columns={str(name): tuple(map(str, chosen)) for name, chosen in lists if isinstance(chosen, list)},
        )


@dataclass(frozen=True)
class ContactWords:
    """Who answers further questions, as typed; ``user_email`` is who they are here (empty: they do not sign in)."""

    name: str
    email: str
    phone: str = ""
    hours: str = ""
    user_email: str = ""
