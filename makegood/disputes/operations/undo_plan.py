"""Takes the decisions of a bulk plan back, as one, inside their undo window."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import Ref
from makegood.disputes.models import BulkPlanRow
from makegood.disputes.operations.commit_plan import CHUNK, write_answers
from makegood.disputes.operations.plan_bulk import record_plan
from makegood.disputes.operations.undo import undo
from makegood.disputes.selectors.plans import PlanView, plan_of, viewed
from makegood.disputes.states import DECIDING_PLANS, PlanState, PlanVerb, RowState
from makegood.kernel import clock
from makegood.kernel.answers import Answer, at_places, in_order
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@dataclass(frozen=True)
class Undone:
    """The plan, and an answer for each decision of it in the order of its rows; none when it was undone before."""

    plan: PlanView
    answers: tuple[Answer, ...] = ()


@transaction.atomic
def undo_plan(principal: Principal, public_id: str) -> Undone:
    """Undo every decision of a finished or stopped plan that is still in its window; a repeat changes nothing.

    A decision that is committed, or that somebody else changed, stays and says why.

    Errors: PLAN_NOT_COMMITTED, PLAN_RUNNING, PLAN_NOT_UNDOABLE, UNDO_EXPIRED. Raises NotFound, NotPermitted.
    """
    plan = plan_of(principal, public_id, locked=True)
    demand(principal, Verb.DISPUTE_DECIDE)
    if plan.state == PlanState.UNDONE:
        return Undone(viewed(plan))
    if plan.state == PlanState.DRAFT:
        raise errors.PlanNotCommitted()
    if plan.state == PlanState.RUNNING:
        raise errors.PlanRunning()
    if PlanVerb(plan.verb) not in DECIDING_PLANS:
        raise errors.PlanNotUndoable()
    if plan.undo_until is None or plan.undo_until <= clock.now():
        raise errors.WindowEnded(number="this plan")
    done = BulkPlanRow.objects.filter(plan=plan, state=RowState.DONE).order_by("ordinal")
    rows = list(done.values_list("ordinal", "dispute_id", "result_version"))
    found: dict[int, Answer] = {}
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        answers = undo(principal, items=[Ref(dispute_id, version) for _, dispute_id, version in part])
        states = [RowState.UNDONE if answer.ok else RowState.DONE for answer in answers]
        write_answers(plan.pk, [ordinal for ordinal, _, _ in part], states, answers)
        found.update(at_places(answers, range(start, start + len(part))))
    undone = sum(answer.ok for answer in found.values())
    if not undone:
        raise errors.WindowEnded(number="this plan")
    plan.state = PlanState.UNDONE
    plan.done, plan.undone = plan.done - undone, undone
    plan.save(update_fields=["state", "done", "undone"])
    record_plan(principal, plan, "undo_plan", "undone", undone=undone, kept=plan.done)
    return Undone(viewed(plan), tuple(in_order(found)))
