"""Commits bulk plans: what was looked at is done once, in chunks, whoever asks how often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import Target
from makegood.disputes.models import BulkPlan, BulkPlanRow
from makegood.disputes.operations.batch import fetch
from makegood.disputes.operations.plan_bulk import demand_draft, record_plan
from makegood.disputes.operations.plan_verbs import PERMISSION, perform
from makegood.disputes.selectors.candidates import candidates_among, finding_words, worded
from makegood.disputes.selectors.plans import PlanView, params_of, plan_of, plan_view, viewed
from makegood.disputes.states import PlanState, PlanVerb, RowState
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.selectors import acting_again, demand

CHUNK = 5_000
CHUNK_OF_STEPS = 500
STEPS = frozenset({PlanVerb.CLOSE, PlanVerb.REOPEN, PlanVerb.ASSIGN})
"""Verbs that go dispute by dispute: they hold locks for longer."""
FORGOTTEN_AFTER = timedelta(days=1)


def commit_plan(principal: Principal, public_id: str) -> PlanView:
    """Do what the plan says, judged again under lock; a repeat changes nothing and gives how it stands now.

    A dispute that changed meanwhile is left out, with its cause in its row. A plan of more than 5,000 disputes is
    answered at once as running: the worker goes on with it. Every chunk is a transaction of its own.

    Errors: PLAN_EXPIRED, PLAN_EMPTY. Raises NotFound, NotPermitted.
    """
    with transaction.atomic():
        plan = plan_of(principal, public_id, locked=True)
        demand(principal, PERMISSION[PlanVerb(plan.verb)])
        demand_draft(plan)
        begun = plan.state == PlanState.DRAFT
        if begun:
            _begin(principal, plan)
    while plan.planned <= CHUNK and run_chunk(plan.pk, principal if begun else None):
        pass
    return plan_view(principal, public_id)


def _begin(principal: Principal, plan: BulkPlan) -> None:
    plan.state = PlanState.RUNNING
    plan.committed_at = clock.now()
    plan.by_id, plan.by_token_id = principal.id, principal.token_id
    plan.save(update_fields=["state", "committed_at", "by", "by_token"])
    record_plan(principal, plan, "commit_plan", "committed")


@transaction.atomic
def stop_plan(principal: Principal, public_id: str) -> PlanView:
    """Leave what a running plan has not done yet undone; what it did stays. A repeat changes nothing.

    Errors: PLAN_NOT_RUNNING. Raises NotFound, NotPermitted.
    """
    plan = plan_of(principal, public_id, locked=True)
    demand(principal, PERMISSION[PlanVerb(plan.verb)])
    if plan.state == PlanState.RUNNING:
        _end(principal, plan, PlanState.STOPPED)
    elif plan.state != PlanState.STOPPED:
        raise errors.PlanNotRunning(state=_WORDS[PlanState(plan.state)])
    return viewed(plan)


_WORDS = {PlanState.DRAFT: "not committed yet", PlanState.FINISHED: "finished", PlanState.UNDONE: "undone"}


def run_plans() -> int:
    """Go on with the running plan that waits longest and that nobody works on; how many disputes that were."""
    waiting = BulkPlan.objects.filter(state=PlanState.RUNNING).order_by("pk").values_list("pk", flat=True)
    for plan_id in waiting:
        if done := run_chunk(plan_id, wait=False):
            return done
    return 0


_FIELDS = ("ordinal", "dispute_id", "version", "micros", "clawback_micros")


@dataclass(frozen=True)
class _Row:
    ordinal: int
    dispute_id: int
    version: int
    micros: int | None
    clawback_micros: int


@transaction.atomic
def run_chunk(plan_id: int, principal: Principal | None = None, *, wait: bool = True) -> int:
    """Do the next disputes of a running plan, in one transaction; 0 when there is nothing to do.

    Without a ``principal`` whoever committed the plan acts, as far as that person or token may now; a plan whose
    committer may not any more is stopped. ``wait`` False leaves a plan alone that somebody works on.
    """
    found = BulkPlan.objects.select_for_update(skip_locked=not wait).filter(pk=plan_id, state=PlanState.RUNNING)
    plan = found.first()
    if plan is None:
        return 0
    who = principal or acting_again(plan.by_id, plan.by_token_id)
    verb = PlanVerb(plan.verb)
    size = CHUNK_OF_STEPS if verb in STEPS else CHUNK
    waiting = BulkPlanRow.objects.filter(plan=plan, state=RowState.WAITING).order_by("ordinal")
    found_rows: Iterable[Any] = waiting.values_list(*_FIELDS)[:size]
    rows = [_Row(*row) for row in found_rows]
    if who is None or not who.can(PERMISSION[verb]):
        _end(_committer(plan), plan, PlanState.STOPPED)
        return 0
    answers = perform(who, verb, params_of(plan), _targets(who, plan, rows)) if rows else []
    _answer(plan, [row.ordinal for row in rows], answers)
    if plan.planned == plan.done + plan.refused:
        _end(who, plan, PlanState.FINISHED)
    return len(rows)


def _committer(plan: BulkPlan) -> Principal:
    return Principal(plan.by_id, plan.author_label, "former")


def _targets(who: Principal, plan: BulkPlan, rows: Sequence[_Row]) -> list[Target]:
    params = params_of(plan)
    note, findings = params.note, finding_words(params.findings)
    said = candidates_among(who, [row.dispute_id for row in rows]) if "{" in note else {}
    return [
        Target(
            row.dispute_id,
            row.version,
            row.micros,
            worded(note, said.get(row.dispute_id), findings),
            row.clawback_micros if params.clawback else None,
        )
        for row in rows
    ]


def _answer(plan: BulkPlan, ordinals: Sequence[int], answers: Sequence[Answer]) -> None:
    write_answers(
        plan.pk,
        ordinals,
        [RowState.DONE if answer.ok else RowState.REFUSED for answer in answers],
        answers,
    )
    done = sum(answer.ok for answer in answers)
    plan.done += done
    plan.refused += len(answers) - done
    windows = [answer.data["commit_after"] for answer in answers if answer.ok and "commit_after" in answer.data]
    plan.undo_until = _latest([*windows, plan.undo_until])
    plan.save(update_fields=["done", "refused", "undo_until"])


def _latest(moments: Sequence[datetime | None]) -> datetime | None:
    ahead = [at for at in moments if at is not None and at > clock.now()]
    return max(ahead, default=None)


def write_answers(plan_id: int, ordinals: Sequence[int], states: Sequence[RowState], answers: Sequence[Answer]) -> None:
    """Write what became of rows of a plan."""
    fetch(
        sql.load("disputes.answer_plan_rows"),
        {
            "plan_id": plan_id,
            "ordinals": list(ordinals),
            "states": [state.value for state in states],
            "codes": [answer.code for answer in answers],
            "messages": [answer.message for answer in answers],
            "versions": [answer.data.get("version") if answer.ok else None for answer in answers],
        },
    )


def _end(who: Principal, plan: BulkPlan, state: PlanState) -> None:
    plan.state = state
    plan.finished_at = clock.now()
    plan.save(update_fields=["state", "finished_at"])
    record_plan(who, plan, "run_plan", state.value, done=plan.done, refused=plan.refused)


@transaction.atomic
def forget_plans(limit: int) -> int:
    """Remove plans that expired a day ago without a commit, at most ``limit``. Gives how many."""
    old = BulkPlan.objects.filter(state=PlanState.DRAFT, expires_at__lte=clock.now() - FORGOTTEN_AFTER)
    ids = list(old.order_by("expires_at").select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    BulkPlanRow.objects.filter(plan_id__in=ids).delete()
    BulkPlan.objects.filter(pk__in=ids).delete()
    return len(ids)
