"""Makes a bulk plan again from the disputes of another, and recommends what is above its author's limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Q

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem, PlanParams
from makegood.disputes.models import BulkPlan, BulkPlanRow
from makegood.disputes.operations.commit_plan import write_answers
from makegood.disputes.operations.plan_amounts import NONE
from makegood.disputes.operations.plan_bulk import plan_bulk, record_plan
from makegood.disputes.operations.recommend import recommend
from makegood.disputes.selectors.candidates import candidates_among, finding_words, worded
from makegood.disputes.selectors.plans import PlanView, params_of, plan_of
from makegood.disputes.states import DECIDING_PLANS, DecisionKind, PlanVerb, RowState
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal


@transaction.atomic
def plan_again(
    principal: Principal, public_id: str, *, params: PlanParams | None = None, only: RowState | None = None
) -> PlanView:
    """A new plan of the same verb for the disputes of another as they stand now; the other one stays as it is.

    ``params`` says it in other words or amounts; ``only`` takes the disputes in one state of the other plan. Errors:
    those of ``plan_bulk``. Raises NotFound, NotPermitted.
    """
    plan = plan_of(principal, public_id)
    rows = BulkPlanRow.objects.filter(plan=plan, dispute__isnull=False)
    if only is not None:
        rows = rows.filter(state=only)
    names = list(rows.order_by("ordinal").values_list("dispute__public_id", flat=True))
    verb = PlanVerb(plan.verb)
    return plan_bulk(principal, verb=verb, selection=names, params=params if params is not None else params_of(plan))


def above_limit(plan: BulkPlan) -> Q:
    """The rows of a plan that are left out because they are above the author's limit."""
    return Q(plan=plan, code=errors.OverLimit.code, state__in=[RowState.EXCLUDED, RowState.REFUSED])


@transaction.atomic
def recommend_plan(principal: Principal, public_id: str) -> list[Answer]:
    """Recommend what a plan leaves out because it is above one's limit; one answer per dispute, in their order.

    Its row says that it waits for a second signature. Refusals per item: those of ``recommend``. Raises NotFound,
    NotPermitted.
    """
    plan = plan_of(principal, public_id, locked=True)
    if PlanVerb(plan.verb) not in DECIDING_PLANS:
        return []
    rows = list(BulkPlanRow.objects.filter(above_limit(plan)).order_by("ordinal"))
    answers = recommend(principal, items=_items(principal, plan, rows))
    done = [(row, answer) for row, answer in zip(rows, answers, strict=True) if answer.ok]
    signed = [_waits(row, answer) for row, answer in done]
    write_answers(plan.pk, [row.ordinal for row, _ in done], [RowState(row.state) for row, _ in done], signed)
    record_plan(principal, plan, "recommend_plan", "recommended", recommended=len(done))
    return answers


def _waits(row: BulkPlanRow, answer: Answer) -> Answer:
    refusal = errors.Recommended(number=str(answer.data["number"]))
    return replace(Answer.refused(row.ordinal, refusal, id=answer.id))


def _items(principal: Principal, plan: BulkPlan, rows: Sequence[BulkPlanRow]) -> list[DecisionItem]:
    params, kind = params_of(plan), DecisionKind(plan.verb)
    said = candidates_among(principal, [row.dispute_id or 0 for row in rows])
    findings = finding_words(params.findings)
    return [
        DecisionItem(
            row.dispute_id or 0,
            kind,
            row.micros,
            worded(params.note, said.get(row.dispute_id or 0), findings),
            params.findings,
            row.version,
            clawback_micros=_clawback(params, said.get(row.dispute_id or 0)),
            cause=params.cause,
        )
        for row in rows
    ]


def _clawback(params: PlanParams, candidate: object) -> int | None:
    if not params.clawback:
        return None
    return 0 if params.clawback == NONE else getattr(candidate, "payout_micros", None)
