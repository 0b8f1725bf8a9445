"""Keeps how long a decision took at the desk, and how much of it somebody listened."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.disputes.entries import DeskTimeItem
from makegood.disputes.models import Decision, DeskTime
from makegood.disputes.selectors.visible import visible_ids
from makegood.disputes.states import DecisionState
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

LONGEST_MS = 24 * 3_600_000
"""A case that stood open for longer than a day took a day."""


def keep_desk_times(principal: Principal, *, items: Sequence[DeskTimeItem]) -> list[Answer]:
    """Write the times of the decisions that this person holds; a time that is kept already is written anew.

    Refusals per item: NOT_FOUND, for what is out of scope and what the person has not decided. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    seen = visible_ids(principal, (item.dispute_id for item in items))
    held = Decision.objects.filter(dispute__in=seen, by=principal.id).exclude(state=DecisionState.UNDONE)
    newest = dict(held.order_by("id").values_list("dispute", "pk"))
    rows: dict[int, DeskTime] = {}
    answers = []
    for ordinal, item in enumerate(items):
        decision = newest.get(item.dispute_id)
        if decision is None:
            answers.append(Answer.refused(ordinal, NotFound(), id=item.dispute_id))
            continue
        facts = {"decision_ms": _within(item.decision_ms), "listened_ms": _within(item.listened_ms)}
        rows[decision] = DeskTime(decision_id=decision, sought=item.sought, **facts)
        answers.append(Answer(ordinal, ok=True, id=item.dispute_id, data={**facts, "sought": item.sought}))
    written = ["decision_ms", "listened_ms", "sought"]
    DeskTime.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["decision"], update_fields=written
    )
    return answers


def _within(ms: int) -> int:
    return min(max(0, ms), LONGEST_MS)
