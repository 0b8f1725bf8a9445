"""A buyer or a vendor as those see them who work on disputes: what is asked, what was used, who calls again.

Every read starts from the disputes in scope; a party out of scope is not found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, QuerySet

from makegood.disputes.errors import PolicyMissing
from makegood.disputes.models import Dispute, UsageCounter
from makegood.disputes.policy import windows
from makegood.disputes.policy.rules.caps import CapCount
from makegood.disputes.selectors.mine import Total, totals_of
from makegood.disputes.selectors.policies import policy_in_force
from makegood.disputes.selectors.rows import DisputeRow, rows_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Stage
from makegood.kernel import clock
from makegood.kernel.phones import mask, readable
from makegood.parties.entries import Principal
from makegood.parties.models import Customer, Program
from makegood.parties.selectors import (
    customers_visible_to,
    demand,
    programs_visible_to,
    vendors_visible_to,
)
from makegood.parties.selectors.heads import PartyHead, customer_seen, head_of, vendor_seen
from makegood.parties.states import Verb

RECENT, REPEATS = 20, 10
SPAN = timedelta(days=90)


@dataclass(frozen=True)
class Seen:
    """The parties of a dispute whose pages one may open; None otherwise."""

    customer_id: int | None
    vendor_id: int | None


@dataclass(frozen=True)
class Cap:
    """A limit of a program and how much of it a buyer has used in the running period."""

    program: str
    words: str
    used: int
    limit: int
    resets_at: datetime


@dataclass(frozen=True)
class RepeatCaller:
    """A caller who was disputed more than once: the number as the viewer may read it, and a dispute to begin with."""

    number: str
    disputes: int
    last_at: datetime
    newest: str

    @property
    def newest_only(self) -> str:
        """The newest dispute's number without its letter, as addresses carry it."""
        return self.newest.removeprefix("D-")


@dataclass(frozen=True, kw_only=True)
class PartyDesk(PartyHead):
    """One party: ``waiting`` is asked and undecided per currency, ``recent`` the newest disputes."""

    waiting: tuple[Total, ...]
    recent: tuple[DisputeRow, ...]
    callers: tuple[RepeatCaller, ...]
    caps: tuple[Cap, ...] = ()


def parties_of(principal: Principal, dispute_id: int) -> Seen:
    """The parties of a dispute whose pages the principal may open."""
    found = disputes_visible_to(principal).filter(pk=dispute_id).values_list("customer_id", "charge__vendor_id").first()
    if found is None or not principal.can(Verb.LEDGER_VIEW):
        return Seen(None, None)
    customer, vendor = found
    opens = principal.can(Verb.CUSTOMER_VIEW) and customers_visible_to(principal).filter(pk=customer).exists()
    pays = principal.can(Verb.PAYOUT_VIEW) and vendors_visible_to(principal).filter(pk=vendor).exists()
    return Seen(customer if opens else None, vendor if pays else None)


def buyer_desk(principal: Principal, customer_id: int) -> PartyDesk:
    """A buyer. Raises NotPermitted, and NotFound for one that is out of scope."""
    demand(principal, Verb.LEDGER_VIEW)
    demand(principal, Verb.CUSTOMER_VIEW)
    found = customer_seen(principal, customer_id)
    work = _work(principal, _filed(principal).filter(customer=customer_id))
    return PartyDesk(**head_of(found), **work, caps=_caps(principal, found))


def vendor_desk(principal: Principal, vendor_id: int) -> PartyDesk:
    """A vendor. Raises NotPermitted, and NotFound for one that is out of scope."""
    demand(principal, Verb.LEDGER_VIEW)
    demand(principal, Verb.PAYOUT_VIEW)
    found = vendor_seen(principal, vendor_id)
    return PartyDesk(**head_of(found), **_work(principal, _filed(principal).filter(charge__vendor=vendor_id)))


def _filed(principal: Principal) -> QuerySet[Dispute]:
    return disputes_visible_to(principal).exclude(stage=Stage.DRAFT)


def _work(principal: Principal, disputes: QuerySet[Dispute]) -> dict[str, Any]:
    """What its disputes say of a party, as fields of :class:`PartyDesk`."""
    newest = list(disputes.order_by("-submitted_at", "-id")[:RECENT])
    waiting = disputes.filter(stage__in=[*UNDECIDED, Stage.DECIDED])
    return {
        "waiting": totals_of(waiting),
        "recent": tuple(rows_of(principal, newest)),
        "callers": _callers(principal, disputes),
    }


def _callers(principal: Principal, disputes: QuerySet[Dispute]) -> tuple[RepeatCaller, ...]:
    lately = disputes.filter(submitted_at__gte=clock.now() - SPAN).exclude(charge__caller_e164="")
    counted = (
        lately.exclude(charge__caller_e164=None)
        .order_by()
        .values("charge__caller_e164")
        .annotate(n=Count("id"), last=Max("submitted_at"), newest=Max("id"))
        .filter(n__gt=1)
        .order_by("-n", "-last")[:REPEATS]
    )
    rows = list(counted)
    labels = dict(Dispute.objects.filter(pk__in=[row["newest"] for row in rows]).values_list("pk", "label"))
    shown = readable if principal.can(Verb.PHONE_VIEW) else mask
    return tuple(
        RepeatCaller(shown(row["charge__caller_e164"]), row["n"], row["last"], labels[row["newest"]]) for row in rows
    )


def _caps(principal: Principal, customer: Customer) -> tuple[Cap, ...]:
    """What the buyer has used of each limit that counts disputes by buyer, program by program."""
    now = clock.now()
    programs = programs_visible_to(principal).select_related("zone").order_by("name")
    return tuple(cap for program in programs for cap in _caps_of(program, customer, now))


def _caps_of(program: Program, customer: Customer, now: datetime) -> list[Cap]:
    policy = policy_in_force(program.pk, now)
    if isinstance(policy, PolicyMissing):
        return []
    found = []
    for rule in policy.rules:
        if not isinstance(rule, CapCount) or rule.per != "buyer":
            continue
        zone = _zone(rule, program, customer)
        start = windows.period_start(now, rule.period, zone)
        counters = UsageCounter.objects.filter(program=program, customer=customer, key=rule.key, period_start=start)
        used = sum(counters.values_list("used", flat=True))
        resets = windows.period_end(now, rule.period, zone)
        found.append(Cap(program.name, f"disputes in a {rule.period}", used, rule.limit, resets))
    return found


def _zone(rule: CapCount, program: Program, customer: Customer) -> ZoneInfo:
    if rule.tz == "customer":
        return ZoneInfo(customer.zone.name)
    named = program.zone.name if rule.tz == "program" and program.zone else UTC.tzname(None)
    return ZoneInfo(named)
