"""Bulk plans as they are read: one, its rows a page at a time, and its results as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from makegood.disputes.entries import PlanParams
from makegood.disputes.models import BulkPlan, BulkPlanRow
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DECIDING_PLANS, PlanState, PlanVerb, RowState
from makegood.kernel import clock
from makegood.kernel.money import plain
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb

CSV_CHUNK = 5_000
CSV_HEAD = (
    "dispute",
    "number",
    "state",
    "code",
    "message",
    "currency",
    "credit",
    "tax",
    "clawback",
    "clawback_currency",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class PlanSum:
    """Sums over the planned rows of one pair of currencies, in micros; the margin is None when they differ."""

    currency: str
    payout_currency: str
    count: int
    credit_micros: int
    tax_micros: int
    clawback_micros: int
    margin_micros: int | None


@dataclass(frozen=True)
class PlanShare:
    """How many of the rows concern one vendor, reason, or cause of being left out (then with its code)."""

    label: str
    count: int
    code: str = ""


@dataclass(frozen=True)
class PlanLargest:
    """One of the largest effects on a buyer; ``credit_micros`` in ``currency``."""

    number: str
    buyer: str
    currency: str
    credit_micros: int


@dataclass(frozen=True)
class PlanTotals:
    """What a plan comes to, as it was looked at. ``notes`` are rules that stood in the way or warned, and how often."""

    sums: tuple[PlanSum, ...]
    vendors: tuple[PlanShare, ...]
    reasons: tuple[PlanShare, ...]
    largest: tuple[PlanLargest, ...]
    exclusions: tuple[PlanShare, ...]
    notes: tuple[PlanShare, ...] = ()

    @classmethod
    def of(cls, kept: dict[str, Any]) -> PlanTotals:
        """As the plan's row keeps them."""
        return cls(
            tuple(PlanSum(**one) for one in kept["sums"]),
            tuple(PlanShare(**one) for one in kept["vendors"]),
            tuple(PlanShare(**one) for one in kept["reasons"]),
            tuple(PlanLargest(**one) for one in kept["largest"]),
            tuple(PlanShare(**one) for one in kept["exclusions"]),
            tuple(PlanShare(**one) for one in kept.get("notes", ())),
        )


@dataclass(frozen=True)
class PlanView:
    """A plan as its author sees it. ``excluded`` rows are refused by the preview, ``refused`` ones by the commit."""

    id: str
    verb: PlanVerb
    params: PlanParams
    state: PlanState
    author: str
    created_at: datetime
    expires_at: datetime
    committed_at: datetime | None
    finished_at: datetime | None
    undo_until: datetime | None
    selected: int
    excluded: int
    planned: int
    waiting: int
    done: int
    refused: int
    undone: int
    totals: PlanTotals

    @property
    def can_undo(self) -> bool:
        """Whether the time to undo it is not over."""
        ended = self.state in {PlanState.FINISHED, PlanState.STOPPED} and self.verb in DECIDING_PLANS
        return ended and self.undo_until is not None and clock.now() < self.undo_until


@dataclass(frozen=True)
class PlanRow:
    """One dispute of a plan. ``dispute`` is its public id, empty for one that was not found; ``named`` as it was asked.

    Amounts in micros: credit and tax in ``currency``, the claw-back in ``payout_currency``.
    """

    ordinal: int
    named: str
    dispute: str
    number: str
    version: int | None
    micros: int | None
    credit_micros: int
    tax_micros: int
    clawback_micros: int
    margin_micros: int | None
    currency: str
    payout_currency: str
    state: RowState
    code: str
    message: str
    result_version: int | None


def plan_of(principal: Principal, public_id: str, *, locked: bool = False) -> BulkPlan:
    """The plan, for its author or a holder of dispute.decide_any. Raises NotFound.

    Whoever did not make it through the same door sees it when every dispute of it is in scope.
    """
    plans = BulkPlan.objects.select_for_update() if locked else BulkPlan.objects.all()
    plan = plans.filter(public_id=public_id).first()
    if plan is None:
        raise NotFound()
    person = (plan.author_id, plan.author_token_id if plan.author_id is None else None)
    mine = person == (principal.id, principal.token_id if principal.id is None else None)
    if mine and plan.author_token_id == principal.token_id:
        return plan
    if not (mine or principal.can(Verb.DISPUTE_DECIDE_ANY)):
        raise NotFound()
    rows = BulkPlanRow.objects.filter(plan=plan, dispute__isnull=False)
    if not principal.scope.everything and rows.exclude(dispute__in=disputes_visible_to(principal)).exists():
        raise NotFound()
    return plan


def plan_view(principal: Principal, public_id: str) -> PlanView:
    """One plan. Raises NotFound."""
    return viewed(plan_of(principal, public_id))


def viewed(plan: BulkPlan) -> PlanView:
    """A plan's row as it is shown."""
    return PlanView(
        id=plan.public_id,
        verb=PlanVerb(plan.verb),
        params=params_of(plan),
        state=PlanState(plan.state),
        author=plan.author_label,
        created_at=plan.created_at,
        expires_at=plan.expires_at,
        committed_at=plan.committed_at,
        finished_at=plan.finished_at,
        undo_until=plan.undo_until,
        selected=plan.selected,
        excluded=plan.selected - plan.planned,
        planned=plan.planned,
        waiting=plan.planned - plan.done - plan.refused - plan.undone,
        done=plan.done,
        refused=plan.refused,
        undone=plan.undone,
        totals=PlanTotals.of(plan.totals),
    )


def params_of(plan: BulkPlan) -> PlanParams:
    """What the plan says of each dispute."""
    return PlanParams(**{**plan.params, "findings": tuple(plan.params["findings"])})


def plan_rows(
    principal: Principal, public_id: str, *, after: int = -1, limit: int = 50, state: RowState | None = None
) -> tuple[PlanRow, ...]:
    """At most ``limit`` rows behind the ordinal ``after``, those of one state or all. Raises NotFound."""
    found = BulkPlanRow.objects.filter(plan=plan_of(principal, public_id), ordinal__gt=after)
    return _rows(found.filter(state=state) if state is not None else found, limit)


def _rows(found: QuerySet[BulkPlanRow], limit: int) -> tuple[PlanRow, ...]:
    rows = found.order_by("ordinal").values(*_PLAIN, "state", "dispute__public_id", "dispute__label")[:limit]
    return tuple(_row(row) for row in rows)


_PLAIN = (
    "ordinal",
    "named",
    "version",
    "micros",
    "credit_micros",
    "tax_micros",
    "clawback_micros",
    "margin_micros",
    "currency",
    "payout_currency",
    "code",
    "message",
    "result_version",
)


def _row(row: Mapping[str, Any]) -> PlanRow:
    return PlanRow(
        **{name: row[name] for name in _PLAIN},
        dispute=row["dispute__public_id"] or "",
        number=row["dispute__label"] or "",
        state=RowState(row["state"]),
    )


def plan_csv(principal: Principal, public_id: str) -> Iterator[str]:
    """The results as lines of CSV (RFC 4180), the head first. Raises NotFound before the first line."""
    return _csv(plan_of(principal, public_id))


def _csv(plan: BulkPlan) -> Iterator[str]:
    yield _line(CSV_HEAD)
    rows, after = BulkPlanRow.objects.filter(plan=plan), -1
    while part := _rows(rows.filter(ordinal__gt=after), CSV_CHUNK):
        for row in part:
            yield _line(_cells(row))
        after = part[-1].ordinal


def _cells(row: PlanRow) -> Sequence[str]:
    amounts = ("", "", "")
    if row.currency and row.state is not RowState.EXCLUDED:
        credit, tax = plain(row.credit_micros, row.currency), plain(row.tax_micros, row.currency)
        amounts = (credit, tax, plain(row.clawback_micros, row.payout_currency))
    said = [_harmless(text) for text in (row.dispute or row.named, row.number, row.state.value, row.code, row.message)]
    return (*said, row.currency, *amounts, row.payout_currency)


def _harmless(text: str) -> str:
    """A text that a spreadsheet takes for no formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
