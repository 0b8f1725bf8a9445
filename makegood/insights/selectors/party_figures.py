"""The figures on top of a buyer's or a vendor's page: rates with their intervals over the last days of calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, QuerySet, Sum

from makegood.insights.entries import Rate
from makegood.insights.models import CohortDay
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand, owned_predicate
from makegood.parties.states import Verb

SPANS = (30, 90)


@dataclass(frozen=True)
class Figure:
    """A party over the last ``days`` days of calls: disputed of billed, accepted of decided, invalid of billed.

    ``billed`` and ``credited`` (less what was reversed) are per currency, ``credited`` in the order of ``billed``.
    Calls of these days may still be disputed, so the shares can grow.
    """

    days: int
    disputed: Rate
    accepted: Rate
    invalid: Rate
    money: tuple[tuple[Money, Money], ...]


def buyer_figures(principal: Principal, customer_id: int) -> tuple[Figure, ...]:
    """The figures of a buyer, as far as its calls are in scope. Raises NotPermitted."""
    return _figures(principal, customer=customer_id)


def vendor_figures(principal: Principal, vendor_id: int) -> tuple[Figure, ...]:
    """The figures of a vendor, as far as its calls are in scope. Raises NotPermitted."""
    return _figures(principal, vendor=vendor_id)


def _figures(principal: Principal, **party: int) -> tuple[Figure, ...]:
    demand(principal, Verb.LEDGER_VIEW)
    rows = CohortDay.objects.filter(owned_predicate(principal.scope), **party)
    today = clock.now().date()
    return tuple(_figure(days, rows.filter(day__gte=today - timedelta(days=days))) for days in SPANS)


def _figure(days: int, rows: QuerySet[CohortDay]) -> Figure:
    sums = rows.aggregate(
        billed=Sum("billed", default=0),
        disputes=Sum("disputes", default=0),
        invalid=Sum("invalid", default=0),
        granted=Sum(F("accepted") + F("accepted_partial"), default=0),
        rejected=Sum("rejected", default=0),
    )
    money = rows.order_by("currency").values("currency")
    money = money.annotate(billed=Sum("billed_micros"), given=Sum(F("credited_micros") - F("reversed_micros")))
    return Figure(
        days,
        Rate(sums["disputes"], sums["billed"]),
        Rate(sums["granted"], sums["granted"] + sums["rejected"]),
        Rate(sums["invalid"], sums["billed"]),
        tuple((Money(row["billed"], row["currency"]), Money(row["given"], row["currency"])) for row in money),
    )
