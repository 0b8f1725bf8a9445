"""What customers used: by service, by day, by number called. Counts, quantities, seconds of talk, what was charged.

Usage is what usage records say, and what a bill names use by use: lines of calls, data or messages with a moment
before the bill was issued. A line that sums up a period stands at the moment of its bill, and is no usage of a day.
Charges in whose place a corrected one stands are left out. Days are those of a named zone, ``[since, until)`` moments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from makegood.billing.models import BillPeriod, Charge
from makegood.billing.selectors.facts import WITHHELD
from makegood.billing.selectors.visible import charges_visible_to, standing
from makegood.billing.states import ChargeKind, Subkind
from makegood.kernel.money import Money
from makegood.kernel.phones import mask, readable
from makegood.parties.entries import Principal
from makegood.parties.selectors import customers_visible_to
from makegood.parties.states import Verb

USED = Q(kind=ChargeKind.USAGE) | Q(
    kind=ChargeKind.INVOICE_FEATURE,
    subkind__in=[Subkind.CALL, Subkind.DATA, Subkind.MESSAGE],
    occurred_at__lt=F("invoice__issued_at"),
)
"""What was used at a moment: records, and what a bill names use by use."""
SPANS = 13
MOST_CALLED = 10
MOST_DEAR = 10


@dataclass(frozen=True)
class Span:
    """Days ``first`` to ``last`` of a bill period, or of a month where there is none; ``key`` names it in addresses."""

    key: str
    first: date
    last: date

    def moments(self, zone: str) -> tuple[datetime, datetime]:
        """``[since, until)`` in a zone."""
        at = ZoneInfo(zone)
        after = self.last + timedelta(days=1)
        return (
            datetime(self.first.year, self.first.month, self.first.day, tzinfo=at),
            datetime(after.year, after.month, after.day, tzinfo=at),
        )


@dataclass(frozen=True)
class Used:
    """One group of usage. ``quantity`` is in ``unit``, None where the records have none; ``seconds`` of talk."""

    count: int
    quantity: Decimal | None
    seconds: int
    charged: Money


@dataclass(frozen=True)
class ServiceUse:
    """Usage of one service (None: of no service) and kind, in one unit and currency."""

    service_id: int | None
    service: str
    subkind: Subkind
    unit: str
    used: Used


@dataclass(frozen=True)
class DayUse:
    """Usage of one day."""

    day: date
    used: Used


@dataclass(frozen=True)
class Called:
    """A number called: as the viewer may read it (``withheld`` where unknown), and one charge that went there."""

    number: str
    charge_id: int
    used: Used

    @property
    def is_known(self) -> bool:
        """Whether anybody knows where the calls went."""
        return self.number != WITHHELD


@dataclass(frozen=True)
class DearCall:
    """One call and what it cost; ``number`` as the viewer may read it."""

    charge_id: int
    at: datetime
    number: str
    seconds: int
    charged: Money


def spans_of(principal: Principal, customer_id: int, today: date) -> list[Span]:
    """The latest bill periods of a customer in scope, the newest first, and the days since; months without any."""
    seen = customers_visible_to(principal).filter(pk=customer_id)
    periods = BillPeriod.objects.filter(customer__in=seen, starts_on__lte=today).order_by("-starts_on")[:SPANS]
    found = [Span(str(period.number), period.starts_on, period.ends_on - timedelta(days=1)) for period in periods]
    if not found:
        return _months(today)
    newest = found[0]
    if newest.last < today:
        found.insert(0, Span("now", newest.last + timedelta(days=1), today))
    return found


def _months(today: date) -> list[Span]:
    found, last = [], today
    for _ in range(6):
        first = last.replace(day=1)
        found.append(Span(f"{first:%Y-%m}", first, last))
        last = first - timedelta(days=1)
    return found


def used_by_service(
    principal: Principal, customer_id: int, since: datetime, until: datetime, subkinds: Sequence[Subkind] = ()
) -> list[ServiceUse]:
    """What each service used, the most expensive first."""
    rows = _sums(_usage(principal, customer_id, since, until, subkinds), "service_id", "service__number", "subkind")
    found = [
        ServiceUse(row["service_id"], row["service__number"] or "", Subkind(row["subkind"]), row["unit"], _used(row))
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.used.charged.micros, -one.used.count, one.service, one.unit))


def used_by_day(
    principal: Principal, customer_id: int, span: Span, zone: str, subkinds: Sequence[Subkind]
) -> list[tuple[str, DayUse]]:
    """What was used on each day in each unit and currency, the days in order; days without usage are left out."""
    since, until = span.moments(zone)
    usage = _usage(principal, customer_id, since, until, subkinds)
    by_day = usage.annotate(day=TruncDate("occurred_at", tzinfo=ZoneInfo(zone)))
    rows = sorted(_sums(by_day, "day"), key=lambda row: row["day"])
    return [(row["unit"], DayUse(row["day"], _used(row))) for row in rows]


def most_called(principal: Principal, customer_id: int, since: datetime, until: datetime) -> list[Called]:
    """The numbers called most often, at most MOST_CALLED. Without the permission they are masked, never merged."""
    calls = _usage(principal, customer_id, since, until, (Subkind.CALL,))
    rows = (
        calls.order_by()
        .values("destination_e164", "currency")
        .annotate(n=Count("pk"), seconds=Sum("duration_s"), micros=Sum("billed_micros"), one=Max("pk"))
        .order_by("-n", "-micros", "destination_e164")[:MOST_CALLED]
    )
    shown = _shown_to(principal)
    return [
        Called(
            shown(row["destination_e164"]) or WITHHELD,
            row["one"],
            Used(row["n"], None, row["seconds"] or 0, Money(row["micros"], row["currency"])),
        )
        for row in rows
    ]


def dearest_calls(principal: Principal, customer_id: int, since: datetime, until: datetime) -> list[DearCall]:
    """The calls that cost most, at most MOST_DEAR; calls that cost nothing are none. Numbers as :func:`most_called`."""
    calls = _usage(principal, customer_id, since, until, (Subkind.CALL,)).filter(billed_micros__gt=0)
    rows = calls.order_by("-billed_micros", "-occurred_at", "pk").values_list(
        "pk", "occurred_at", "destination_e164", "duration_s", "billed_micros", "currency"
    )[:MOST_DEAR]
    shown = _shown_to(principal)
    return [
        DearCall(pk, at, shown(number) or WITHHELD, seconds or 0, Money(micros, currency))
        for pk, at, number, seconds, micros, currency in rows
    ]


def _shown_to(principal: Principal) -> Callable[[str | None], str | None]:
    """How a number called is written for somebody: in full with the permission, and for the customer's own people."""
    return readable if principal.can(Verb.PHONE_VIEW) or principal.customer_id is not None else mask


def _usage(
    principal: Principal, customer_id: int, since: datetime, until: datetime, subkinds: Sequence[Subkind]
) -> QuerySet[Charge]:
    found = standing(charges_visible_to(principal)).filter(
        USED, customer_id=customer_id, occurred_at__gte=since, occurred_at__lt=until
    )
    return found.filter(subkind__in=subkinds) if subkinds else found


def _sums(usage: QuerySet[Charge], *groups: str) -> list[dict[str, Any]]:
    sums = usage.order_by().values(*groups, "unit", "currency")
    return list(
        sums.annotate(n=Count("pk"), quantity=Sum("quantity"), seconds=Sum("duration_s"), micros=Sum("billed_micros"))
    )


def _used(row: dict[str, Any]) -> Used:
    return Used(row["n"], row["quantity"], row["seconds"] or 0, Money(row["micros"], row["currency"]))
