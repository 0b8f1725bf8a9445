"""The payout statement: what was taken back from a vendor and given back again, by month and currency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.selectors import vendors_visible_to

SIZE = 500
"""So many lines stand on a page; the export holds all of them."""


@dataclass(frozen=True)
class PayoutLine:
    """One claw-back, or what was given back of one; ``running`` is what the lines up to it come to."""

    charge_id: int
    own_id: str
    sub_id: str
    at: datetime
    gives_back: bool
    change: Money
    running: Money

    @property
    def words(self) -> str:
        """What it is, as vendors read it."""
        return "Given back" if self.gives_back else "Taken back"


@dataclass(frozen=True)
class PayoutTotal:
    """What one currency of a month comes to."""

    calls: int
    taken: Money
    given_back: Money

    @property
    def net(self) -> Money:
        """By how much the payouts changed."""
        return self.taken + self.given_back


@dataclass(frozen=True)
class PayoutPeriod:
    """A month in the reader's zone (``2026-11``) in which payouts changed."""

    key: str
    totals: tuple[PayoutTotal, ...]

    @property
    def words(self) -> str:
        """How it reads: ``November 2026``."""
        return f"{date.fromisoformat(f'{self.key}-01'):%B %Y}"


@dataclass(frozen=True)
class PayoutGroup:
    """The lines of one currency, the oldest first, and their total."""

    currency: str
    total: PayoutTotal
    lines: tuple[PayoutLine, ...]

    @property
    def is_cut(self) -> bool:
        """Whether some of its lines do not stand here."""
        return bool(self.lines) and self.lines[-1].running != self.total.net


@dataclass(frozen=True)
class PayoutStatement:
    """One month of a vendor; ``periods`` are those that there are, the latest first."""

    periods: tuple[PayoutPeriod, ...]
    period: PayoutPeriod | None
    groups: tuple[PayoutGroup, ...]


def payout_statement(principal: Principal, *, zone: str, period: str = "") -> PayoutStatement:
    """A month of the vendors in scope; the latest one where the named one has nothing.

    A call whose changes cancel out within the month stands nowhere: its payout did not change.
    """
    periods = payout_periods(principal, zone=zone)
    chosen = next((one for one in periods if one.key == period), periods[0] if periods else None)
    if chosen is None:
        return PayoutStatement((), None, ())
    lines = _lines(principal, zone=zone, period=chosen.key, size=SIZE)
    groups = [
        PayoutGroup(
            total.taken.currency,
            total,
            tuple(line for line in lines if line.change.currency == total.taken.currency),
        )
        for total in chosen.totals
    ]
    return PayoutStatement(periods, chosen, tuple(groups))


def every_payout_line(principal: Principal, *, zone: str, period: str) -> Iterator[PayoutLine]:
    """All lines of a month, currency by currency."""
    yield from _lines(principal, zone=zone, period=period)


def changes_of(principal: Principal, charge_id: int) -> list[PayoutLine]:
    """What changed the payout of one call in scope, the oldest first."""
    return _lines(principal, zone="UTC", charge=charge_id)


def payout_periods(principal: Principal, *, zone: str) -> tuple[PayoutPeriod, ...]:
    """The months in which payouts of the vendors in scope changed, the latest first."""
    totals: dict[str, list[PayoutTotal]] = {}
    for key, currency, calls, taken, given_back in _fetch("disputes.payout_periods", principal, zone=zone):
        total = PayoutTotal(calls, Money(taken, currency), Money(given_back, currency))
        totals.setdefault(key, []).append(total)
    return tuple(PayoutPeriod(key, tuple(sums)) for key, sums in totals.items())


def _lines(
    principal: Principal, *, zone: str, period: str | None = None, size: int | None = None, charge: int | None = None
) -> list[PayoutLine]:
    rows = _fetch("disputes.payout_lines", principal, zone=zone, period=period, size=size, charge=charge)
    return [
        PayoutLine(
            charge_id=charge_id,
            own_id=own_id,
            sub_id=sub_id,
            at=at,
            gives_back=gives_back,
            change=Money(micros, currency),
            running=Money(running, currency),
        )
        for _, at, _, currency, micros, running, own_id, sub_id, charge_id, gives_back in rows
    ]


def _fetch(name: str, principal: Principal, **params: Any) -> list[tuple[Any, ...]]:
    vendors = list(vendors_visible_to(principal).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(sql.load(name), {"vendors": vendors, **params})
        return list(cursor.fetchall())
