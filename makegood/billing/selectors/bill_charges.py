"""The charges behind a part of a bill's difference, with what they make; and the use of a bill by day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from makegood.billing.models import Charge, InvoiceCredit
from makegood.billing.policy.decomposition import Key
from makegood.billing.selectors.bill_lines import GROUPED, RECORDS, Loaded, UsageGroup, billed, usage_key
from makegood.billing.selectors.usage import USED
from makegood.billing.selectors.visible import standing
from makegood.billing.states import ChargeKind, Subkind
from makegood.kernel.money import Money
from makegood.parties.entries import Principal

MOST = 100
_MORE = re.compile(r"(?P<micros>[0-9]{1,18})[.](?P<pk>[0-9]{1,18})")


@dataclass(frozen=True)
class BilledCharge:
    """A charge as it stands on a bill."""

    id: int
    invoice_number: int
    label: str
    service: str
    occurred_at: datetime | None
    covers_from: date | None
    covers_until: date | None
    quantity: Decimal | None
    unit: str
    amount: Money
    tax: Money
    is_record: bool

    @property
    def last_day(self) -> date | None:
        """The last day it covers."""
        return self.covers_until - timedelta(days=1) if self.covers_until else None


@dataclass(frozen=True)
class BilledCredit:
    """A credit on a bill; amounts below zero. Nobody disputes it."""

    invoice_number: int
    label: str
    amount: Money
    tax: Money


@dataclass(frozen=True)
class Behind:
    """Charges of some keys on some bills: at most MOST of them, the largest first, and what all of them make.

    ``taxes`` is their tax, and the amounts of those that are taxes themselves. ``more`` leads to the next ones; empty
    where there are none.
    """

    rows: tuple[BilledCharge, ...]
    credits: tuple[BilledCredit, ...]
    count: int
    amount: Money
    taxes: Money
    more: str = ""


@dataclass(frozen=True)
class DayUse:
    """What usage records made on a day, in the customer's zone: micros, their quantities, how many they are."""

    day: date
    micros: int
    quantity: Decimal | None
    count: int


@dataclass(frozen=True)
class UseByDay:
    """The use of some bills by day: of exactly a key, and of everything of its kind at a service."""

    by_key: dict[tuple[int, Key], list[DayUse]]
    by_service: dict[tuple[int, str, str], list[DayUse]]


def charges_behind(
    principal: Principal, bills: Sequence[Loaded], keys: Collection[Key], *, taxed: bool = False, after: str = ""
) -> Behind:
    """The charges and credits of these keys on these bills; ``taxed``: only those that carry tax or are one.

    ``after`` is the ``more`` of the part before. Raises nothing; a mark that is not understood is the beginning.
    """
    currency = bills[0].bill.currency if bills else "USD"
    found = standing(billed(principal, [one.bill.id for one in bills])).filter(_behind(bills, keys))
    if taxed:
        found = found.filter(Q(subkind=Subkind.TAX) | Q(tax_micros__gt=0))
    sums = found.order_by().aggregate(
        count=Count("pk"),
        amount=Sum("billed_micros"),
        taxes=Sum("tax_micros") + Coalesce(Sum("billed_micros", filter=Q(subkind=Subkind.TAX)), 0),
    )
    credits = tuple(_credits(bills, keys, taxed=taxed))
    rows, more = _page(found, after)
    return Behind(
        rows=tuple(_row(charge) for charge in rows),
        credits=credits,
        count=sums["count"] + len(credits),
        amount=sum((one.amount for one in credits), Money(int(sums["amount"] or 0), currency)),
        taxes=sum((one.tax for one in credits), Money(int(sums["taxes"] or 0), currency)),
        more=more,
    )


def charges_of_key(principal: Principal, bill: Loaded, key: Key) -> list[int]:
    """The ids of the charges of a key on a bill, the largest first, at most MOST."""
    found = standing(billed(principal, [bill.bill.id])).filter(_behind([bill], [key]))
    return list(found.order_by("-billed_micros", "id").values_list("pk", flat=True)[:MOST])


def use_by_day(principal: Principal, bills: Sequence[Loaded], zone: str) -> UseByDay:
    """What was used of some bills by day of a zone: usage records, whether they count or only tell more about a line,
    and the lines of bills that name it use by use."""
    records = standing(billed(principal, [one.bill.id for one in bills])).filter(USED).order_by()
    sums = (
        records.annotate(day=TruncDate("occurred_at", tzinfo=ZoneInfo(zone)))
        .values_list("invoice_id", *GROUPED, "service__number", "campaign__name", "day")
        .annotate(Sum("billed_micros"), Sum("quantity"), Count("pk"))
        .order_by("day")
    )
    by_key: defaultdict[tuple[int, Key], dict[date, DayUse]] = defaultdict(dict)
    by_service: defaultdict[tuple[int, str, str], list[DayUse]] = defaultdict(list)
    for invoice_id, *row in sums:
        group, (service, campaign, day, micros, quantity, count) = UsageGroup(*row[:5]), row[5:]
        use = DayUse(day, int(micros), quantity, count)
        days = by_key[invoice_id, usage_key(group, service, campaign)]
        days[day] = _together(days[day], use) if day in days else use
        by_service[invoice_id, service or "", group.subkind].append(use)
    return UseByDay({key: list(days.values()) for key, days in by_key.items()}, dict(by_service))


def _together(one: DayUse, other: DayUse) -> DayUse:
    """What two groups of one key made on the same day: of labels that differ by their days alone, for example."""
    known = one.quantity is not None and other.quantity is not None
    quantity = (one.quantity or Decimal()) + (other.quantity or Decimal()) if known else None
    return DayUse(one.day, one.micros + other.micros, quantity, one.count + other.count)


def _behind(bills: Sequence[Loaded], keys: Collection[Key]) -> Q:
    """The charges that the lines of these keys came from; nothing where no charge did."""
    charges: set[int] = set()
    groups: set[tuple[int, UsageGroup]] = set()
    for one in bills:
        for origin in (one.origins[key] for key in keys if key in one.origins):
            charges |= origin.charges
            groups |= {(one.bill.id, group) for group in origin.groups}
    found = Q(pk__in=sorted(charges))
    for invoice_id, group in groups:
        same = {name: value for name, value in group._asdict().items() if value is not None}
        none = {f"{name}__isnull": True for name, value in group._asdict().items() if value is None}
        found |= Q(kind=ChargeKind.USAGE, invoice_id=invoice_id, **same, **none)
    return found


def _credits(bills: Sequence[Loaded], keys: Collection[Key], *, taxed: bool) -> Iterator[BilledCredit]:
    ids = {pk for one in bills for key in keys if key in one.origins for pk in one.origins[key].credits}
    found = InvoiceCredit.objects.filter(pk__in=ids).select_related("invoice").order_by("-amount_micros", "pk")
    for credit in found.filter(tax_micros__gt=0) if taxed else found:
        currency = credit.invoice.currency
        amounts = Money(-credit.amount_micros, currency), Money(-credit.tax_micros, currency)
        yield BilledCredit(credit.invoice.number, credit.label or "Credit", *amounts)


def _page(found: QuerySet[Charge], after: str) -> tuple[list[Charge], str]:
    """The next charges, the largest first, and the mark of the last one where more follow."""
    mark = _MORE.fullmatch(after)
    if mark:
        last = int(mark["micros"])
        found = found.filter(Q(billed_micros__lt=last) | Q(billed_micros=last, pk__gt=int(mark["pk"])))
    rows = list(found.select_related("service").defer("raw").order_by(F("billed_micros").desc(), "pk")[: MOST + 1])
    if len(rows) <= MOST:
        return rows, ""
    last_row = rows[MOST - 1]
    return rows[:MOST], f"{last_row.billed_micros}.{last_row.pk}"


def _row(charge: Charge) -> BilledCharge:
    label = charge.feature_label or RECORDS.get(Subkind(charge.subkind), charge.subkind)
    return BilledCharge(
        id=charge.pk,
        invoice_number=charge.invoice_number or 0,
        label=label,
        service=charge.service.number if charge.service else "",
        occurred_at=charge.occurred_at if charge.kind == ChargeKind.USAGE else None,
        covers_from=charge.covers_from,
        covers_until=charge.covers_until,
        quantity=charge.quantity,
        unit=charge.unit,
        amount=Money(charge.billed_micros, charge.currency),
        tax=Money(charge.tax_micros, charge.currency),
        is_record=charge.kind == ChargeKind.USAGE,
    )
