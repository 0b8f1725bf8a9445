"""Adjusted calls, as the vendor sees them: old payout, change, new payout. Never the buyer, never its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from makegood.billing.selectors import ChargeFacts
from makegood.billing.selectors.facts import many_charge_facts
from makegood.disputes.states import ReasonType
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.selectors import vendors_visible_to

SIZE = 50
GROUPS = {
    ReasonType.QUALITY: "Call quality",
    ReasonType.FRAUD: "Invalid traffic",
    ReasonType.BILLING: "Billing",
    ReasonType.PRODUCT: "Not the service asked for",
}


@dataclass(frozen=True)
class AdjustedCall:
    """One call whose payout changed, and the sum of all its changes."""

    charge: ChargeFacts
    at: datetime
    old: Money
    change: Money
    new: Money
    group: str


@dataclass(frozen=True)
class Change:
    """The changes of one currency on this page."""

    count: int
    change: Money


@dataclass(frozen=True)
class AdjustedCalls:
    """A page of adjusted calls; ``older`` continues it."""

    rows: tuple[AdjustedCall, ...]
    changes: tuple[Change, ...]
    older: tuple[datetime, int] | None

    @property
    def older_mark(self) -> str:
        """The place of the next page, as the address carries it."""
        return f"{self.older[0].isoformat()}~{self.older[1]}" if self.older else ""


def _read(vendors: Sequence[int], charge_ids: Sequence[int] | None, before: tuple[datetime, int] | None) -> list[tuple]:  # type: ignore[type-arg]
    params = {
        "vendors": list(vendors),
        "charge_ids": None if charge_ids is None else list(charge_ids),
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
        "size": SIZE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.load("disputes.adjusted_calls"), params)
        return list(cursor.fetchall())


def _changes(rows: Sequence[AdjustedCall]) -> tuple[Change, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        count, micros = sums.get(row.change.currency, (0, 0))
        sums[row.change.currency] = (count + 1, micros + row.change.micros)
    return tuple(Change(count, Money(micros, currency)) for currency, (count, micros) in sorted(sums.items()))


def adjusted_calls(
    principal: Principal,
    *,
    charge_ids: Sequence[int] | None = None,
    before: tuple[datetime, int] | None = None,
) -> AdjustedCalls:
    """Calls in the vendor's scope whose payout changed, the latest first; ``charge_ids`` narrows to exactly those."""
    vendors = list(vendors_visible_to(principal).values_list("pk", flat=True))
    found = _read(vendors, charge_ids, before)
    facts = many_charge_facts(principal, [row[0] for row in found])
    rows = tuple(
        AdjustedCall(
            charge=facts[charge_id],
            at=at,
            old=Money(payout, currency),
            change=Money(change, currency),
            new=Money(payout + change, currency),
            group=GROUPS.get(ReasonType(kind), "") if kind else "",
        )
        for charge_id, at, currency, payout, change, kind in found[:SIZE]
        if charge_id in facts
    )
    older = (found[SIZE - 1][1], found[SIZE - 1][0]) if len(found) > SIZE else None
    return AdjustedCalls(rows, _changes(rows), older)


def mark_of(text: str) -> tuple[datetime, int] | None:
    """The place that an address names, as ``time~id``; None for anything else."""
    at, _, number = text.partition("~")
    try:
        return datetime.fromisoformat(at), int(number)
    except ValueError:
        return None
