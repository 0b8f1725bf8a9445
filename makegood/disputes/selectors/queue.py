"""The queue of those who decide: which disputes a query of it finds. Scope first; pages are in ``queue_page``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan

from makegood.disputes.models import Dispute, Finding, Handling, PolicyVersion, Recommendation, SlaClock
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.policies import policy_of_version
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import (
    DECIDING_CLOCKS,
    UNDECIDED,
    WAITING,
    ClockOutcome,
    Outcome,
    RecommendationState,
    Stage,
)
from makegood.kernel import clock
from makegood.kernel.counting import Given, counted_again
from makegood.parties.entries import Principal
from makegood.parties.selectors import programs_visible_to
from makegood.parties.selectors.scopes import view_of

PENDING, MINE, INFO, BREACHING, SIGNATURE, DECIDED, ALL = (
    "pending",
    "mine",
    "info",
    "breaching",
    "signature",
    "decided",
    "all",
)
TABS = (PENDING, MINE, INFO, BREACHING, SIGNATURE, DECIDED, ALL)
WAITING_TABS = frozenset({PENDING, MINE, INFO, BREACHING, SIGNATURE})
"""Tabs whose disputes still wait for a decision."""
SOON = timedelta(hours=12)

_ENDED = Q(stage__in=[Stage.RESOLVED, Stage.CLOSED])
STATUSES: Mapping[str, tuple[str, Q]] = {
    "pending": ("Pending", Q(stage=Stage.PENDING)),
    "in_review": ("In review", Q(stage=Stage.IN_REVIEW)),
    "asked": ("Asked for information", Q(stage=Stage.INFO_NEEDED)),
    "held": ("In the undo window", Q(stage=Stage.DECIDED)),
    "accepted": ("Accepted", _ENDED & Q(outcome=Outcome.ACCEPTED)),
    "partial": ("Accepted in part", _ENDED & Q(outcome=Outcome.ACCEPTED_PARTIAL)),
    "rejected": ("Rejected", _ENDED & Q(outcome=Outcome.REJECTED)),
    "withdrawn": ("Withdrawn", Q(stage=Stage.WITHDRAWN)),
    "closed": ("Closed without a decision", Q(stage=Stage.CLOSED, outcome__isnull=True)),
}
"""Words of a status by key: what it is called, and which disputes have it."""
SLA = {
    "over": "over time",
    "warned": "past the target",
    "soon": "due within 12 hours",
    "running": "with time left",
    "paused": "whose clock stands still",
    "none": "without a deadline",
}
"""States of a deadline by key, as they end a sentence."""
NOBODY, ME = -1, -2
"""Assignees that are no row."""
ALONE = -1
"""The case of disputes that were filed by themselves."""
FIRST, AGAIN = "first", "again"


@dataclass(frozen=True)
class QueueQuery:
    """What the address asks for; numbers of zero and empty texts mean any. ``midnight`` begins the viewer's day.

    Amounts in micros, of ``currency`` where it is named. ``older_s`` is an age in seconds. ``assignee`` is a person,
    NOBODY or ME. ``caller`` is a number in E.164. ``team`` is whose queue it is by the settings of programs, ``case``
    the number of a submission, or ALONE for disputes of none. ``ids`` narrows to exactly those, whatever the tab.
    ``after`` and ``before`` are places of pages.
    """

    tab: str
    midnight: datetime
    reason: int = 0
    buyer: int = 0
    vendor: int = 0
    program: int = 0
    ids: tuple[int, ...] | None = None
    after: str = ""
    before: str = ""
    status: str = ""
    currency: str = ""
    min_micros: int | None = None
    max_micros: int | None = None
    older_s: int = 0
    verdict: str = ""
    finding: str = ""
    sla: str = ""
    assignee: int = 0
    round: str = ""
    origin: str = ""
    caller: str = ""
    team: str = ""
    case: int = 0

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the program narrows the tab."""
        said = (self.reason, self.buyer, self.vendor, self.status, self.currency, self.older_s, self.verdict)
        more = (self.finding, self.sla, self.assignee, self.round, self.origin, self.caller, self.team, self.case)
        return any((*said, *more)) or self.ids is not None or (self.min_micros, self.max_micros) != (None, None)


def _clocks() -> QuerySet[SlaClock]:
    """The clocks of a decision that run for the dispute of the outer query, stood still or not."""
    return SlaClock.objects.filter(
        dispute=OuterRef("pk"), outcome=ClockOutcome.RUNNING, kind__in=sorted(DECIDING_CLOCKS)
    )


def _ticking() -> QuerySet[SlaClock]:
    return _clocks().filter(paused_at__isnull=True)


def with_sla(state: str) -> Q:
    """The disputes whose deadline is in a state of ``SLA``; an unknown one narrows nothing."""
    now = clock.now()
    over, target_past = Q(breach_at__lte=now), Q(target_at__lte=now)
    match state:
        case "over":
            return Q(Exists(_ticking().filter(over | (Q(breach_at__isnull=True) & target_past))))
        case "warned":
            return Q(Exists(_ticking().filter(target_past, breach_at__gt=now)))
        case "soon":
            return Q(Exists(_ticking().filter(_due_between(now, now + SOON))))
        case "running":
            return Q(Exists(_ticking().filter(~over & ~target_past | Q(breach_at__gt=now))))
        case "paused":
            return Q(Exists(_clocks().filter(paused_at__isnull=False)))
        case "none":
            return ~Q(Exists(_clocks()))
    return Q()


def _due_between(first: datetime, last: datetime) -> Q:
    by_breach = Q(breach_at__gt=first, breach_at__lte=last)
    return by_breach | Q(breach_at__isnull=True, target_at__gt=first, target_at__lte=last)


def breaching(now: datetime | Given) -> Q:
    """Disputes past their target or their limit."""
    return Q(Exists(_ticking().filter(Q(target_at__lte=now) | Q(breach_at__lte=now))))


def tab_of(principal: Principal, tab: str, *, midnight: datetime | Given, now: datetime | Given) -> Q:
    """What a tab of the queue holds at a moment of a day that began at ``midnight``; an unknown tab is what waits."""
    waits = Q(stage__in=sorted(UNDECIDED))
    match tab:
        case "mine":
            # A union, because each half has an index and "or" has none.
            held = Dispute.objects.filter(assignee=principal.id, stage=Stage.IN_REVIEW).values_list("pk", flat=True)
            return waits & Q(pk__in=held.union(_given_to(principal.id)))
        case "info":
            return Q(stage=Stage.INFO_NEEDED)
        case "breaching":
            return Q(stage__in=sorted(WAITING)) & breaching(now)
        case "signature":
            waiting = Recommendation.objects.filter(dispute=OuterRef("pk"), state=RecommendationState.WAITING)
            return waits & Q(Exists(waiting))
        case "decided":
            return Q(decided_at__gte=midnight, stage__in=[Stage.DECIDED, Stage.RESOLVED, Stage.CLOSED])
        case "all":
            return Q(submitted_at__isnull=False) & ~Q(stage=Stage.DRAFT)
    return waits


def _given_to(person: int | None) -> QuerySet[Handling, int]:
    return Handling.objects.filter(assigned_to=person or 0).values_list("dispute_id", flat=True)


def _assigned(principal: Principal, assignee: int) -> Q:
    if assignee == NOBODY:
        given = Handling.objects.filter(assigned_to__isnull=False).values("dispute_id")
        return Q(assignee__isnull=True) & ~Q(pk__in=given)
    person = principal.id if assignee == ME else assignee
    return Q(assignee=person) | Q(pk__in=_given_to(person))


def _failing(principal: Principal, code: str) -> Q:
    """The disputes whose frozen verdict failed the rule of that code, in whatever version they were filed under."""
    mask = Cast(KeyTextTransform("fail_mask", "verdict"), BigIntegerField())
    found = Q(pk__in=[])
    for version, bit in rule_bits(principal).get(code, ()):
        found |= Q(policy_version=version) & Q(GreaterThan(mask.bitand(bit), 0))
    return found


def rule_bits(principal: Principal) -> dict[str, list[tuple[int, int]]]:
    """The codes of rules in the published policies in sight; of each, pairs of version and its bit in the verdict."""
    visible = programs_visible_to(principal)
    versions = PolicyVersion.objects.filter(policy__program__in=visible, published_at__isnull=False)
    found: dict[str, list[tuple[int, int]]] = {}
    for version in versions.order_by("-pk").values_list("pk", flat=True)[:MOST_VERSIONS]:
        for place, rule in enumerate(policy_of_version(version).rules):
            found.setdefault(rule.code, []).append((version, 1 << place))
    return found


MOST_VERSIONS = 50
"""Policy versions, the newest, whose rules a verdict is searched by."""


def _found(principal: Principal, code: str) -> Q:
    """The disputes decided with a finding of that code."""
    ids = Finding.objects.filter(program__in=programs_visible_to(principal), code=code).values_list("pk", flat=True)
    return Q(finding_ids__overlap=list(ids))


def _narrowed(principal: Principal, query: QueueQuery) -> Q:
    wanted = {
        "reason": query.reason,
        "customer": query.buyer,
        "charge__vendor": query.vendor,
        "program": query.program,
        "currency": query.currency,
        "origin": query.origin,
        "charge__caller_e164": query.caller,
    }
    found = Q(**{name: value for name, value in wanted.items() if value})
    if query.min_micros is not None:
        found &= Q(amount_micros__gte=query.min_micros)
    if query.max_micros is not None:
        found &= Q(amount_micros__lte=query.max_micros)
    if query.older_s:
        found &= Q(submitted_at__lte=clock.now() - timedelta(seconds=query.older_s))
    if query.round:
        found &= Q(round=1) if query.round == FIRST else Q(round__gt=1)
    if query.status in STATUSES:
        found &= STATUSES[query.status][1]
    if query.assignee:
        found &= _assigned(principal, query.assignee)
    if query.verdict:
        found &= _failing(principal, query.verdict)
    if query.finding:
        found &= _found(principal, query.finding)
    return found & with_sla(query.sla) & _for_team(principal, query)


def _for_team(principal: Principal, query: QueueQuery) -> Q:
    """The disputes of a team's programs, and of one case or of none."""
    found = Q(program__in=programs_of_team(principal, query.team)) if query.team else Q()
    if query.case:
        found &= Q(submission__isnull=True) if query.case == ALONE else Q(submission__number=query.case)
    return found


def programs_of_team(principal: Principal, team: str) -> list[int]:
    """The programs in scope whose disputes a team decides, by their setting ``queue.team``."""
    return list(programs_visible_to(principal).filter(settings__queue__team=team).values_list("pk", flat=True))


@dataclass(frozen=True)
class DeskProgram:
    """What the queue knows of a program in scope: ``in_order`` hands out strictly by arrival, ``team`` decides."""

    id: int
    name: str
    in_order: bool
    team: str

    @classmethod
    def of(cls, pk: int, name: str, settings: Mapping[str, Any]) -> DeskProgram:
        """As its settings say."""
        said = DisputeSettings.of(settings)
        return cls(pk, name, said.in_order, str((said.raw.get("queue") or {}).get("team") or ""))


def desk_programs(principal: Principal) -> tuple[DeskProgram, ...]:
    """The programs in scope, by name."""
    rows = programs_visible_to(principal).order_by("name", "pk").values_list("pk", "name", "settings")
    return tuple(DeskProgram.of(*row) for row in rows)


def teams_of(programs: Iterable[DeskProgram]) -> list[str]:
    """The teams that decide in some programs, by key; empty where no program names one."""
    return sorted({one.team for one in programs if one.team})


def narrowed_to(principal: Principal, query: QueueQuery) -> QuerySet[Dispute]:
    """The disputes in scope that a query of the queue finds, in no order."""
    narrow = _narrowed(principal, query)
    if query.ids is not None:
        return disputes_visible_to(principal).filter(narrow, pk__in=query.ids)
    tab = tab_of(principal, query.tab, midnight=query.midnight, now=clock.now())
    return disputes_visible_to(principal).filter(tab, narrow)


def capped(disputes: QuerySet[Dispute], limit: int) -> int:
    """How many, counted up to ``limit`` + 1."""
    return disputes.order_by()[: limit + 1].count()


def waiting_count(principal: Principal, limit: int) -> int:
    """How many disputes in scope read "Pending", counted up to ``limit`` + 1."""
    counts = counted_again(("waiting", limit), view_of(principal), lambda: waiting_up_to(principal, limit))
    return min(sum(counts), limit + 1)


def waiting_up_to(principal: Principal, limit: int) -> tuple[QuerySet[Dispute, Any], QuerySet[Dispute, Any]]:
    """Those disputes, undecided and in the undo window, ``limit`` + 1 of each at most, to be counted beside others.

    Apart, because each has an index and both together have none.
    """
    rows = disputes_visible_to(principal).order_by().values_list("pk")
    return rows.filter(stage__in=sorted(UNDECIDED))[: limit + 1], rows.filter(stage=Stage.DECIDED)[: limit + 1]
