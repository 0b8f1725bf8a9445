"""The clocks of a dispute with their sums. The caller has scoped the dispute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from makegood.disputes.models import Dispute, Holiday, SlaClock
from makegood.disputes.policy.clock_sum import ClockSum, Course, clock_sum
from makegood.disputes.policy.clocks import Profile
from makegood.disputes.selectors.calendars import clock_rules
from makegood.disputes.states import DECIDING_CLOCKS, ClockKind, ClockOutcome, ClockUnit, Stage
from makegood.journal.models import JournalEvent
from makegood.journal.selectors import history
from makegood.kernel import clock

PAUSES, GOES_ON = "dispute.info_requested", frozenset({"dispute.info_provided", "dispute.info_lapsed"})
SHOWN = DECIDING_CLOCKS | {ClockKind.INFO}
"""The clocks that the submitting side may know of."""


@dataclass(frozen=True)
class ClockSeen:
    """One clock: what was promised (``profile``; None: kept before amounts were), by which calendar, what happened to
    it, and its sum. ``agrees`` says whether the sum comes to the deadlines that are kept.
    """

    kind: ClockKind
    round: int
    profile: Profile | None
    calendar: str
    zone: str
    started_at: datetime
    target_at: datetime | None
    breach_at: datetime | None
    paused_at: datetime | None
    paused_s: int
    stopped_at: datetime | None
    outcome: ClockOutcome
    sum: ClockSum | None
    agrees: bool


def clocks_seen(dispute: Dispute, *, decides: bool) -> list[ClockSeen]:
    """Every clock of a dispute: those of its decisions first, the latest before older ones.

    For who does not decide those alone that concern them, and one that a decision within its undo window stopped as if
    it still ran.
    """
    events = history("dispute", dispute.pk)
    rows = SlaClock.objects.select_related("calendar").filter(dispute=dispute).order_by("-started_at", "-id")
    hidden = not decides and dispute.stage == Stage.DECIDED
    chosen = [row for row in rows if decides or ClockKind(row.kind) in SHOWN]
    chosen.sort(key=lambda row: ClockKind(row.kind) not in DECIDING_CLOCKS)
    return [_seen(row, dispute, events, hidden=hidden) for row in chosen]


def _seen(row: SlaClock, dispute: Dispute, events: Sequence[JournalEvent], *, hidden: bool) -> ClockSeen:
    rules = clock_rules([dispute.program_id])[dispute.program_id]
    days, kind = rules.days_for(row.calendar_id), ClockKind(row.kind)
    hidden = hidden and kind in DECIDING_CLOCKS and row.round == dispute.round
    stopped_at = None if hidden else row.stopped_at
    amounts = row.target_amount, row.breach_amount
    profile = Profile(ClockUnit(row.unit), *amounts) if any(amounts) else None
    found = None
    if profile is not None:
        until = stopped_at or clock.now()
        course = Course(profile, row.started_at, _pauses(row, events, until), until)
        found = clock_sum(course, days, _names(row.calendar_id))
    return ClockSeen(
        kind=kind,
        round=row.round,
        profile=profile,
        calendar=str(row.calendar) if row.calendar else "",
        zone=str(days.zone),
        started_at=row.started_at,
        target_at=row.target_at,
        breach_at=row.breach_at,
        paused_at=row.paused_at,
        paused_s=row.paused_s,
        stopped_at=stopped_at,
        outcome=ClockOutcome.RUNNING if hidden else ClockOutcome(row.outcome),
        sum=found,
        # While it stands still its deadlines are those of before; they move when it goes on.
        agrees=found is not None
        and (row.paused_at is not None or (found.target_at, found.breach_at) == (row.target_at, row.breach_at)),
    )


def _pauses(row: SlaClock, events: Sequence[JournalEvent], until: datetime) -> list[tuple[datetime, datetime]]:
    """When the clock stood still: from a question to its answer; one that lasts ends with the clock, as told."""
    if ClockKind(row.kind) not in DECIDING_CLOCKS:
        return []
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for event in events:
        if event.pk <= row.started_by or (row.stopped_by is not None and event.pk > row.stopped_by):
            continue
        if event.event == PAUSES and since is None:
            since = event.at
        elif event.event in GOES_ON and since is not None:
            found.append((since, event.at))
            since = None
    return found if since is None else [*found, (since, until)]


def _names(calendar_id: int | None) -> dict[date, str]:
    if calendar_id is None:
        return {}
    return dict(Holiday.objects.filter(calendar=calendar_id).values_list("on", "name"))
