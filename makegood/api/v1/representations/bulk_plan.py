"""A bulk plan: what one verb would do to many disputes, and what it did."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1.representations.shapes import Money, Page, micros
from makegood.disputes.selectors.plans import PlanRow, PlanSum, PlanView

PlanId = Annotated[str, Meta(pattern="^pln_", description="The id of a bulk plan.")]


class PlanTotal(Struct, frozen=True):
    """Sums of one pair of currencies: what buyers get, what is taken back from vendors, what it costs the operator.

    ``clawback`` and ``signed_margin`` are for who sees payouts; there is no margin of two currencies.
    """

    count: int
    credit: Money
    tax: Money
    clawback: Money | None
    signed_margin: Money | None


class Share(Struct, frozen=True):
    """How many of the disputes concern one vendor, reason, or cause of being left out (then with its code)."""

    label: str
    count: int
    code: str | None


class Largest(Struct, frozen=True):
    """One of the largest credits."""

    number: str
    customer: str
    credit: Money


class PlanCounts(Struct, frozen=True):
    """How many disputes were selected, left out by the look at them, planned, and what became of those."""

    selected: int
    excluded: int
    planned: int
    waiting: int
    done: int
    refused: int
    undone: int


class BulkPlan(Struct, kw_only=True):
    """A plan: a ``draft`` that expires, ``running``, ``finished``, ``stopped`` or ``undone``."""

    id: PlanId
    verb: str
    state: str
    author: str
    created_at: datetime
    expires_at: datetime
    committed_at: datetime | None
    finished_at: datetime | None
    undo_until: datetime | None
    can_undo: bool
    counts: PlanCounts
    totals: list[PlanTotal]
    vendors: list[Share]
    reasons: list[Share]
    largest: list[Largest]
    exclusions: list[Share]


class PlanItem(Struct, kw_only=True):
    """One dispute of a plan, frozen as it was: ``named`` as it was asked for, ``dispute`` null where none was found."""

    ordinal: int
    named: str
    dispute: str | None
    number: str | None
    version: int | None
    state: str
    code: str | None
    message: str | None
    amount: Money | None
    credit: Money | None
    tax: Money | None
    clawback: Money | None


class PlanItems(Page):
    """The disputes of a plan, in its order."""

    items: list[PlanItem]


class UndoneRow(Struct, frozen=True):
    """A decision that stays, and why."""

    dispute: str
    code: str
    message: str


class UndonePlan(Struct):
    """The plan after its decisions were taken back, and those that stay."""

    plan: BulkPlan
    kept: list[UndoneRow]


def bulk_plan(view: PlanView, *, pays_out: bool) -> BulkPlan:
    """A plan as the service writes it; ``pays_out`` says that the caller sees payouts."""
    totals = view.totals
    return BulkPlan(
        id=view.id,
        verb=view.verb.value,
        state=view.state.value,
        author=view.author,
        created_at=view.created_at,
        expires_at=view.expires_at,
        committed_at=view.committed_at,
        finished_at=view.finished_at,
        undo_until=view.undo_until,
        can_undo=view.can_undo,
        counts=PlanCounts(
            view.selected, view.excluded, view.planned, view.waiting, view.done, view.refused, view.undone
        ),
        totals=[_total(one, pays_out=pays_out) for one in totals.sums],
        vendors=[Share(one.label, one.count, None) for one in totals.vendors] if pays_out else [],
        reasons=[Share(one.label, one.count, None) for one in totals.reasons],
        largest=[Largest(one.number, one.buyer, micros(one.credit_micros, one.currency)) for one in totals.largest],
        exclusions=[Share(one.label, one.count, one.code or None) for one in totals.exclusions],
    )


def _total(one: PlanSum, *, pays_out: bool) -> PlanTotal:
    margin = one.margin_micros
    return PlanTotal(
        one.count,
        micros(one.credit_micros, one.currency),
        micros(one.tax_micros, one.currency),
        micros(one.clawback_micros, one.payout_currency) if pays_out else None,
        micros(margin, one.currency) if pays_out and margin is not None else None,
    )


def plan_item(row: PlanRow, *, pays_out: bool) -> PlanItem:
    """A dispute of a plan as the service writes it."""
    known = bool(row.currency)
    paid = pays_out and bool(row.payout_currency)
    return PlanItem(
        ordinal=row.ordinal,
        named=row.named,
        dispute=row.dispute or None,
        number=row.number or None,
        version=row.version,
        state=row.state.value,
        code=row.code or None,
        message=row.message or None,
        amount=micros(row.micros, row.currency) if known and row.micros is not None else None,
        credit=micros(row.credit_micros, row.currency) if known else None,
        tax=micros(row.tax_micros, row.currency) if known else None,
        clawback=micros(row.clawback_micros, row.payout_currency) if paid else None,
    )
