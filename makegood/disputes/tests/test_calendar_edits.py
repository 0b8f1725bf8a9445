"""Calendars and targets changed piece by piece, with what counts by them."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from makegood.disputes import errors, operations
from makegood.disputes.models import Calendar, SlaClock
from makegood.disputes.policy.public_holidays import public_holidays
from makegood.disputes.selectors.calendar_use import calendar_named, calendar_rows
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted, UnknownZone
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

pytestmark = pytest.mark.django_db

XMAS = date(2026, 12, 25)


@pytest.fixture
def admin(world: World) -> Principal:
    admin = world.person("admin")
    operations.create_calendar(admin, key="office", name="Office", zone="America/New_York", closes_at=time(17))
    return admin


def stamp(admin: Principal) -> str:
    return calendar_named(admin, "office").stamp


def check_refused(code: str, sentence: str, verb: Any, *args: Any, **facts: Any) -> None:
    with unchanged(), pytest.raises(Refusal) as raised:
        verb(*args, **facts)
    assert (raised.value.code, raised.value.message) == (code, sentence)


def test_holidays_are_added_and_removed_one_by_one(admin: Principal) -> None:
    operations.change_calendar(admin, key="office", seen=stamp(admin), add=public_holidays("US", "", 2026, 2026))
    operations.change_calendar(admin, key="office", seen=stamp(admin), remove=[XMAS], name="The office")
    row = calendar_named(admin, "office")
    assert (len(row.holidays), XMAS in dict(row.holidays), row.closes_at, row.name) == (
        11,
        False,
        time(17),
        "The office",
    )
    operations.change_calendar(admin, key="office", seen=row.stamp, weekdays=[0, 1], zone="UTC")
    row = calendar_named(admin, "office")
    assert (row.weekdays, row.zone, row.closes_at, len(row.holidays)) == ((0, 1), "UTC", None, 11)
    assert JournalEvent.objects.filter(event="calendar.set").count() == 4


def test_a_calendar_that_was_changed_meanwhile_is_left_alone(admin: Principal) -> None:
    seen = stamp(admin)
    operations.change_calendar(admin, key="office", seen=seen, add={XMAS: "Christmas"})
    said = (
        'Somebody changed the calendar "office" meanwhile, so nothing was changed now; look at it and go on from there.'
    )
    for verb in (operations.change_calendar, operations.remove_calendar):
        check_refused("CALENDAR_CHANGED", said, verb, admin, key="office", seen=seen)


@pytest.mark.parametrize(
    ("key", "code", "sentence"),
    [
        ("office", "CALENDAR_EXISTS", 'There is a calendar "office" already.'),
        ("An Office", "BAD_CALENDAR_KEY",
         "A calendar is called by a word of small letters, digits and hyphens, at most 40 of them."),
    ],
)  # fmt: skip
def test_calendars_that_cannot_be_made(admin: Principal, key: str, code: str, sentence: str) -> None:
    check_refused(code, sentence, operations.create_calendar, admin, key=key, name="", zone="UTC")


def test_changes_that_cannot_be_made(admin: Principal) -> None:
    seen = stamp(admin)
    change = operations.change_calendar
    check_refused("CALENDAR_UNKNOWN", 'There is no calendar "moon".', change, admin, key="moon", seen=seen)
    said = "A holiday has a day of the years 1900 to 2199, and a name of at most 200 characters."
    for bad in ({date(1800, 1, 1): ""}, {XMAS: "x" * 201}):
        check_refused("BAD_HOLIDAY", said, change, admin, key="office", seen=seen, add=bad)
    with unchanged(), pytest.raises(errors.BadWeekdays):
        change(admin, key="office", seen=seen, weekdays=[])
    with unchanged(), pytest.raises(UnknownZone):
        change(admin, key="office", seen=seen, zone="Moon/Base")


def test_targets_are_kept_in_the_settings_of_the_program(world: World, admin: Principal) -> None:
    decision = {"target_business_days": 2, "breach_business_days": 3, "same_time": True}
    program = operations.set_clock_targets(
        admin, program=world.program, clocks={ClockKind.DECISION: decision, ClockKind.INFO: None}, calendar="office"
    )
    assert program.settings["sla"] == {"decision": decision, "info": None, "calendar": "office"}
    assert calendar_named(admin, "office").use.clocks_of == ("Calls",)
    facts: dict[str, Any] = {"program": program, "calendar": ""}
    check_refused(
        "BAD_TARGETS", 'The clock "decision" cannot be set so: a clock breaches after its target, not before (1 < 2).',
        operations.set_clock_targets, admin,
        clocks={ClockKind.DECISION: {"target_hours": 2, "breach_hours": 1}}, **facts,
    )  # fmt: skip
    check_refused("CALENDAR_UNKNOWN", 'There is no calendar "moon".', operations.set_clock_targets, admin, clocks={},
                  program=program, calendar="moon")  # fmt: skip
    for escalate, cause in (
        ({"at": "noon"}, 'it names the moment, at "target" or at "breach"'),
        ({"at": "target", "to": 7}, "it names one person by e-mail, or one role"),
        ({"at": "target", "to": "ghost@test.example"}, 'nobody who decides is called "ghost@test.example"'),
    ):
        check_refused("BAD_ESCALATION", f"It cannot be escalated so: {cause}.", operations.set_clock_targets, admin,
                      clocks={}, escalate=escalate, **facts)  # fmt: skip
    check_refused(
        "TARGETS_CHANGED",
        "Somebody changed what Calls promises meanwhile, so nothing was changed now; look at it and go on.",
        operations.set_clock_targets, admin, clocks={}, seen="old", **facts,
    )  # fmt: skip


def test_a_calendar_is_removed_only_where_nothing_counts_by_it(
    world: World, admin: Principal, make_dispute: DisputeMaker
) -> None:
    remove = operations.remove_calendar
    rule = {"type": "window", "unit": "business_days", "amount": 2, "calendar": "office", "severity": "warn"}
    draft = operations.save_policy_draft(admin, program=world.program, rules=[rule])
    operations.set_clock_targets(
        admin, program=world.program, clocks={ClockKind.DECISION: {"target_hours": 2}}, calendar="office"
    )
    at = clock.now()
    SlaClock.objects.create(
        dispute=make_dispute(), round=1, kind=ClockKind.DECISION, unit=ClockUnit.WALL, started_by=1, started_at=at,
        calendar=Calendar.objects.get(), target_at=at, paused_at=at, outcome=ClockOutcome.RUNNING,
    )  # fmt: skip
    use = calendar_named(admin, "office").use
    assert (use.running, use.paused, use.ended) == (1, 1, 0)
    both = "the clocks of Calls count by it, and rules of Calls name it"
    said = f'The calendar "office" cannot be removed: {both}.'
    check_refused("CALENDAR_IN_USE", said, remove, admin, key="office", seen=stamp(admin))
    operations.set_clock_targets(admin, program=world.program, clocks={}, calendar="")
    operations.discard_policy_draft(admin, program=world.program, number=draft.number)
    said = 'The calendar "office" cannot be removed: the history of 1 clock started by it is kept.'
    check_refused("CALENDAR_IN_USE", said, remove, admin, key="office", seen=stamp(admin))
    operations.create_calendar(admin, key="spare", name="", zone="UTC")
    remove(admin, key="spare", seen=calendar_named(admin, "spare").stamp)
    assert [row.key for row in calendar_rows(admin)] == ["office"]
    assert JournalEvent.objects.filter(event="calendar.removed").count() == 1


def test_who_may_not_edit_changes_no_calendar(world: World, admin: Principal, manager: Principal) -> None:
    seen = stamp(admin)
    for verb in (
        lambda: operations.create_calendar(manager, key="mine", name="", zone="UTC"),
        lambda: operations.change_calendar(manager, key="office", seen=seen),
        lambda: operations.remove_calendar(manager, key="office", seen=seen),
        lambda: operations.set_clock_targets(manager, program=world.program, clocks={}, calendar=""),
    ):
        with unchanged(), pytest.raises(NotPermitted):
            verb()
    assert Calendar.objects.count() == 1
    with pytest.raises(NotPermitted):
        calendar_rows(world.person("qa"))
