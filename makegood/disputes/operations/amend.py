"""Edits a dispute by what stands there: it is locked first, then asked what is to change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from makegood.disputes.entries import EditItem
from makegood.disputes.locks import locked_disputes
from makegood.disputes.operations.edit import edit
from makegood.disputes.selectors.refusals import wrong_stage
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import FINISHED
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def amend(
    principal: Principal, *, dispute_id: int, changes: Callable[[], Mapping[str, Any]], version: int | None = None
) -> Answer:
    """Lock a dispute, then edit it as ``changes`` says, which may read it and sees it as it is written to.

    Of two that look at the old value exactly one finds it. An empty mapping changes nothing, and an exception leaves
    everything as it was. Refusals per item: NOT_FOUND, DISPUTE_CLOSED, and those of ``edit``. Raises NotPermitted, and
    what ``changes`` raises.
    """
    demand(principal, Verb.DISPUTE_EDIT)
    dispute = locked_disputes([dispute_id], among=disputes_visible_to(principal)).get(dispute_id)
    if dispute is None:
        return Answer.refused(0, NotFound(), id=dispute_id)
    if dispute.stage in FINISHED:
        return Answer.refused(0, wrong_stage(str(dispute), dispute.stage), id=dispute_id)
    asked = changes()
    if not asked:
        data = {"number": str(dispute), "version": dispute.lock_version, "stage": dispute.stage}
        return Answer(0, ok=True, id=dispute_id, data=data)
    (answer,) = edit(principal, items=[EditItem(dispute_id, asked, version)])
    return answer
