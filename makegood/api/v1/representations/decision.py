"""A decision: what was said in one round, and whether it can still be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1 import ids
from makegood.api.v1.representations.shapes import Money, micros
from makegood.disputes.selectors.decisions import DecisionRow

DecisionId = Annotated[str, Meta(pattern="^dec_", description="The id of a decision.")]


class Held(Struct, frozen=True):
    """What was just decided: ``held`` until ``commits_at``, or ``committed`` at once where the program has no window.

    ``version`` is the dispute's now; in double quotes it goes into If-Match.
    """

    id: DecisionId
    dispute: str
    number: str
    state: str
    amount: Money
    commits_at: datetime | None
    version: int


class Decision(Struct, frozen=True):
    """A decision: ``held`` in its undo window, ``committed``, or ``undone``."""

    id: DecisionId
    dispute: str
    number: str
    round: int
    kind: str
    state: str
    amount: Money
    explanation: str
    at: datetime
    by: str
    commits_at: datetime | None


def decision(row: DecisionRow) -> Decision:
    """A decision as the service writes it."""
    return Decision(
        id=ids.numbered(ids.DECISION, row.id),
        dispute=row.dispute,
        number=row.number,
        round=row.round,
        kind=row.kind,
        state=row.state.value,
        amount=micros(row.amount.micros, row.amount.currency),
        explanation=row.note,
        at=row.at,
        by=row.by,
        commits_at=row.commits_at,
    )
