"""Pure values of parties: the principal who acts, and the scope of what it may see."""

from __future__ import annotations

from dataclasses import dataclass, field

from makegood.parties.states import Verb


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


@dataclass(frozen=True)
class Principal:
    """Who acts: a person, a token or the system itself; ``id`` is None for the system."""

    id: int | None
    label: str
    role: str
    verbs: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=Scope)
    customer_id: int | None = None
    vendor_id: int | None = None
    max_decision_micros: dict[str, int] = field(default_factory=dict)
    acting_for: int | None = None
    request_id: str = ""
    ip: str | None = None

    def can(self, verb: Verb | str) -> bool:
        """Whether the verb was granted."""
        return verb in self.verbs

    @property
    def is_person(self) -> bool:
        """Whether a person stands behind this; only people may refuse."""
        return self.id is not None or self.acting_for is not None


SYSTEM = Principal(id=None, label="system", role="system", verbs=frozenset(Verb), scope=Scope(everything=True))
"""makegood itself: commits due decisions, imports, delivers digests. It grants, it never refuses."""
