"""The line of the review lane: which dispute comes next for one person, and at which place one stands.

A program that works in order of arrival (queue order ``fifo``) keeps its disputes strictly in that order; others go by
the end of the time that is promised, the oldest first where nothing is. Between programs the time that is left decides.
Left out is what cannot be decided now and what somebody else works on: see :func:`in_line`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Case, DateTimeField, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from makegood.disputes.models import Dispute, Handling, Snooze
from makegood.disputes.policy.clocks import profile_of
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.deciders import own_re_reviews
from makegood.disputes.selectors.queue import PENDING, QueueQuery, narrowed_to
from makegood.disputes.states import (
    DECIDING_CLOCKS,
    WAITING,
    ClockKind,
    ClockOutcome,
    ClockUnit,
    Stage,
)
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to

COUNT_LIMIT = 1_000
"""Places beyond it are not counted."""
TABS = frozenset({PENDING, "mine", "breaching"})
"""Tabs of the queue whose disputes wait; for any other the line is everything that does."""
UNPROMISED = timedelta(days=36_500)
"""Behind everything that is promised."""
HOURS: Mapping[ClockUnit, int] = {
    ClockUnit.WALL: 1,
    ClockUnit.BUSINESS_DAYS: 24,
    ClockUnit.SAME_TIME: 24,
    ClockUnit.OPEN_HOURS: 3,
}
"""About how many hours of the world one of a unit takes; a desk is open for eight of twenty-four."""


class InLine(NamedTuple):
    """A dispute that can be handed out: its id, its label (``D-10091``) and its version."""

    id: int
    number: str
    version: int

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")


@dataclass(frozen=True)
class Place:
    """Where a dispute stands in the line: ``number`` None is behind what is counted, or not in the line at all."""

    number: int | None
    of: int

    @property
    def of_text(self) -> str:
        """How many there are, as far as they are counted."""
        return f"{COUNT_LIMIT:,}+" if self.of > COUNT_LIMIT else f"{self.of:,}"


@dataclass(frozen=True)
class Line:
    """The first of the line, at most :data:`COUNT_LIMIT` and one more."""

    rows: tuple[InLine, ...]

    def next(self, but: Collection[int] = (), limit: int = 4) -> tuple[InLine, ...]:
        """The next ones, without some."""
        return tuple([row for row in self.rows if row.id not in but][:limit])

    def place(self, dispute_id: int) -> Place:
        """Where a dispute stands."""
        at = next((number for number, row in enumerate(self.rows, 1) if row.id == dispute_id), None)
        return Place(at if at is None or at <= COUNT_LIMIT else None, len(self.rows))


def line_of(
    principal: Principal, query: QueueQuery, programs: Iterable[Program] | None = None, *, limit: int = COUNT_LIMIT + 1
) -> Line:
    """What the queue's filters find and the person can decide now, in the order of the line; one statement.

    ``programs`` are those in scope, where they are known.
    """
    tab = query.tab if query.tab in TABS else PENDING
    waiting = in_line(principal, narrowed_to(principal, replace(query, tab=tab)))
    known = programs_visible_to(principal) if programs is None else programs
    rows = ordered(waiting, known).values_list("pk", "label", "lock_version")[:limit]
    return Line(tuple(dict.fromkeys(InLine(*row) for row in rows)))


def in_line(principal: Principal, disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Those of some disputes that the person can decide now.

    Without what waits for an answer or a signature, is in somebody else's hands or was assigned to somebody else,
    without what this person put off, and without re-reviews of their own decisions that somebody else has to decide.
    """
    now = clock.now()
    held = Q(stage=Stage.IN_REVIEW, assignee__isnull=False) & ~Q(assignee=principal.id) & Q(claimed_until__gt=now)
    # Lists of their own: asked once for the whole line, not for each dispute of it.
    off = Snooze.objects.filter(user=principal.id, until__gt=now).values("dispute")
    given = Handling.objects.filter(assigned_to__isnull=False).exclude(assigned_to=principal.id).values("dispute")
    found = disputes.filter(stage__in=WAITING, waits_for_signature=False).exclude(held)
    return found.exclude(pk__in=off).exclude(pk__in=given).exclude(own_re_reviews(principal))


def ordered(disputes: QuerySet[Dispute], programs: Iterable[Program]) -> QuerySet[Dispute]:
    """By the end of the promised time; in a program that works in order of arrival by arrival alone."""
    running = Q(clocks__outcome=ClockOutcome.RUNNING, clocks__kind__in=sorted(DECIDING_CLOCKS))
    by_arrival = [program for program in programs if is_in_order(program)]
    strict = [When(program=p.pk, then=F("submitted_at") + Value(promise_of_program(p))) for p in by_arrival]
    never = F("submitted_at") + Value(UNPROMISED)
    promised = Coalesce("running__breach_at", "running__target_at", never, output_field=DateTimeField())
    due = Case(*strict, default=promised, output_field=DateTimeField()) if strict else promised
    with_clock = disputes.annotate(running=FilteredRelation("clocks", condition=running))
    return with_clock.annotate(due=due).order_by("due", "submitted_at", "id")


def is_in_order(program: Program) -> bool:
    """Whether a program decides strictly in order of arrival."""
    return DisputeSettings.of(program.settings).in_order


def promise_of_program(program: Program) -> timedelta:
    """How long a decision of a program may take, about; it only ranks the program's line among others."""
    try:
        profile = profile_of(program.settings, ClockKind.DECISION)
    except ValueError:
        profile = None
    if profile is None:
        return UNPROMISED
    amount = profile.breach or profile.target or 0
    return timedelta(hours=amount * HOURS[profile.unit])
