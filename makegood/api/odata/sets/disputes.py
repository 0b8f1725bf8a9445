"""The sets of disputes and of the money that moved for them, and the record of IDI's Balance web service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from makegood.api.odata.edm import Edm
from makegood.api.odata.shape import EntitySet, Property, Rows, Viewer, columns_of, scoped
from makegood.disputes.models import Dispute
from makegood.disputes.selectors import records
from makegood.disputes.selectors.records import Kind
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

_TYPES = {
    Kind.INTEGER: Edm.INT64,
    Kind.SMALL: Edm.INT16,
    Kind.AMOUNT: Edm.DECIMAL,
    Kind.TEXT: Edm.STRING,
    Kind.MOMENT: Edm.MOMENT,
    Kind.NUMBER: Edm.STRING,
}
_DISPUTE = columns_of(Dispute, without=("verdict", "suggestion", "decision_note", "buyer_explanation", "finding_ids"))


def _property(field: records.Field, viewer: Viewer, name: str) -> Property:
    found = Property(
        name,
        _TYPES[field.kind],
        field.sql,
        field.nullable,
        field.needs,
        micros=field.kind is Kind.AMOUNT,
        usable=field.name != "Status",
    )
    return found.hidden_number() if field.kind is Kind.NUMBER and not viewer.own_line else found


def _capital(name: str) -> str:
    """The record's name as OData has it: ``invoiceCategoryid`` becomes ``InvoiceCategoryID``."""
    return name[0].upper() + name[1:].replace("Categoryid", "CategoryID")


def _rows(principal: Principal, context: Mapping[str, Any]) -> Rows | None:
    """The filed disputes in scope; of one customer, or the one of a key, where ``context`` says so."""
    found = records.filed_disputes(principal)
    if "customer" in context:
        found = found.filter(customer_id=context["customer"])
    key = context.get("key", {})
    if (public_id := key.get("DisputeID", key.get("disputeID"))) is not None:
        number = records.number_of(public_id)
        if number is None:
            return None
        found = found.filter(label=f"D-{number}")
    return scoped(found, _DISPUTE)


@cache
def _dispute(viewer: Viewer) -> tuple[Property, ...]:
    fields = [(field, _capital(field.name)) for field in records.record(decides=viewer.decides)]
    fields += [(field, field.name) for field in records.facts(decides=viewer.decides)]
    return tuple(_property(field, viewer, name) for field, name in fields)


@cache
def _record(viewer: Viewer) -> tuple[Property, ...]:
    return tuple(_property(field, viewer, field.name) for field in records.record(decides=viewer.decides))


DISPUTES = EntitySet(
    name="Dispute",
    entity="Dispute",
    key=("DisputeID",),
    verb=Verb.DISPUTE_VIEW,
    alias=records.ALIAS,
    joins=records.JOINS,
    rows=_rows,
    properties_for=_dispute,
    fill=records.with_status,
)
RECORD = EntitySet(
    name="dispute",
    entity="dispute",
    key=("disputeID",),
    verb=Verb.DISPUTE_VIEW,
    alias=records.ALIAS,
    joins=records.JOINS,
    rows=_rows,
    properties_for=_record,
    order=(("disputeDate", True),),
    hidden=records.HIDDEN,
)
"""The search of IDI's disputes: the 22 fields as IDI names them, the newest first. No set under /odata."""


def _adjustment_rows(principal: Principal, _: Mapping[str, Any]) -> Rows | None:
    found = scoped(records.filed_disputes(principal), ("id", "number", "line", "customer_id", "charge_id"))
    if found is None:
        return None
    joined = (
        "(SELECT a.*, v.number AS dispute_number, v.line AS dispute_line, v.customer_id "  # noqa: S608 - fixed texts
        f"FROM {found.sql} v JOIN ledger_adjustment a ON a.dispute_id = v.id AND a.charge_id = v.charge_id)"
    )
    return Rows(joined, found.params)


@cache
def _adjustment(viewer: Viewer) -> tuple[Property, ...]:
    who = "coalesce(author.email, said.principal_label, '')"
    created = (
        Property("CreatedUser", Edm.STRING, who, needs=("author",))
        if viewer.decides
        else Property("CreatedUser", Edm.STRING, "''::text")
    )
    number = records.id_expression("a.dispute_number", "a.dispute_line")
    return (
        Property("AdjustmentID", Edm.INT64, "a.id"),
        Property("DisputeID", Edm.INT64, number),
        Property("CustomerID", Edm.INT64, "a.customer_id"),
        Property("ParentAdjustmentID", Edm.INT64, "a.parent_id", nullable=True),
        Property("BillPeriodID", Edm.INT64, "coalesce(a.period, p.number)", nullable=True, needs=("p",)),
        Property("Kind", Edm.STRING, "a.kind"),
        Property("Currency", Edm.STRING, "a.currency"),
        created,
        Property("Amount", Edm.DECIMAL, "a.amount_micros", micros=True),
        Property("Tax", Edm.DECIMAL, "a.tax_micros", micros=True),
        Property("Round", Edm.INT16, "a.round"),
        Property("CreatedDate", Edm.MOMENT, "a.at"),
    )


_SAID = """LEFT JOIN LATERAL (
  SELECT e.principal, e.principal_label FROM journal_event e
  WHERE e.object_kind = 'dispute' AND e.object_id = a.dispute_id
    AND CASE WHEN a.kind = 'credit'
          THEN e.event IN ('dispute.committed', 'dispute.adjusted') AND (e.changes ->> 'round')::int = a.round
          ELSE e.event IN ('dispute.reversed', 'dispute.fee_applied')
            AND (e.changes ->> 'adjustment_id')::bigint = a.id END
  ORDER BY e.id DESC LIMIT 1) said ON true"""
_DECIDER = """LEFT JOIN disputes_decision decided ON a.kind = 'credit' AND decided.dispute_id = a.dispute_id
  AND decided.round = a.round AND decided.state = 'committed'"""

ADJUSTMENTS = EntitySet(
    name="Adjustment",
    entity="Adjustment",
    key=("AdjustmentID",),
    verb=Verb.DISPUTE_VIEW,
    alias="a",
    joins={
        "c": ("JOIN billing_charge c ON c.id = a.charge_id", ()),
        "i": ("LEFT JOIN billing_invoice i ON i.id = c.invoice_id", ("c",)),
        "p": ("LEFT JOIN billing_bill_period p ON p.id = i.bill_period_id", ("i",)),
        "said": (_SAID, ()),
        "decided": (_DECIDER, ()),
        "author": (
            "LEFT JOIN parties_user author ON author.id = coalesce(decided.by_id, said.principal)",
            ("said", "decided"),
        ),
    },
    rows=_adjustment_rows,
    properties_for=_adjustment,
)
