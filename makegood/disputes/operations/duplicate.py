"""Says of a dispute that it repeats an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import DuplicateItem
from makegood.disputes.models import Dispute, Handling
from makegood.disputes.operations.handling import handle
from makegood.disputes.selectors.handling import may_repeat
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def mark_duplicate(principal: Principal, *, items: Sequence[DuplicateItem]) -> list[Answer]:
    """Mark each dispute as a repetition of another one in sight, by its number; an empty number takes the mark away.

    The mark decides nothing. Answers carry ``number``. Refusals per item: NOT_FOUND, DISPUTE_CLOSED, DUPLICATE_UNKNOWN
    (absent, out of sight, the dispute itself, or one that repeats it). Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, handling: Handling, item: DuplicateItem) -> Mapping[str, Any] | None:
        label = item.of.strip().upper()
        first = may_repeat(principal, dispute, label) if label else None
        if label and first is None:
            raise errors.DuplicateUnknown(number=str(dispute), of=item.of.strip())
        if (first.pk if first else None) == handling.duplicate_of_id:
            return None
        handling.duplicate_of = first
        return {"of": str(first) if first else ""}

    return handle(principal, "mark_duplicate", "marked_duplicate", items, apply)
