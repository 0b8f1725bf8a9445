"""A decision above its author's limit, which waits for a second signature."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1 import ids
from makegood.api.v1.representations.dispute import Action
from makegood.api.v1.representations.shapes import Money, Page, micros
from makegood.disputes.selectors.recommendations import RecommendationRow

RecommendationId = Annotated[str, Meta(pattern="^rcm_", description="The id of a recommendation.")]


class Noted(Struct, frozen=True):
    """A finding by its code; ``start_ms`` is where it is heard in the recording, null where nobody said."""

    finding: str
    start_ms: int | None


class Recommendation(Struct, kw_only=True):
    """What somebody decided above their limit: ``waiting``, ``approved``, ``declined`` or ``withdrawn``.

    ``credit`` is what the buyer gets back. ``approve`` says whether the caller can sign it, and if not, why not.
    ``decision`` is what became of it.
    """

    id: RecommendationId
    dispute: str
    number: str
    state: str
    kind: str
    credit: Money
    explanation: str
    findings: list[Noted]
    by: str
    at: datetime
    answered_by: str
    answered_at: datetime | None
    cause: str
    decision: str | None
    approve: Action


class RecommendationPage(Page):
    """What waits for a second signature, the oldest first."""

    items: list[Recommendation]


def recommendation(row: RecommendationRow) -> Recommendation:
    """A recommendation as the service writes it."""
    code, message = (row.why_not.code, row.why_not.message) if row.why_not else (None, None)
    return Recommendation(
        id=row.public_id,
        dispute=row.dispute_public_id,
        number=row.number,
        state=row.state.value,
        kind=row.kind.value,
        credit=micros(row.credit_micros, row.currency),
        explanation=row.note,
        findings=[Noted(one.code, one.start_ms) for one in row.findings],
        by=row.author,
        at=row.at,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        cause=row.cause,
        decision=ids.numbered(ids.DECISION, row.decision_id) if row.decision_id else None,
        approve=Action("approve", row.why_not is None, code, message),
    )
