"""What the journal is told of reviews that nobody asked for: each with the facts that an auditor asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes.models import Review
from makegood.journal.operations import Change, record_all
from makegood.parties.entries import Principal


def tell(principal: Principal, row: Review, verb: str, **facts: Any) -> None:
    """Journal one step of a review with its charge at hand; in the transaction of the step."""
    tell_all(principal, [row], verb, **facts)


def tell_all(principal: Principal, rows: Sequence[Review], verb: str, **facts: Any) -> None:
    """The same of several, their charges at hand, in one statement."""
    record_all(principal, [_change(row, verb, facts) for row in rows])


_PAST: Mapping[str, str] = {
    "claim": "claimed",
    "release": "released",
    "skip": "skipped",
    "lapse": "lapsed",
    "cancel": "overtaken",
    "finish": "finished",
    "take_back": "taken_back",
}
"""How each step is called when it is over."""


def _change(row: Review, verb: str, facts: Mapping[str, Any]) -> Change:
    return Change(
        verb=verb,
        event=f"review.{_PAST[verb]}",
        object_kind="review",
        object_id=row.pk,
        program_id=row.program_id,
        customer_id=row.customer_id,
        vendor_id=row.charge.vendor_id,
        changes={"label": str(row), "charge_id": row.charge_id, "chosen_by": row.chosen_by, **facts},
    )
