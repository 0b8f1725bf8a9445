"""Usage of one period beside that of the period before: by service, by day, in all. Quantities are exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from makegood.billing.selectors.usage import DayUse, ServiceUse, Span, Used, used_by_day, used_by_service
from makegood.billing.states import Subkind
from makegood.kernel.money import Money
from makegood.parties.entries import Principal


@dataclass(frozen=True)
class Compared:
    """One service and kind of usage, in one unit and currency; None where a period has none of it."""

    service_id: int | None
    service: str
    subkind: Subkind
    unit: str
    now: Used | None
    before: Used | None


@dataclass(frozen=True)
class Whole:
    """Everything in one unit and currency."""

    unit: str
    now: Used
    before: Used


@dataclass(frozen=True)
class Day:
    """One day of the period, and the same day of the period before."""

    day: date
    now: Used | None
    before: Used | None


@dataclass(frozen=True)
class Usage:
    """A period and the one before (None: not known); ``wholes`` with the most charged first."""

    span: Span
    earlier: Span | None
    services: tuple[Compared, ...]
    wholes: tuple[Whole, ...]

    @property
    def main(self) -> Whole | None:
        """The unit that most was charged in."""
        return self.wholes[0] if self.wholes else None


def usage_compared(
    principal: Principal,
    customer_id: int,
    spans: tuple[Span, Span | None],
    zone: str,
    subkinds: Sequence[Subkind] = (),
) -> Usage:
    """The usage of a customer in scope in a period, beside the one before."""
    span, earlier = spans
    now = used_by_service(principal, customer_id, *span.moments(zone), subkinds)
    then = used_by_service(principal, customer_id, *earlier.moments(zone), subkinds) if earlier else []
    by_key = {_key(one): one.used for one in then}
    rows = [
        Compared(one.service_id, one.service, one.subkind, one.unit, one.used, by_key.pop(_key(one), None))
        for one in now
    ]
    gone = [one for one in then if _key(one) in by_key]
    rows += [Compared(one.service_id, one.service, one.subkind, one.unit, None, one.used) for one in gone]
    return Usage(span, earlier, tuple(rows), tuple(_wholes(now, then)))


def days_compared(
    principal: Principal,
    customer_id: int,
    spans: tuple[Span, Span | None],
    zone: str,
    *,
    subkinds: Sequence[Subkind],
    of: Whole,
) -> list[Day]:
    """Every day of the period with what was used in that unit and currency, and on the same day of the one before."""
    span, earlier = spans
    now = _of_unit(used_by_day(principal, customer_id, span, zone, subkinds), of)
    then = _of_unit(used_by_day(principal, customer_id, earlier, zone, subkinds), of) if earlier else {}
    length = (span.last - span.first).days + 1
    return [
        Day(
            span.first + timedelta(days=n),
            now.get(span.first + timedelta(days=n)),
            then.get(earlier.first + timedelta(days=n)) if earlier else None,
        )
        for n in range(length)
    ]


def together(used: Iterable[Used], currency: str) -> Used:
    """Usage of one unit added up."""
    found = Used(0, None, 0, Money(0, currency))
    for one in used:
        quantity = found.quantity if one.quantity is None else (found.quantity or Decimal(0)) + one.quantity
        found = replace(
            found,
            count=found.count + one.count,
            quantity=quantity,
            seconds=found.seconds + one.seconds,
            charged=found.charged + one.charged,
        )
    return found


def _key(one: ServiceUse) -> tuple[int | None, Subkind, str, str]:
    return one.service_id, one.subkind, one.unit, one.used.charged.currency


def _wholes(now: Sequence[ServiceUse], then: Sequence[ServiceUse]) -> list[Whole]:
    keys = dict.fromkeys((one.unit, one.used.charged.currency) for one in (*now, *then))
    found = [Whole(unit, _sum(now, unit, currency), _sum(then, unit, currency)) for unit, currency in keys]
    return sorted(found, key=lambda one: (-one.now.charged.micros, -one.now.count, -one.before.charged.micros))


def _sum(rows: Sequence[ServiceUse], unit: str, currency: str) -> Used:
    return together((one.used for one in rows if one.unit == unit and one.used.charged.currency == currency), currency)


def _of_unit(days: Sequence[tuple[str, DayUse]], of: Whole) -> dict[date, Used]:
    currency = of.now.charged.currency
    return {one.day: one.used for unit, one in days if unit == of.unit and one.used.charged.currency == currency}
