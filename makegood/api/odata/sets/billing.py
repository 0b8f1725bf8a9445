"""The sets of customers and bills. Periods end on their last day; days are those of the customer's zone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from makegood.api.odata.edm import Edm
from makegood.api.odata.shape import EntitySet, Property, Rows, Viewer, columns_of, scoped
from makegood.billing.models import Invoice
from makegood.billing.selectors import charges_visible_to, invoices_visible_to, standing
from makegood.billing.states import ChargeKind
from makegood.parties.entries import Principal
from makegood.parties.models import Customer
from makegood.parties.selectors import customers_visible_to
from makegood.parties.states import Verb

BALANCE = ("LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id", ())
SERVICE = ("LEFT JOIN billing_service s ON s.id = c.service_id", ())
_CUSTOMER = columns_of(Customer)
_INVOICE = columns_of(Invoice)
_CHARGE = (
    *("id", "customer_id", "invoice_id", "service_id", "feature_id", "feature_label", "usage_id", "usage_batch_id"),
    *("kind", "subkind", "occurred_at", "currency", "billed_micros", "quantity", "unit", "duration_s"),
    *("caller_e164", "destination_e164"),
)


def _remaining(viewer: Viewer) -> Property:
    """What is left to credit; what a decision holds in its undo window is the deciding side's knowledge."""
    held = " - coalesce(b.held_micros, 0)" if viewer.decides else ""
    sql = f"(c.billed_micros - coalesce(b.credited_micros, 0){held})"
    return Property("Remaining", Edm.DECIMAL, sql, needs=("b",), micros=True)


def _credited() -> Property:
    return Property("Credited", Edm.DECIMAL, "coalesce(b.credited_micros, 0)", needs=("b",), micros=True)


def _number(name: str, sql: str, needs: tuple[str, ...] = (), *, shown: bool) -> Property:
    found = Property(name, Edm.STRING, sql, nullable=True, needs=needs)
    return found if shown else found.hidden_number()


def _parents(principal: Principal) -> Rows | None:
    return scoped(customers_visible_to(principal), ("id",), "parents")


def _customer_rows(principal: Principal, _: Mapping[str, Any]) -> Rows | None:
    """The customers in scope; of a parent only one that is in scope itself is told."""
    found, parents = scoped(customers_visible_to(principal), _CUSTOMER), _parents(principal)
    if found is None or parents is None:
        return None
    own = (
        f"(SELECT v.*, u.id AS parent_in_scope_id FROM {found.sql} v "  # noqa: S608 - the scope's own texts
        f"LEFT JOIN {parents.sql} u ON u.id = v.parent_id)"
    )
    return Rows(own, {**found.params, **parents.params})


@cache
def _customer(_: Viewer) -> tuple[Property, ...]:
    return (
        Property("CustomerID", Edm.INT64, "c.id"),
        Property("ParentCustomerID", Edm.INT64, "c.parent_in_scope_id", nullable=True),
        Property("AccountNumber", Edm.STRING, "c.number"),
        Property("CustomerName", Edm.STRING, "c.name"),
        Property("Currency", Edm.STRING, "c.currency"),
        Property("TimeZone", Edm.STRING, "z.name", needs=("z",)),
        Property("Status", Edm.STRING, "'active'::text"),
    )


CUSTOMERS = EntitySet(
    name="CustomerSummary",
    entity="CustomerSummary",
    key=("CustomerID",),
    verb=Verb.CUSTOMER_VIEW,
    alias="c",
    joins={"z": ("JOIN parties_zone z ON z.id = c.zone_id", ())},
    rows=_customer_rows,
    properties_for=_customer,
)


def _invoice_rows(principal: Principal, _: Mapping[str, Any]) -> Rows | None:
    return scoped(invoices_visible_to(principal), _INVOICE)


@cache
def _invoice(_: Viewer) -> tuple[Property, ...]:
    day = "(i.issued_at AT TIME ZONE z.name)::date"
    return (
        Property("InvoiceNumber", Edm.INT64, "i.number"),
        Property("CustomerID", Edm.INT64, "i.customer_id"),
        Property("BillPeriodID", Edm.INT64, "p.number", needs=("p",)),
        Property("InvoiceNumberText", Edm.STRING, "i.number::text"),
        Property("UsageAlias", Edm.STRING, "i.usage_alias"),
        Property("Currency", Edm.STRING, "i.currency"),
        Property("Status", Edm.STRING, "i.status"),
        Property("InvoiceDate", Edm.DATE, day, needs=("z",)),
        Property("DueDate", Edm.DATE, "i.due_on", nullable=True),
        Property("PeriodStart", Edm.DATE, "p.starts_on", needs=("p",)),
        Property("PeriodEnd", Edm.DATE, "(p.ends_on - 1)", needs=("p",)),
        Property("Amount", Edm.DECIMAL, "i.total_micros", nullable=True, micros=True),
    )


INVOICES = EntitySet(
    name="Invoice",
    entity="Invoice",
    key=("InvoiceNumber",),
    verb=Verb.CUSTOMER_VIEW,
    alias="i",
    joins={
        "p": ("JOIN billing_bill_period p ON p.id = i.bill_period_id", ()),
        "z": ("JOIN parties_customer k ON k.id = i.customer_id JOIN parties_zone z ON z.id = k.zone_id", ()),
    },
    rows=_invoice_rows,
    properties_for=_invoice,
)


def _feature_rows(principal: Principal, _: Mapping[str, Any]) -> Rows | None:
    """Billed lines as they stand after corrections; credits on a bill are no features that can be disputed."""
    if not principal.can(Verb.CHARGE_VIEW) or principal.vendor_id is not None:
        return None
    charges = standing(charges_visible_to(principal))
    return scoped(charges.filter(kind=ChargeKind.INVOICE_FEATURE, invoice_id__isnull=False), _CHARGE)


@cache
def _feature(viewer: Viewer) -> tuple[Property, ...]:
    recurring = "CASE WHEN c.subkind = 'recurring' THEN {} END"
    return (
        Property("FeatureID", Edm.INT64, "c.feature_id"),
        Property("CustomerID", Edm.INT64, "c.customer_id"),
        Property("InvoiceNumber", Edm.INT64, "i.number", needs=("i",)),
        Property("BillPeriodID", Edm.INT64, "p.number", needs=("p",)),
        Property("InvoiceCategoryID", Edm.INT64, "i.category_id", nullable=True, needs=("i",)),
        Property("ServiceID", Edm.INT64, "c.service_id", nullable=True),
        Property("Feature", Edm.STRING, "c.feature_label"),
        _number("ServiceNumber", "s.number", ("s",), shown=viewer.own_line),
        Property("Currency", Edm.STRING, "c.currency"),
        Property("FromDate", Edm.DATE, recurring.format("p.starts_on"), nullable=True, needs=("p",)),
        Property("ToDate", Edm.DATE, recurring.format("p.ends_on - 1"), nullable=True, needs=("p",)),
        Property("Quantity", Edm.DECIMAL, "c.quantity", nullable=True),
        Property("Amount", Edm.DECIMAL, "c.billed_micros", micros=True),
        _credited(),
        _remaining(viewer),
    )


FEATURES = EntitySet(
    name="InvoiceFeature",
    entity="InvoiceFeature",
    key=("FeatureID",),
    verb=Verb.CUSTOMER_VIEW,
    alias="c",
    joins={
        "i": ("JOIN billing_invoice i ON i.id = c.invoice_id", ()),
        "p": ("JOIN billing_bill_period p ON p.id = i.bill_period_id", ("i",)),
        "s": SERVICE,
        "b": BALANCE,
    },
    rows=_feature_rows,
    properties_for=_feature,
)


def _usage_rows(principal: Principal, context: Mapping[str, Any]) -> Rows | None:
    """The usage of the bills of one customer under one alias; ``context`` holds customer (id) and alias."""
    if not principal.can(Verb.CHARGE_VIEW) or principal.vendor_id is not None or not context["alias"]:
        return None
    bills = invoices_visible_to(principal).filter(customer_id=context["customer"], usage_alias=context["alias"])
    numbers = list(bills.order_by("id").values_list("id", "number", "bill_period__number"))
    if not numbers:
        return None
    # That it has a number is what its kind says; the index of usage by bill wants to hear it.
    of_customer = charges_visible_to(principal).filter(kind=ChargeKind.USAGE, customer_id=context["customer"])
    charges = standing(of_customer).filter(usage_id__isnull=False)
    if (usage := context.get("key", {}).get("UsageRecordID")) is not None:
        charges = charges.filter(usage_id=usage)
    if len(numbers) > 1:
        return scoped(charges.filter(invoice_id__in=[pk for pk, _, _ in numbers]), _CHARGE)
    # One bill, as a rule: what it says of every row need not be looked up for each.
    ((pk, number, period),) = numbers
    found = scoped(charges.filter(invoice_id=pk), _CHARGE)
    if found is None:
        return None
    fixed = {
        "InvoiceNumber": Property("InvoiceNumber", Edm.INT64, "%(bill_number)s::bigint"),
        "BillPeriodID": Property("BillPeriodID", Edm.INT64, "%(bill_period)s::bigint"),
    }
    return Rows(found.sql, {**found.params, "bill_number": number, "bill_period": period}, fixed)


@cache
def _usage(viewer: Viewer) -> tuple[Property, ...]:
    return (
        Property("BillPeriodID", Edm.INT64, "p.number", needs=("p",)),
        Property("UsageRecordID", Edm.INT64, "c.usage_id"),
        Property("UsageBatchID", Edm.INT64, "c.usage_batch_id", nullable=True),
        Property("CustomerID", Edm.INT64, "c.customer_id"),
        Property("InvoiceNumber", Edm.INT64, "i.number", nullable=True, needs=("i",)),
        Property("ServiceID", Edm.INT64, "c.service_id", nullable=True),
        _number("ServiceNumber", "s.number", ("s",), shown=viewer.own_line),
        Property("UsageType", Edm.STRING, "c.subkind"),
        _number("OriginatingNumber", "c.caller_e164", shown=viewer.sees_numbers),
        _number("TerminatingNumber", "c.destination_e164", shown=viewer.own_line),
        Property("Unit", Edm.STRING, "nullif(c.unit, '')", nullable=True),
        Property("Currency", Edm.STRING, "c.currency"),
        Property("UsageDate", Edm.MOMENT, "c.occurred_at"),
        Property("Seconds", Edm.INT32, "c.duration_s", nullable=True),
        Property("Quantity", Edm.DECIMAL, "c.quantity", nullable=True),
        Property("Amount", Edm.DECIMAL, "c.billed_micros", micros=True),
        _credited(),
        _remaining(viewer),
    )


USAGE = EntitySet(
    name="UsageDetail",
    entity="UsageDetail",
    key=("BillPeriodID", "UsageRecordID"),
    verb=Verb.CUSTOMER_VIEW,
    alias="c",
    joins=FEATURES.joins,
    rows=_usage_rows,
    properties_for=_usage,
    of_one_bill=True,
)
