"""Adjusted calls, as the vendor sees them: old payout, change, new payout. Never the buyer, never its price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.billing.selectors import ChargeFacts
from makegood.billing.selectors.facts import many_charge_facts
from makegood.disputes.states import ReasonType
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import vendors_visible_to

SIZE = 50
MOST_OFFERED = 1_000
GROUPS = {
    ReasonType.QUALITY: "Call quality",
    ReasonType.FRAUD: "Invalid traffic",
    ReasonType.BILLING: "Billing",
    ReasonType.PRODUCT: "Not the service asked for",
}
SEES_CAMPAIGN = "vendors_see_campaign"
"""The setting of a program that withholds campaigns from vendors when it is false."""


@dataclass(frozen=True)
class AdjustedFilter:
    """What the list is narrowed by; None means any. ``since`` and ``until`` bound the latest change, the end excluded.

    ``sought`` is the beginning of the vendor's own call id, or a sub id; ``charge_ids`` are exactly those calls.
    """

    charge_ids: tuple[int, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    sub_id: str | None = None
    campaign: int | None = None
    sought: str | None = None


EVERY = AdjustedFilter()


@dataclass(frozen=True)
class AdjustedCall:
    """One call whose payout changed, and the sum of all its changes.

    ``own_id`` and ``sub_id`` are the vendor's own; without an id of its own a call goes by the platform's.
    """

    charge: ChargeFacts
    at: datetime
    old: Money
    change: Money
    new: Money
    group: str
    own_id: str
    sub_id: str
    given_back: bool

    @property
    def status(self) -> str:
        """How it stands now: taken back in whole or in part, and whether that was corrected since."""
        words = "Taken back" if not self.new else "Reduced"
        return f"{words}, corrected since" if self.given_back else words


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


def _read(vendors: Sequence[int], wanted: AdjustedFilter, before: tuple[datetime, int] | None) -> list[tuple[Any, ...]]:
    params = {
        **vars(wanted),
        "vendors": list(vendors),
        "charge_ids": None if wanted.charge_ids is None else list(wanted.charge_ids),
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
    principal: Principal, wanted: AdjustedFilter = EVERY, *, before: tuple[datetime, int] | None = None
) -> AdjustedCalls:
    """Calls in the vendor's scope whose payout is another one than it was, the latest change first."""
    found = _read(_vendors(principal), wanted, before)
    facts = many_charge_facts(principal, [row[0] for row in found])
    hidden = _hidden_campaigns()
    rows = tuple(_row(row, facts[row[0]], hidden) for row in found[:SIZE] if row[0] in facts)
    older = (found[SIZE - 1][1], found[SIZE - 1][0]) if len(found) > SIZE else None
    return AdjustedCalls(rows, _changes(rows), older)


def adjusted_call(principal: Principal, charge_id: int) -> AdjustedCall:
    """One of them. Raises NotFound for a call of somebody else, and for one whose payout is what it was."""
    found = adjusted_calls(principal, AdjustedFilter(charge_ids=(charge_id,))).rows
    if not found:
        raise NotFound()
    return found[0]


def every_adjusted_call(principal: Principal, wanted: AdjustedFilter) -> Iterator[AdjustedCall]:
    """All that a filter names, a page at a time."""
    before: tuple[datetime, int] | None = None
    while True:
        found = adjusted_calls(principal, wanted, before=before)
        yield from found.rows
        before = found.older
        if before is None:
            return


def _vendors(principal: Principal) -> list[int]:
    return list(vendors_visible_to(principal).values_list("pk", flat=True))


def _hidden_campaigns() -> frozenset[int]:
    """The programs that do not let vendors know their campaigns."""
    return frozenset(Program.objects.filter(**{f"settings__{SEES_CAMPAIGN}": False}).values_list("pk", flat=True))


def _row(row: Sequence[Any], charge: ChargeFacts, hidden: frozenset[int]) -> AdjustedCall:
    _, at, currency, payout, change, kind, own_id, sub_id, given_back, campaign, customer = row
    named_after = bool(customer) and customer.casefold() in campaign.casefold()
    shown = replace(charge, campaign="", criteria=()) if named_after or charge.program_id in hidden else charge
    return AdjustedCall(
        charge=shown,
        at=at,
        old=Money(payout, currency),
        change=Money(change, currency),
        new=Money(payout + change, currency),
        group=GROUPS.get(ReasonType(kind), "") if kind else "",
        own_id=own_id,
        sub_id=sub_id,
        given_back=given_back,
    )


@dataclass(frozen=True)
class Offered:
    """What a vendor's adjusted calls can be narrowed by: sub ids, and campaigns by number and name."""

    sub_ids: tuple[str, ...]
    campaigns: tuple[tuple[int, str], ...]


def offered_filters(principal: Principal) -> Offered:
    """The sub ids and the campaigns of a vendor's adjusted calls; no campaign that it may not know."""
    with connection.cursor() as cursor:
        cursor.execute(sql.load("disputes.adjusted_offers"), {"vendors": _vendors(principal), "size": MOST_OFFERED})
        found = cursor.fetchall()
    hidden = _hidden_campaigns()
    secret = {pk for _, pk, _, program, named_after in found if program in hidden or named_after}
    campaigns = {(pk, name): None for _, pk, name, _, _ in found if pk is not None and pk not in secret}
    return Offered(tuple(dict.fromkeys(sub for sub, *_ in found if sub)), tuple(campaigns))


def mark_of(text: str) -> tuple[datetime, int] | None:
    """The place that an address names, as ``time~id``; None for anything else."""
    at, _, number = text.partition("~")
    try:
        return datetime.fromisoformat(at), int(number)
    except ValueError:
        return None
