"""Lines of bills as they are compared: what stands after corrections, usage summed by its rate group in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Count, QuerySet, Sum

from makegood.billing.models import Charge, InvoiceCredit
from makegood.billing.policy.decomposition import Key, Kind, Line, Sheet
from makegood.billing.policy.labels import plain_label
from makegood.billing.policy.spans import Span
from makegood.billing.selectors.invoices import Bill
from makegood.billing.selectors.visible import charges_visible_to, standing
from makegood.billing.states import ChargeKind, Subkind
from makegood.parties.entries import Principal

_KINDS = {
    Subkind.RECURRING: Kind.RECURRING,
    Subkind.ONE_TIME: Kind.ONE_TIME,
    Subkind.FEE: Kind.ONE_TIME,
    Subkind.TAX: Kind.TAX,
}
RECORDS = {Subkind.CALL: "Calls", Subkind.LEAD: "Leads", Subkind.DATA: "Data usage", Subkind.MESSAGE: "Messages"}
"""What usage records are called together, where nothing else is said of them."""


class UsageGroup(NamedTuple):
    """What usage records are summed by: what stands on them that tells services, features and rates apart."""

    service_id: int | None
    subkind: str
    feature_label: str
    unit: str
    campaign_id: int | None


GROUPED = UsageGroup._fields
_NAMES = ("service__number", "campaign__name")


@dataclass
class Origin:
    """Where the lines of a key come from on one bill: charges of features, groups of usage records, credits."""

    charges: set[int] = field(default_factory=set)
    groups: set[UsageGroup] = field(default_factory=set)
    credits: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Loaded:
    """A bill with its lines. ``counts_records`` is False where its lines make its total without its usage records,
    which then only tell more about them."""

    bill: Bill
    sheet: Sheet
    origins: Mapping[Key, Origin]
    counts_records: bool


class _Feature(NamedTuple):
    """A feature of a bill as it is read."""

    invoice_id: int
    pk: int
    service: str | None
    subkind: str
    label: str
    feature_id: int | None
    unit: str
    billed: int
    tax: int
    quantity: Decimal | None
    covers_from: date | None
    covers_until: date | None


_COLUMNS = ("invoice_id", "pk", "service__number", "subkind", "feature_label", "feature_id", "unit", "billed_micros",
            "tax_micros", "quantity", "covers_from", "covers_until")  # fmt: skip
_Placed = tuple[Line, Origin]


def usage_key(group: UsageGroup, service: str | None, campaign: str | None) -> Key:
    """By what a group of usage records is matched with those of another bill."""
    label = group.feature_label or RECORDS.get(Subkind(group.subkind), group.subkind)
    return _key(Kind.USAGE, service, f"{label}, {campaign}" if campaign else label, f"{group.subkind}:{group.unit}")


def unit_of(key: Key) -> str:
    """What the quantity of a key is counted in; empty where nothing says."""
    return key.group.partition(":")[2]


def subkind_of(key: Key) -> str:
    """What kind of usage a key is; empty for what is no usage."""
    return key.group.partition(":")[0]


def billed(principal: Principal, invoices: Iterable[int]) -> QuerySet[Charge]:
    """The charges in scope that were billed on some invoices, corrected ones included."""
    return charges_visible_to(principal).filter(invoice_id__in=list(invoices), billed_at__isnull=False)


def loaded(principal: Principal, bills: Sequence[Bill]) -> dict[int, Loaded]:
    """Bills with their lines, by id. The caller has them from :func:`bills_of`; only charges in scope are read."""
    ids = [bill.id for bill in bills]
    placed: defaultdict[int, list[_Placed]] = defaultdict(list)
    for invoice_id, one in _features(principal, ids):
        placed[invoice_id].append(one)
    credits: defaultdict[int, int] = defaultdict(int)
    for invoice_id, one in _credits(ids):
        placed[invoice_id].append(one)
        credits[invoice_id] += one[0].amount + one[0].tax
    records: defaultdict[int, list[_Placed]] = defaultdict(list)
    for invoice_id, one in _records(principal, ids):
        records[invoice_id].append(one)
    said = _first_said(principal, ids)
    return {
        bill.id: _sheet(bill, placed[bill.id], records[bill.id], credits[bill.id], said.get(bill.id, {}))
        for bill in bills
    }


def _sheet(bill: Bill, placed: list[_Placed], records: list[_Placed], credits: int, said: Mapping[str, int]) -> Loaded:
    """``said`` is what its lines made before corrections, by kind: they are what its total was made of."""
    features, usage = said.get(ChargeKind.INVOICE_FEATURE, 0) + credits, said.get(ChargeKind.USAGE, 0)
    total = bill.total.micros if bill.total is not None else None
    counts = not (placed and records and total == features)
    rest = 0 if total is None else total - features - (usage if counts else 0)
    origins: defaultdict[Key, Origin] = defaultdict(Origin)
    used = [*placed, *records] if counts else placed
    for line, origin in used:
        known = origins[line.key]
        known.charges |= origin.charges
        known.groups |= origin.groups
        known.credits |= origin.credits
    # Days of a period run to the first one that it does not cover.
    period = Span(bill.first_day, bill.until)
    sheet = Sheet(bill.currency, period, tuple(line for line, _ in used), rest)
    return Loaded(bill, sheet, dict(origins), counts)


def _features(principal: Principal, ids: Sequence[int]) -> Iterator[tuple[int, _Placed]]:
    charges = standing(billed(principal, ids)).filter(kind=ChargeKind.INVOICE_FEATURE)
    for row in charges.values_list(*_COLUMNS):
        one = _Feature(*row)
        kind = _KINDS.get(Subkind(one.subkind), Kind.USAGE)
        group = f"{one.subkind}:{one.unit}" if kind is Kind.USAGE else ""
        key = _key(kind, one.service, one.label or f"Feature {one.feature_id}", group)
        covers = Span(one.covers_from, one.covers_until) if one.covers_from and one.covers_until else None
        yield one.invoice_id, (Line(key, one.billed, one.tax, _exact(one.quantity), covers), Origin({one.pk}))


def _records(principal: Principal, ids: Sequence[int]) -> Iterator[tuple[int, _Placed]]:
    charges = standing(billed(principal, ids)).filter(kind=ChargeKind.USAGE).order_by()
    sums = charges.values_list("invoice_id", *GROUPED, *_NAMES).annotate(
        Sum("billed_micros"), Sum("tax_micros"), Sum("quantity"), Count("quantity"), Count("pk")
    )
    for invoice_id, *row in sums:
        group, (service, campaign, amount, tax, quantity, known, count) = UsageGroup(*row[:5]), row[5:]
        key = usage_key(group, service, campaign)
        exact = _exact(quantity) if known == count else None
        yield invoice_id, (Line(key, int(amount), int(tax), exact, count=count), Origin(groups={group}))


def _credits(ids: Sequence[int]) -> Iterator[tuple[int, _Placed]]:
    found = InvoiceCredit.objects.filter(invoice_id__in=ids)
    for pk, invoice_id, label, amount, tax in found.values_list(
        "pk", "invoice_id", "label", "amount_micros", "tax_micros"
    ):
        key = _key(Kind.CREDIT, "", label or "Credit", "")
        yield invoice_id, (Line(key, -amount, -tax), Origin(credits={pk}))


def _first_said(principal: Principal, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """What the charges of bills made before corrections, by kind."""
    first = billed(principal, ids).filter(corrects_id__isnull=True).order_by()
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for invoice_id, kind, amount, tax in first.values_list("invoice_id", "kind").annotate(
        Sum("billed_micros"), Sum("tax_micros")
    ):
        found[invoice_id][kind] = int(amount) + int(tax)
    return found


def _key(kind: Kind, service: str | None, label: str, group: str) -> Key:
    return Key(kind, service or "", plain_label(label), group)


def _exact(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)
