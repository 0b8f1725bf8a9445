"""What was given back to a customer, taken again and charged for it, by the bill it stands on.

Amounts are signed as the customer's balance sees them: a credit is below zero, a reversal and a fee above.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from makegood.billing.selectors import ChargeFacts
from makegood.billing.selectors.facts import many_charge_facts
from makegood.disputes.selectors.rows import SHOWN
from makegood.disputes.selectors.visible import disputes_visible_to, view_parameters
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.kernel.prepared import fetch
from makegood.ledger.states import AdjustmentKind
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Customer
from makegood.parties.selectors import customers_visible_to

SIZE = 100
EXPORTED = 1_000
FOUND, RECENT = 20, 500
KINDS = {
    AdjustmentKind.CREDIT: "Credit",
    AdjustmentKind.REVERSAL: "Reversal",
    AdjustmentKind.REVERSAL_FEE: "Reversal fee",
}


@dataclass(frozen=True)
class CreditRow:
    """One credit, reversal or fee; ``running`` is what stands with it, per currency.

    ``bill`` and ``statement`` are the numbers of what it stands on; None until one is closed.
    """

    id: int
    at: datetime
    kind: AdjustmentKind
    net: Money
    tax: Money
    running: Money
    dispute: str
    charge: ChargeFacts | None
    period: str
    bill: int | None
    statement: int | None

    @property
    def total(self) -> Money:
        """Net and tax."""
        return self.net + self.tax

    @property
    def words(self) -> str:
        """What it is, as people read it."""
        return KINDS[self.kind]

    @property
    def number_only(self) -> str:
        """The dispute's number without its letter, as addresses carry it."""
        return self.dispute.removeprefix("D-")

    @property
    def stands_on(self) -> str:
        """The bill or statement that shows it; empty until one is closed."""
        if self.bill is not None:
            return f"bill {self.bill}"
        return f"statement S-{self.statement}" if self.statement is not None else ""


@dataclass(frozen=True)
class PeriodTotal:
    """What one currency of a period comes to."""

    count: int
    net: Money
    tax: Money

    @property
    def total(self) -> Money:
        """Net and tax."""
        return self.net + self.tax


@dataclass(frozen=True)
class Period:
    """A bill with its days, or a month (``2026-11``, without days) for what stands on no bill."""

    key: str
    first_day: date | None
    last_day: date | None
    totals: tuple[PeriodTotal, ...]

    @property
    def words(self) -> str:
        """How the period reads: ``Bill 21180214``, ``November 2026``."""
        if self.key.startswith("bill-"):
            return f"Bill {self.key.removeprefix('bill-')}"
        return f"{date.fromisoformat(f'{self.key}-01'):%B %Y}"


@dataclass(frozen=True)
class CreditPage:
    """Rows of a period (or of all), the newest first; ``older`` is the mark of the next page, empty at the end."""

    periods: tuple[Period, ...]
    period: Period | None
    rows: tuple[CreditRow, ...]
    older: str

    @property
    def totals(self) -> tuple[PeriodTotal, ...]:
        """What is shown comes to, per currency, over every page of it."""
        if self.period is not None:
            return self.period.totals
        sums: dict[str, PeriodTotal] = {}
        for one in (total for period in self.periods for total in period.totals):
            seen = sums.get(one.net.currency)
            sums[one.net.currency] = (
                PeriodTotal(seen.count + one.count, seen.net + one.net, seen.tax + one.tax) if seen else one
            )
        return tuple(sums.values())


def credit_page(
    principal: Principal, *, customer_id: int | None, zone: str, period: str = "", before: int | None = None
) -> CreditPage:
    """A page of the credits in scope; an unknown period is every period."""
    periods = periods_of(principal, customer_id=customer_id, zone=zone)
    chosen = next((one for one in periods if one.key == period), None)
    wanted = {"customer_id": customer_id, "zone": zone, "period": chosen.key if chosen else None, "before": before}
    rows = _rows(principal, _which(customer_id), rows=SIZE + 1, **wanted)
    older = str(rows[SIZE - 1].id) if len(rows) > SIZE else ""
    return CreditPage(periods, chosen, tuple(rows[:SIZE]), older)


def every_credit(
    principal: Principal, *, customer_id: int | None, zone: str, period: str | None
) -> Iterator[CreditRow]:
    """All credits of a period (None: of all), the newest first, a chunk at a time."""
    before: int | None = None
    wanted = {"customer_id": customer_id, "zone": zone, "period": period}
    while rows := _rows(principal, _which(customer_id), rows=EXPORTED, before=before, **wanted):
        yield from rows
        before = rows[-1].id


@dataclass(frozen=True)
class Credited:
    """A customer whose credits can be looked at."""

    id: int
    number: str
    name: str


def credited(principal: Principal, text: str) -> list[Credited]:
    """Customers in scope that are called so, by number or a part of the name; without a text, those credited last."""
    wanted, visible = text.strip(), customers_visible_to(principal)
    if wanted:
        found = visible.filter(Q(number__iexact=wanted) | Q(name__icontains=wanted)).order_by("name", "pk")[:FOUND]
        return [_credited(customer) for customer in found]
    latest = disputes_visible_to(principal).filter(stage__in=SHOWN).order_by("-id").values_list("customer", flat=True)
    ids = list(dict.fromkeys(latest[:RECENT]))[:FOUND]
    known = visible.in_bulk(ids)
    return [_credited(known[pk]) for pk in ids if pk in known]


def credited_customer(principal: Principal, customer_id: int) -> Credited:
    """The customer whose credits are looked at. Raises NotFound for one that is not there or out of scope."""
    found = customers_visible_to(principal).filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    return _credited(found)


def _credited(customer: Customer) -> Credited:
    return Credited(customer.pk, customer.number, customer.name)


def credits_of(principal: Principal, dispute_id: int) -> list[CreditRow]:
    """What was credited, reversed and charged in one dispute in scope, oldest first."""
    return _rows(principal, "d.id = %(dispute_id)s::bigint", rows=EXPORTED, dispute_id=dispute_id)[::-1]


def periods_of(principal: Principal, *, customer_id: int | None, zone: str) -> tuple[Period, ...]:
    """The periods that have a credit in scope, the latest first."""
    text = sql.spliced("disputes.credit_periods", {"which": _which(customer_id)})
    found = fetch(text, {"customer_id": customer_id, "zone": zone, **view_parameters(principal)})
    totals: dict[str, list[PeriodTotal]] = {}
    days: dict[str, tuple[date | None, date | None]] = {}
    for key, first, last, currency, count, net, tax, _ in found:
        totals.setdefault(key, []).append(PeriodTotal(count, Money(net, currency), Money(tax, currency)))
        days[key] = (first, last)
    return tuple(Period(key, *days[key], tuple(sums)) for key, sums in totals.items())


_ACCOUNT = """
d.customer_id IN (SELECT below.id FROM parties_customer own JOIN parties_customer below ON below.path ^@ own.path
                  WHERE own.id = %(customer_id)s::bigint)
"""
"""The disputes of a customer and of the accounts below it, as people see them in lists."""


def _which(customer_id: int | None) -> str:
    return "true" if customer_id is None else _ACCOUNT


def _rows(principal: Principal, which: str, *, rows: int, **wanted: Any) -> list[CreditRow]:
    asked = {"zone": "UTC", "period": None, "before": None, **wanted, "rows": rows, **view_parameters(principal)}
    found = fetch(sql.spliced("disputes.credits", {"which": which}), asked)
    facts = many_charge_facts(principal, sorted({row[8] for row in found}))
    return [_row(row, facts.get(row[8])) for row in found]


def _row(row: Sequence[Any], charge: ChargeFacts | None) -> CreditRow:
    pk, at, kind, currency, net, tax, running, label, _, period, bill, statement = row
    return CreditRow(
        id=pk,
        at=at,
        kind=AdjustmentKind(kind),
        net=Money(net, currency),
        tax=Money(tax, currency),
        running=Money(running, currency),
        dispute=label,
        charge=charge,
        period=period,
        bill=bill,
        statement=statement,
    )
