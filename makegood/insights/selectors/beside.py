"""What stands beside a dispute: similar ones of the past, the same caller elsewhere, the last month of both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Sum

from makegood.disputes.selectors.visible import disputes_visible_to, view_parameters
from makegood.disputes.states import GRANTED, Facts, Outcome, Stage, Word, word_of
from makegood.insights.entries import Rate
from makegood.insights.policy.likeness import WHY, Shared, Traits, bucket, score, shared
from makegood.insights.selectors.cohorts import source
from makegood.insights.states import By
from makegood.kernel import clock, sql
from makegood.kernel.money import Money
from makegood.kernel.phones import mask, readable
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand, scope_parameters
from makegood.parties.states import Verb

CANDIDATES = 50
"""So many similar disputes are looked for."""
DEPTH = 300
"""So many of the latest of a reason or a buyer are looked through for them."""
EXPLAINED = 100
"""So many explanations are compared."""
SHOWN = 5
ENOUGH = 8
"""Below this many similar disputes their rate is not said."""
CALLS = 1_000
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Similar:
    """One past dispute: its label, its status word, when it was decided, what was credited, and why it is here."""

    number: str
    word: Word
    credited: Money
    decided_at: datetime
    why: str

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")


@dataclass(frozen=True)
class Caller:
    """The caller's number as the viewer may read it, and its calls in scope around this one, this one included."""

    number: str
    week: int
    month: int
    buyers: int
    disputed: int


@dataclass(frozen=True)
class PartyMonth:
    """A buyer or vendor over the last 30 days of calls: disputed of billed, and accepted of decided."""

    name: str
    disputed: Rate
    accepted: Rate


@dataclass(frozen=True)
class Beside:
    """``similar`` are the top few of ``n``; ``rate`` is None while there are too few to say one."""

    similar: tuple[Similar, ...]
    n: int
    rate: Rate | None
    caller: Caller | None
    buyer: PartyMonth
    vendor: PartyMonth | None


class _Past(NamedTuple):
    """A row of the part ``insights.precedent_facts``."""

    id: int
    label: str
    outcome: str
    decided_micros: int | None
    currency: str
    billed_micros: int
    round: int
    stage: str
    decided_at: datetime
    caller: str | None
    vendor: int | None
    source: str
    buyer: int
    reason: int | None
    length: int | None
    findings: list[int]
    words: str

    @property
    def traits(self) -> Traits:
        """What of it is compared."""
        return Traits(
            self.caller, self.vendor, self.source, self.buyer, self.reason, self.length, frozenset(self.findings),
            self.words,
        )  # fmt: skip


_ASKED = {
    "caller": "charge__caller_e164",
    "source": "charge__vendor_sub_id",
    "vendor": "charge__vendor_id",
    "vendor_name": "charge__vendor__name",
    "buyer_name": "charge__customer__name",
    "length": "charge__duration_s",
    "occurred_at": "charge__occurred_at",
    "settings": "program__settings",
}


def beside(principal: Principal, dispute_id: int) -> Beside:
    """What the past says beside one dispute. Raises NotPermitted for those who do not decide, NotFound.

    A memory aid: nothing is suggested. Similar ones are of the same program, decided by other people, committed and
    not reversed, and in scope like every count here.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    named = {f"of_{name}": F(path) for name, path in _ASKED.items()}
    columns = ("pk", "program_id", "customer_id", "reason_id", "finding_ids", "description", *named)
    this = disputes_visible_to(principal).filter(pk=dispute_id).annotate(**named).values(*columns).first()
    if this is None:
        raise NotFound()
    now = clock.now()
    past = _ranked(this, _candidates(principal, this), now)
    accepted = sum(Outcome(row.outcome) in GRANTED for row, _ in past)
    return Beside(
        similar=tuple(_similar(row, common, this["of_settings"], now) for row, common in past[:SHOWN]),
        n=len(past),
        rate=Rate(accepted, len(past)) if len(past) >= ENOUGH else None,
        caller=_caller(principal, this["of_caller"], this["of_occurred_at"]),
        buyer=_month(principal, this, this["of_buyer_name"], now, By.CUSTOMER, this["customer_id"]),
        vendor=_vendor(principal, this, now),
    )


def _traits(this: Mapping[str, Any]) -> Traits:
    return Traits(
        this["of_caller"], this["of_vendor"], this["of_source"], this["customer_id"], this["reason_id"],
        this["of_length"], frozenset(this["finding_ids"]), this["description"],
    )  # fmt: skip


def _candidates(principal: Principal, this: Mapping[str, Any]) -> list[_Past]:
    """Up to fifty, by index: same caller, source, buyer, finding; then explanations, where there are not enough."""
    shortest, longest = bucket(this["of_length"])
    named = {
        "dispute_id": this["pk"],
        "program_id": this["program_id"],
        "reason_id": this["reason_id"],
        **view_parameters(principal),
    }
    facts = {
        "caller": this["of_caller"] or None,
        "vendor_id": this["of_vendor"],
        "source": this["of_source"],
        "customer_id": this["customer_id"],
        "shortest": shortest,
        "longest": longest,
        "findings": list(this["finding_ids"]),
        "depth": DEPTH,
    }
    found = [_Past(*row) for row in fetch(sql.load("insights.precedents"), {**named, **facts, "most": CANDIDATES})]
    if len(found) < CANDIDATES and this["description"] and this["reason_id"]:
        known = {row.id for row in found}
        rows = fetch(sql.load("insights.precedents_by_reason"), {**named, "most": EXPLAINED})
        found += [past for row in rows if (past := _Past(*row)).id not in known]
    return found


def _ranked(this: Mapping[str, Any], found: list[_Past], now: datetime) -> list[tuple[_Past, tuple[Shared, ...]]]:
    """Those that share something, what says most first."""
    mine = _traits(this)
    weighed = [(row, common) for row in found if (common := shared(mine, row.traits))][:CANDIDATES]
    return sorted(weighed, key=lambda one: (-score(one[1], now - one[0].decided_at), -one[0].id))


def _similar(row: _Past, common: tuple[Shared, ...], settings: Mapping[str, object], now: datetime) -> Similar:
    micros = row.decided_micros or 0
    facts = Facts(Stage(row.stage), Outcome(row.outcome), micros, row.billed_micros, round=row.round)
    why = f"{WHY[common[0]]}, {_ago(now - row.decided_at)}"
    return Similar(row.label, word_of(facts, settings), Money(micros, row.currency), row.decided_at, why)


def _ago(by: timedelta) -> str:
    if by.days < 1:
        return "today"
    return "1 day ago" if by.days == 1 else f"{by.days} days ago"


def _caller(principal: Principal, number: str | None, at: datetime) -> Caller | None:
    if not number or not principal.can(Verb.CHARGE_VIEW):
        return None
    known = {"caller": number, "at": at, "most": CALLS, **scope_parameters(principal.scope)}
    [counts] = fetch(sql.load("insights.calls_of_caller"), known)
    return Caller(readable(number) if principal.can(Verb.PHONE_VIEW) else mask(number), *counts)


def _vendor(principal: Principal, this: Mapping[str, Any], now: datetime) -> PartyMonth | None:
    if this["of_vendor"] is None or not principal.can(Verb.PAYOUT_VIEW):
        return None
    return _month(principal, this, this["of_vendor_name"], now, By.VENDOR, this["of_vendor"])


def _month(principal: Principal, this: Mapping[str, Any], name: str, now: datetime, by: By, party: int) -> PartyMonth:
    since: date = (now - MONTH).date()
    days, column = source(principal.scope, by)
    sums = days.filter(program=this["program_id"], day__gte=since, **{column: party}).aggregate(
        billed=Sum("billed", default=0),
        disputes=Sum("disputes", default=0),
        granted=Sum(F("accepted") + F("accepted_partial"), default=0),
        rejected=Sum("rejected", default=0),
    )
    return PartyMonth(
        name,
        Rate(sums["disputes"], sums["billed"]),
        Rate(sums["granted"], sums["granted"] + sums["rejected"]),
    )
