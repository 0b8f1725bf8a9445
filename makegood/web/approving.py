"""Second signatures as the page shows them: what waits, what it would do, and what was typed."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.disputes.selectors.effect_tables import EffectTable, table_of
from makegood.disputes.selectors.recommendations import RecommendationRow, waiting
from makegood.disputes.states import DecisionKind
from makegood.kernel.money import Money
from makegood.kernel.paging import Page
from makegood.parties.entries import Principal

WORDS = {DecisionKind.ACCEPT: "Accept", DecisionKind.PARTIAL: "Accept in part", DecisionKind.REJECT: "Reject"}


@dataclass(frozen=True)
class Waiting:
    """One decision that waits; ``effect`` is what it would do to the three parties, ``error`` why it was refused."""

    row: RecommendationRow
    effect: EffectTable | None
    cause: str = ""
    error: str = ""

    @property
    def word(self) -> str:
        """What is decided."""
        return WORDS[self.row.kind]

    @property
    def credit(self) -> Money:
        """What the buyer would get back."""
        return Money(self.row.credit_micros, self.row.currency)

    @property
    def asked(self) -> Money:
        """What was asked."""
        return Money(self.row.asked_micros, self.row.currency)

    @property
    def is_part(self) -> bool:
        """Whether less is credited than was asked."""
        return self.row.kind is DecisionKind.PARTIAL


@dataclass(frozen=True)
class Typed:
    """What somebody sent for one of them, and why it was refused."""

    public_id: str = ""
    cause: str = ""
    error: str = ""


@dataclass(frozen=True)
class Approvals:
    """What the page shows: what waits for the reader, and apart from it what they wait for themselves."""

    page: Page[RecommendationRow]
    waiting: tuple[Waiting, ...]
    own: tuple[Waiting, ...]


def approvals_of(principal: Principal, *, after: str = "", before: str = "", typed: Typed | None = None) -> Approvals:
    """Everything that waits in the reader's sight, oldest first; their own on the first page."""
    page = waiting(principal, after=after, before=before, own=False)
    first = not after and not before
    own = waiting(principal, own=True).rows if first else ()
    said = typed or Typed()
    shown, mine = ([_shown(principal, row, said) for row in rows] for rows in (page.rows, own))
    return Approvals(page, tuple(shown), tuple(mine))


def _shown(principal: Principal, row: RecommendationRow, typed: Typed) -> Waiting:
    effect = table_of(principal, row.effect, row.kind) if row.effect else None
    if row.public_id != typed.public_id:
        return Waiting(row, effect)
    return Waiting(row, effect, typed.cause, typed.error)
