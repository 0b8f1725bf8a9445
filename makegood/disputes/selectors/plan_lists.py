"""Bulk plans beside each other: my recent ones, and what is different between one and the same made again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.models import BulkPlan, BulkPlanRow
from makegood.disputes.selectors.candidates import candidates_among, finding_words, worded
from makegood.disputes.selectors.plans import PlanView, params_of, plan_of, viewed
from makegood.disputes.states import PlanState, PlanVerb, RowState
from makegood.kernel.money import Money
from makegood.parties.entries import Principal

RECENT = 30
SHOWN = 50
MOST_COMPARED = 20_000


@dataclass(frozen=True)
class PlanLine:
    """One of my plans in a list."""

    id: str
    verb: PlanVerb
    state: PlanState
    created_at: datetime
    committed_at: datetime | None
    selected: int
    planned: int
    done: int
    refused: int
    undone: int
    is_expired: bool
    sums: tuple[Money, ...]


@dataclass(frozen=True)
class PlanChange:
    """A dispute that a plan made again treats differently: its number, what it said before, and what it says now.

    ``was`` and ``now`` are amounts credited, or None where the dispute is left out; ``cause`` says why it is now.
    """

    number: str
    was: Money | None
    now: Money | None
    cause: str


@dataclass(frozen=True)
class PlanChanges:
    """The first of the differences, and how many there are; ``is_looked_through`` False where a plan is too large."""

    rows: tuple[PlanChange, ...]
    count: int
    is_looked_through: bool = True


def recent_plans(principal: Principal, now: datetime) -> tuple[PlanLine, ...]:
    """The principal's own plans, the newest first, at most RECENT."""
    if principal.id is None:
        return ()
    rows = BulkPlan.objects.filter(author=principal.id, author_token=principal.token_id).order_by("-pk")[:RECENT]
    return tuple(_line(viewed(row), now) for row in rows)


def _line(plan: PlanView, now: datetime) -> PlanLine:
    return PlanLine(
        id=plan.id,
        verb=plan.verb,
        state=plan.state,
        created_at=plan.created_at,
        committed_at=plan.committed_at,
        selected=plan.selected,
        planned=plan.planned,
        done=plan.done,
        refused=plan.refused,
        undone=plan.undone,
        is_expired=plan.state is PlanState.DRAFT and plan.expires_at <= now,
        sums=tuple(Money(one.credit_micros, one.currency) for one in plan.totals.sums if one.credit_micros),
    )


def changes_between(principal: Principal, before: str, after: str) -> PlanChanges:
    """What the plan ``after`` does otherwise than ``before``, dispute by dispute. Raises NotFound."""
    plans = plan_of(principal, before), plan_of(principal, after)
    if max(plan.selected for plan in plans) > MOST_COMPARED:
        return PlanChanges((), 0, is_looked_through=False)
    was, now = (_by_dispute(plan) for plan in plans)
    found = list(_differences(was, now))
    return PlanChanges(tuple(found[:SHOWN]), len(found))


def _by_dispute(plan: BulkPlan) -> dict[int, BulkPlanRow]:
    rows = BulkPlanRow.objects.filter(plan=plan, dispute__isnull=False).order_by("ordinal")
    return {row.dispute_id or 0: row for row in rows}


def _differences(was: dict[int, BulkPlanRow], now: dict[int, BulkPlanRow]) -> Iterable[PlanChange]:
    for dispute, row in now.items():
        old = was.get(dispute)
        if old is not None and _effect(old) == _effect(row):
            continue
        before = _credit(old) if old is not None else None
        yield PlanChange(row.named, before, _credit(row), row.message)
    for dispute, old in was.items():
        if dispute not in now:
            yield PlanChange(old.named, _credit(old), None, "")


def _goes(row: BulkPlanRow) -> bool:
    return row.state != RowState.EXCLUDED


def _effect(row: BulkPlanRow) -> tuple[bool, int, int, int]:
    return (_goes(row), row.credit_micros, row.tax_micros, row.clawback_micros) if _goes(row) else (False, 0, 0, 0)


def _credit(row: BulkPlanRow) -> Money | None:
    return Money(row.credit_micros, row.currency) if _goes(row) else None


@dataclass(frozen=True)
class PlanGround:
    """What a plan's rows have in common: their currencies, their programs, the first of them, and its text."""

    currencies: tuple[str, ...]
    programs: tuple[int, ...]
    dispute_ids: tuple[int, ...]
    number: str
    text: str


def ground_of(principal: Principal, public_id: str) -> PlanGround:
    """What the disputes of a plan have in common, and how its text reads for the first of them. Raises NotFound."""
    plan = plan_of(principal, public_id)
    rows = BulkPlanRow.objects.filter(plan=plan, dispute__isnull=False)
    currencies = rows.order_by("currency").values_list("currency", flat=True).distinct()
    programs = rows.order_by("dispute__program").values_list("dispute__program", flat=True).distinct()
    ids = [pk or 0 for pk in rows.order_by("ordinal").values_list("dispute_id", flat=True)[:SHOWN]]
    going = rows.exclude(state=RowState.EXCLUDED).order_by("ordinal").values_list("dispute_id", flat=True).first()
    params = params_of(plan)
    known = candidates_among(principal, [going or 0]) if going else {}
    first = known.get(going or 0)
    text = worded(params.note, first, finding_words(params.findings)) if first else ""
    return PlanGround(tuple(currencies), tuple(programs), tuple(ids), first.number if first else "", text)
