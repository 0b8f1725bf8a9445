"""What a typed part means for a dispute, and for many at once."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.disputes.entries import DecisionItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind
from makegood.kernel.typed_amounts import typed_amount
from makegood.parties.entries import Principal


def part_of(dispute: Dispute, text: str) -> int:
    """Micros of the part that ``text`` means. Raises BadAmount, AmountTooFine."""
    asked = dispute.amount_micros
    return typed_amount(text, whole=asked, remaining=asked, currency=dispute.currency)


def part_for(principal: Principal, dispute_id: int, text: str) -> int | None:
    """The same for a dispute by id; None for an empty text. Raises BadAmount, AmountTooFine."""
    if not text.strip():
        return None
    return part_of(disputes_visible_to(principal).get(pk=dispute_id), text)


def decision_items(
    principal: Principal,
    dispute_ids: Sequence[int],
    kind: DecisionKind,
    amount: str = "",
    *,
    note: str = "",
    findings: tuple[str, ...] = (),
) -> list[DecisionItem]:
    """One decision for each of the disputes in sight, with its present version; a part is read for each by itself.

    Raises BadAmount, AmountTooFine.
    """
    found = disputes_visible_to(principal).filter(pk__in=dispute_ids).order_by("submitted_at", "id")
    return [
        DecisionItem(
            dispute.pk,
            kind,
            part_of(dispute, amount) if kind is DecisionKind.PARTIAL else None,
            note,
            findings,
            dispute.lock_version,
        )
        for dispute in found
    ]
