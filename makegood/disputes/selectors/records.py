"""The record of a dispute as web services show it: one table of names and expressions, and where they read from.

The names are those of IDI CostGuard's Balance web service. Expressions are SQL over the aliases of ``JOINS``; amounts
are micros, times aware. Who does not decide reads nothing of a decision inside its undo window: stage, outcome, money
and the last change are those of before.

A dispute's public id is an integer below 2^53: its number, and for a line of a submission a number above 10^15 that
holds both (D-10003 is 10003, D-10003.2 is 1 000 001 000 300 002: 10^15, then the number, then five digits of the line).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from django.db.models import QuerySet

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.rows import Live, live_credits
from makegood.disputes.selectors.story import DECIDING_SIDE, PUBLIC
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Facts, Outcome, Stage, word_of
from makegood.parties.entries import Principal

ALIAS = "d"
LINES_FROM = 10**15
LINES = 10**5
_LARGEST = 2**53


class Kind(Enum):
    """What a field holds. AMOUNT is micros in SQL; NUMBER is a telephone number or the name of a line."""

    INTEGER = "integer"
    SMALL = "small"
    AMOUNT = "amount"
    TEXT = "text"
    MOMENT = "moment"
    NUMBER = "number"


@dataclass(frozen=True)
class Field:
    """A field of the record: its name, its expression, and the joins that this reads."""

    name: str
    kind: Kind
    sql: str
    nullable: bool = False
    needs: tuple[str, ...] = ()


def dispute_id(number: int, line: int) -> int:
    """The public id of a dispute; see the module."""
    return LINES_FROM + number * LINES + line if line else number


def number_of(public_id: int) -> str | None:
    """The number that a public id stands for, such as ``10003`` or ``10003.2``; None for one that is no id."""
    if not 0 < public_id < _LARGEST:
        return None
    if public_id < LINES_FROM:
        return str(public_id)
    number, line = divmod(public_id - LINES_FROM, LINES)
    return f"{number}.{line}" if number and line else None


def filed_disputes(principal: Principal) -> QuerySet[Dispute]:
    """The disputes in scope without drafts, which web services do not show."""
    return disputes_visible_to(principal).exclude(stage=Stage.DRAFT)


def id_expression(number: str, line: str) -> str:
    """The public id in SQL, of the columns that hold number and line."""
    return f"CASE WHEN {line} = 0 THEN {number} ELSE {LINES_FROM} + {number} * {LINES} + {line} END"


def _listed(values: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


def _told(events: frozenset[str]) -> str:
    return (
        "LEFT JOIN LATERAL (SELECT e.at, e.event, e.principal, e.principal_label FROM journal_event e "  # noqa: S608
        f"WHERE e.object_kind = 'dispute' AND e.object_id = d.id AND e.event IN ({_listed(events)}) "
        "ORDER BY e.id DESC LIMIT 1) told ON true"
    )


JOINS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "c": ("JOIN billing_charge c ON c.id = d.charge_id", ()),
    "g": ("JOIN parties_program g ON g.id = d.program_id", ()),
    "i": ("LEFT JOIN billing_invoice i ON i.id = c.invoice_id", ("c",)),
    "p": ("LEFT JOIN billing_bill_period p ON p.id = i.bill_period_id", ("i",)),
    "s": ("LEFT JOIN billing_service s ON s.id = c.service_id", ("c",)),
    "r": ("LEFT JOIN disputes_resolution r ON r.id = d.resolution_id", ()),
    "reason": ("LEFT JOIN disputes_reason reason ON reason.id = d.reason_id", ()),
    "customer_zone": (
        "JOIN parties_customer cu ON cu.id = d.customer_id "
        "JOIN parties_zone customer_zone ON customer_zone.id = cu.zone_id",
        (),
    ),
    "program_zone": ("LEFT JOIN parties_zone program_zone ON program_zone.id = g.zone_id", ("g",)),
    "credit": (
        "LEFT JOIN LATERAL (SELECT a.id, a.amount_micros FROM ledger_adjustment a WHERE a.dispute_id = d.id "
        "AND a.kind = 'credit' ORDER BY a.round DESC LIMIT 1) credit ON true",
        (),
    ),
    "reversal": (
        "LEFT JOIN ledger_adjustment reversal ON reversal.parent_id = credit.id AND reversal.kind = 'reversal'",
        ("credit",),
    ),
    "fee": (
        "LEFT JOIN ledger_adjustment fee ON fee.parent_id = reversal.id AND fee.kind = 'reversal_fee'",
        ("reversal",),
    ),
    "editor": ("LEFT JOIN parties_user editor ON editor.id = d.modified_by_id", ()),
    "last": (
        "LEFT JOIN LATERAL (SELECT e.principal_label FROM journal_event e WHERE e.object_kind = 'dispute' "
        "AND e.object_id = d.id ORDER BY e.id DESC LIMIT 1) last ON true",
        (),
    ),
    "told": (_told(PUBLIC), ()),
    "teller": ("LEFT JOIN parties_user teller ON teller.id = told.principal", ("told",)),
}
"""Alias -> its join, and the aliases that it reads, in an order in which each comes after those."""

HIDDEN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "_id": ("d.id", ()),
    "_version": ("d.lock_version", ()),
    "_zone": ("coalesce(program_zone.name, customer_zone.name)", ("customer_zone", "program_zone")),
}
"""What comes with each record and is no field of it: the row, its version, the zone its times are written in."""

_FINAL = f"d.stage IN ({_listed([Stage.RESOLVED, Stage.CLOSED])})"


@cache
def record(*, decides: bool) -> tuple[Field, ...]:
    """The 22 fields of the record, in the alphabetical order in which IDI writes them."""
    changed_at, changed_by = _changed(decides=decides)
    return (
        Field("adjustmentAmount", Kind.AMOUNT, "credit.amount_micros", nullable=True, needs=("credit",)),
        Field("adjustmentID", Kind.INTEGER, "credit.id", nullable=True, needs=("credit",)),
        Field("amount", Kind.AMOUNT, "d.amount_micros"),
        Field("billPeriodID", Kind.INTEGER, "p.number", nullable=True, needs=("p",)),
        Field("closeDate", Kind.MOMENT, "coalesce(d.closed_at, d.withdrawn_at)", nullable=True),
        Field("description", Kind.TEXT, "d.description"),
        Field("disputeID", Kind.INTEGER, id_expression("d.number", "d.line")),
        Field("disputeDate", Kind.MOMENT, "d.submitted_at"),
        Field(
            "feature",
            Kind.TEXT,
            "CASE WHEN c.kind = 'invoice_feature' THEN c.feature_label END",
            nullable=True,
            needs=("c",),
        ),
        Field("featureID", Kind.INTEGER, "c.feature_id", nullable=True, needs=("c",)),
        Field("invoiceCategoryid", Kind.INTEGER, "i.category_id", nullable=True, needs=("i",)),
        Field("invoiceNumber", Kind.INTEGER, "coalesce(i.number, c.invoice_number)", nullable=True, needs=("i",)),
        changed_at,
        changed_by,
        Field("resolution", Kind.TEXT, _resolution(), nullable=True, needs=("r",)),
        Field("resolutionID", Kind.INTEGER, "CASE WHEN d.stage <> 'withdrawn' THEN d.resolution_id END", nullable=True),
        Field("reversalAdjustmentID", Kind.INTEGER, "reversal.id", nullable=True, needs=("reversal",)),
        Field("reversalFeeAdjustmentID", Kind.INTEGER, "fee.id", nullable=True, needs=("fee",)),
        Field("serviceID", Kind.INTEGER, "c.service_id", nullable=True, needs=("c",)),
        Field("serviceNumber", Kind.NUMBER, "s.number", nullable=True, needs=("s",)),
        Field("usageBatchID", Kind.INTEGER, "c.usage_batch_id", nullable=True, needs=("c",)),
        Field("usageRecordNumber", Kind.INTEGER, "c.usage_id", nullable=True, needs=("c",)),
    )


@cache
def facts(*, decides: bool) -> tuple[Field, ...]:
    """What makegood knows beside the record: customer, currency, the four facts. ``Status`` needs ``with_status``."""
    stage, outcome = ("d.stage", "d.outcome") if decides else (_told_stage(), f"CASE WHEN {_FINAL} THEN d.outcome END")
    return (
        Field("CustomerID", Kind.INTEGER, "d.customer_id"),
        Field("Round", Kind.SMALL, "d.round"),
        Field("Currency", Kind.TEXT, "d.currency"),
        Field("Program", Kind.TEXT, "g.key", needs=("g",)),
        Field("Stage", Kind.TEXT, stage),
        Field("Outcome", Kind.TEXT, outcome, nullable=True),
        Field("Money", Kind.TEXT, _money(decides=decides), needs=("fee",)),
        Field("Status", Kind.TEXT, _STATUS_FACTS, needs=("c", "r", "g")),
        Field("Reason", Kind.TEXT, "reason.code", nullable=True, needs=("reason",)),
        Field("Type", Kind.TEXT, "nullif(d.type, '')", nullable=True),
    )


def _changed(*, decides: bool) -> tuple[Field, Field]:
    """The last change and its author. The parties hear of steps that concern them, and not who decided."""
    if decides:
        who = "coalesce(editor.email, last.principal_label, '')"
        return (
            Field("lastModifiedDate", Kind.MOMENT, "d.modified_at"),
            Field("lastModifiedUser", Kind.TEXT, who, needs=("editor", "last")),
        )
    who = (
        f"CASE WHEN told.event IN ({_listed(DECIDING_SIDE)}) THEN '' "
        "ELSE coalesce(teller.email, told.principal_label, '') END"
    )
    return (
        Field("lastModifiedDate", Kind.MOMENT, "coalesce(told.at, d.submitted_at)", needs=("told",)),
        Field("lastModifiedUser", Kind.TEXT, who, needs=("teller",)),
    )


def _resolution() -> str:
    return (
        f"CASE WHEN d.stage = '{Stage.WITHDRAWN}' THEN 'Withdrawn' WHEN r.id IS NOT NULL THEN r.label "
        f"WHEN d.outcome = '{Outcome.REJECTED}' AND {_FINAL} THEN 'Denied' END"
    )


def _told_stage() -> str:
    return f"CASE d.stage WHEN '{Stage.DECIDED}' THEN '{Stage.IN_REVIEW}' ELSE d.stage END"


def _money(*, decides: bool) -> str:
    held = f"WHEN d.stage = '{Stage.DECIDED}' AND d.decided_micros > 0 THEN 'held' " if decides else ""
    return (
        f"CASE {held}WHEN fee.id IS NOT NULL THEN 'fee' WHEN reversal.id IS NOT NULL THEN 'reversed' "
        "WHEN credit.id IS NOT NULL THEN 'credited' ELSE 'none' END"
    )


_STATUS_FACTS = (
    "jsonb_build_array(d.id, d.stage, d.outcome, c.billed_micros, d.round, r.label, "
    "g.settings -> 'vocabulary', g.settings -> 'status_words')"
)


def with_status(rows: Sequence[dict[str, Any]], name: str = "Status") -> None:
    """Put the program's word for each dispute where the facts it follows from stand; rows without them stay."""
    known = [json.loads(row[name]) for row in rows if name in row]
    if not known:
        return
    live = live_credits([one[0] for one in known])
    for row, (pk, stage, outcome, billed, round_, resolution, vocabulary, words) in zip(rows, known, strict=True):
        credits = live.get(pk, Live())
        stands = Facts(
            stage=Stage(stage),
            outcome=Outcome(outcome) if outcome else None,
            live_micros=credits.credit,
            billed_micros=billed,
            reversed=credits.reversed,
            fee=credits.fee,
            round=round_,
            resolution=resolution or "",
            non_billable=credits.non_billable,
        )
        row[name] = word_of(stands, {"vocabulary": vocabulary or "dialics", "status_words": words}).label
