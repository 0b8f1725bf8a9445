"""Gives disputes to somebody to work on, for longer than a lease lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import AssignItem
from makegood.disputes.models import Dispute, Handling
from makegood.disputes.operations.handling import handle
from makegood.disputes.selectors.handling import may_work_on
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def assign(principal: Principal, *, items: Sequence[AssignItem]) -> list[Answer]:
    """Give each dispute to a person who sees and decides it, or to nobody; whoever gets one is told.

    A lease of somebody else stays theirs until it ends. Answers carry ``number``. Refusals per item: NOT_FOUND,
    DISPUTE_CLOSED, ASSIGNEE_UNKNOWN. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, handling: Handling, item: AssignItem) -> Mapping[str, Any] | None:
        if item.to == handling.assigned_to_id:
            return None
        name = "" if item.to is None else may_work_on(dispute, item.to)
        if name is None:
            raise errors.AssigneeUnknown(number=str(dispute))
        before, handling.assigned_to_id = handling.assigned_to_id, item.to
        handling.assigned_by_id = principal.id if item.to is not None else None
        handling.assigned_at = clock.now() if item.to is not None else None
        return {"assignee": item.to, "assignee_label": name, "before": before, "by": principal.id}

    return handle(principal, "assign", "assigned", items, apply)
