"""Keeps the clocks of disputes: reads the journal on, and writes what its events do to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection, transaction

from makegood.disputes.models import SlaClock
from makegood.disputes.policy.clock_book import MEANINGS, Clock, ClockBook
from makegood.disputes.selectors.calendars import clock_rules
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit
from makegood.journal import operations as journal
from makegood.kernel import sql

READER = "clocks"
BATCH = 5_000
WRITE_SIZE = 1_000
_MOVING = (
    "target_at",
    "breach_at",
    "paused_at",
    "paused_s",
    "stopped_by",
    "stopped_at",
    "outcome",
    "warned_at",
    "breached_at",
)


def keep_clocks(*, limit: int = BATCH) -> int:
    """Read at most ``limit`` events and keep the clocks of their disputes; says how many were read.

    Rows and cursor commit together, so a run that breaks off is simply run again; deadlines come from the events' own
    times, so it makes no difference when they are read. A second process waits. Refuses nothing.
    """
    with transaction.atomic():
        events = journal.read(READER, limit)
        if events:
            _keep([event for event in events if event.event in MEANINGS])
            journal.advance(READER, events[-1])
        return len(events)


def rebuild_clocks() -> int:
    """Forget every clock and read the journal from its beginning; says how many events were read.

    Clocks come out as they were, as long as programs and calendars say what they said then. Refuses nothing.
    """
    with transaction.atomic():
        journal.rewind(READER)
        SlaClock.objects.all().delete()
        total = 0
        while read := keep_clocks():
            total += read
        return total


def _keep(events: Sequence[journal.Event]) -> None:
    if not events:
        return
    disputes = {event.object_id for event in events}
    rules = clock_rules({event.program_id for event in events if event.program_id is not None})
    book = ClockBook(rules, _loaded(disputes))
    # Reading order follows transactions; within one dispute the later event has the higher id.
    book.read(sorted(events, key=lambda event: event.id))
    _write(list(book.touched.values()))


def _loaded(disputes: Collection[int]) -> dict[int, list[Clock]]:
    """The clocks of these disputes, locked."""
    clocks: dict[int, list[Clock]] = {}
    for row in SlaClock.objects.filter(dispute_id__in=disputes).order_by("id").select_for_update():
        clocks.setdefault(row.dispute_id, []).append(
            Clock(
                dispute_id=row.dispute_id,
                round=row.round,
                kind=ClockKind(row.kind),
                unit=ClockUnit(row.unit),
                calendar_id=row.calendar_id,
                target_amount=row.target_amount,
                breach_amount=row.breach_amount,
                started_by=row.started_by,
                started_at=row.started_at,
                outcome=ClockOutcome(row.outcome),
                id=row.pk,
                **{name: getattr(row, name) for name in _MOVING if name != "outcome"},
            )
        )
    return clocks


def _write(clocks: Sequence[Clock]) -> None:
    stored = [clock for clock in clocks if clock.id is not None]
    fresh = [SlaClock(**vars(clock)) for clock in clocks if clock.id is None]
    # Stopped ones first: where a clock of the same kind begins again, only one may run at any moment.
    if stored:
        columns = {name: [getattr(clock, name) for clock in stored] for name in _MOVING}
        with connection.cursor() as cursor:
            cursor.execute(sql.load("disputes.move_clocks"), {"ids": [clock.id for clock in stored], **columns})
    SlaClock.objects.bulk_create(fresh, batch_size=WRITE_SIZE)
