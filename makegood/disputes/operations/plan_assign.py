"""What assigning many disputes to one person would answer, looked at for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.disputes import errors
from makegood.disputes.entries import AssignItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.refusals import wrong_stage
from makegood.disputes.selectors.visible import disputes_visible_to, visible_ids
from makegood.disputes.states import FINISHED
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import people_who, principal_of
from makegood.parties.states import Verb


def foresee_assign(principal: Principal, items: Sequence[AssignItem]) -> list[Answer]:
    """What ``assign`` would answer to items that all name the same person; writes nothing."""
    ids = [item.dispute_id for item in items]
    rows = disputes_visible_to(principal).in_bulk(ids)
    person = items[0].to if items else None
    who = next(iter(people_who(Verb.DISPUTE_DECIDE, person)), None) if person else None
    sees = visible_ids(principal_of(who), ids) if who is not None else set()
    return [_said(ordinal, item, rows.get(item.dispute_id), sees) for ordinal, item in enumerate(items)]


def _said(ordinal: int, item: AssignItem, dispute: Dispute | None, sees: set[int]) -> Answer:
    refusal: Refusal | None = None
    if dispute is None:
        refusal = NotFound()
    elif dispute.stage in FINISHED:
        refusal = wrong_stage(str(dispute), dispute.stage)
    elif dispute.pk not in sees:
        refusal = errors.AssigneeUnknown(number=str(dispute))
    if refusal is not None:
        return Answer.refused(ordinal, refusal, id=item.dispute_id)
    return Answer(ordinal, ok=True, id=item.dispute_id)
