"""What a typed part means for a dispute."""

from __future__ import annotations

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.visible import disputes_visible_to
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
