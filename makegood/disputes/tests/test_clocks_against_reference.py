"""Clocks against a second way of telling them: 20,000 random ones in five zones, and some that really ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, WordsItem
from makegood.disputes.models import SlaClock
from makegood.disputes.policy.business_days import BusinessDays
from makegood.disputes.policy.clock_book import Clock, ClockBook, ClockRules
from makegood.disputes.policy.clocks import Profile, key_of
from makegood.disputes.selectors.calendars import calendars
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit, DecisionKind
from makegood.disputes.tests.clock_reference import (
    BEGIN,
    DAY_MINUTES,
    Mask,
    Pauses,
    Tape,
    business_days,
    elapsed_hours,
    instant,
    micros,
    open_hours,
)
from makegood.journal.models import JournalEpoch
from makegood.kernel import clock as now
from makegood.parties.entries import SYSTEM, Principal
from tests.world import DisputeMaker, World

CASES, PER_CALENDAR, SEED, DAYS_LONG = 20_000, 50, 20_261_122, 600
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Adelaide", "Australia/Lord_Howe", "Asia/Kolkata")
CHANGES = (150, 154, 295, 301, 511, 515)
"""Days after the beginning about which clocks change somewhere."""
HOURS = ((None, None), (None, 1_020), (540, 1_020), (570, 1_110), (480, None), (60, 150), (0, 150), (1_260, None))
MOST = {ClockUnit.WALL: 96, ClockUnit.BUSINESS_DAYS: 9, ClockUnit.SAME_TIME: 9, ClockUnit.OPEN_HOURS: 40}
DAY = timedelta(1)


@cache
def tape_of(zone: str) -> Tape:
    return Tape.of(zone)


def clock_time(minute: int | None) -> time | None:
    return None if minute is None else time(*divmod(minute, 60))


@dataclass(frozen=True)
class Case:
    """One clock: what is promised, by which calendar, and what happens to it."""

    days: BusinessDays
    mask: Mask
    profile: Profile
    start: datetime
    pauses: list[tuple[datetime, datetime]]
    stop: datetime

    def told(self) -> tuple[datetime | None, datetime | None, ClockOutcome, int]:
        """Target, breach, outcome and paused seconds by the reference."""
        pauses = [(micros(a), micros(b)) for a, b in self.pauses]
        target, breach = (self._due(one, pauses) for one in (self.profile.target, self.profile.breach))
        limit = breach or target
        assert limit is not None
        outcome = ClockOutcome.MET if self.stop < limit else ClockOutcome.MISSED
        return target, breach, outcome, sum((b - a) // 1_000_000 for a, b in pauses)

    def _due(self, amount: int | None, pauses: Pauses) -> datetime | None:
        if amount is None:
            return None
        start, unit = micros(self.start), self.profile.unit
        if unit is ClockUnit.WALL:
            return instant(elapsed_hours(start, amount, pauses))
        if unit is ClockUnit.OPEN_HOURS:
            return instant(open_hours(self.mask, start, amount, pauses))
        same_time = unit is ClockUnit.SAME_TIME
        return instant(business_days(self.mask, start, amount, pauses, same_time=same_time))


@dataclass(frozen=True)
class Row:
    """A journal row as clocks read it."""

    id: int
    at: datetime
    event: str
    object_id: int = 1
    program_id: int | None = 1
    changes: Mapping[str, Any] = field(default_factory=dict)


def random_moment(random: Random) -> datetime:
    """Anywhere in 17 months, or within three days of a change of clocks."""
    day = random.choice(CHANGES) + random.randrange(-3, 3) if random.random() < 0.5 else random.randrange(520)
    micro = random.choice((0, random.randrange(10**6)))
    return BEGIN + timedelta(days=day, seconds=random.randrange(86_400), microseconds=micro)


def random_calendar(random: Random, zone: str) -> tuple[BusinessDays, Mask]:
    weekdays = frozenset(random.choice((range(5), range(5), range(7), (0, 2, 3), (5, 6), (4,))))
    on = frozenset((BEGIN + DAY * random.randrange(DAYS_LONG)).date() for _ in range(random.randrange(60)))
    opens, closes = random.choice(HOURS)
    mask = Mask.of(
        tape_of(zone), weekdays, frozenset((day - date(1970, 1, 1)).days for day in on), opens or 0,
        DAY_MINUTES if closes is None else closes,
    )  # fmt: skip
    return BusinessDays(ZoneInfo(zone), weekdays, on, clock_time(closes), clock_time(opens)), mask


def random_profile(random: Random, unit: ClockUnit) -> Profile:
    first, later = sorted(random.randrange(1, MOST[unit] + 1) for _ in range(2))
    return random.choice((Profile(unit, first, later), Profile(unit, first, None), Profile(unit, None, later)))


def cases(count: int, seed: int) -> Iterator[Case]:
    """Random clocks; a calendar serves fifty of them."""
    random = Random(seed)  # noqa: S311 - a seeded walk, not a secret
    for number in range(count):
        if number % PER_CALENDAR == 0:
            days, mask = random_calendar(random, ZONES[number // PER_CALENDAR % len(ZONES)])
        start = at = random_moment(random)
        pauses = []
        for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
            begin = at + timedelta(seconds=random.randrange(86_400 * 3), microseconds=random.randrange(10**6))
            at = begin + timedelta(seconds=random.choice((0, 3_600, 86_400, 86_400 * 6)) + random.randrange(9_000))
            pauses.append((begin, at))
        stop = at + timedelta(seconds=random.randrange(86_400 * 9))
        profile = random_profile(random, list(ClockUnit)[number % len(ClockUnit)])
        yield Case(days, mask, profile, start, pauses, stop)


def run(case: Case) -> Clock:
    """The clock as the reader of the journal keeps it."""
    happened = [("submitted", case.start)]
    for begin, end in case.pauses:
        happened += [("info_requested", begin), ("info_provided", end)]
    events = [Row(n, at, f"dispute.{event}") for n, (event, at) in enumerate([*happened, ("decided", case.stop)], 1)]
    book = ClockBook({1: ClockRules({ClockKind.DECISION: case.profile}, case.days, case.days)}, {})
    book.read(events)
    (clock,) = book.clocks[1]
    return clock


@pytest.mark.slow
def test_20_000_random_clocks_in_five_zones_are_as_the_reference_tells_them() -> None:
    moved = missed = 0
    for number, case in enumerate(cases(CASES, SEED)):
        clock = run(case)
        kept = (clock.target_at, clock.breach_at, clock.outcome)
        target, breach, outcome, _ = case.told()
        assert kept == (target, breach, outcome), (number, case.profile, case.days, case.start, case.pauses)
        assert clock.paused_s == sum(int((b - a).total_seconds()) for a, b in case.pauses)
        moved += bool(case.pauses)
        missed += outcome is ClockOutcome.MISSED
    assert moved > CASES // 2
    assert CASES // 10 < missed < CASES - CASES // 10


def promised(profile: Profile) -> dict[str, Any]:
    """The setting that says so."""
    unit = key_of(profile.unit)
    said = {f"target_{unit}": profile.target, f"breach_{unit}": profile.breach}
    return {**said, "same_time": profile.unit is ClockUnit.SAME_TIME}


def keep() -> None:
    """Let the reader read what this test's own, still open transaction wrote: events of a past epoch are all done."""
    JournalEpoch.objects.update(epoch=F("epoch") + 1)
    operations.keep_clocks()


@pytest.mark.slow
def test_clocks_that_really_ran_are_as_the_reference_tells_them(
    world: World, make_dispute: DisputeMaker, buyer: Principal, manager: Principal
) -> None:
    """Filed, asked, answered and decided by the real verbs, with calendars and settings that are stored; all units."""
    picked = [case for case in cases(2_000, SEED + 3) if len(case.pauses) == 2 and case.start.day % 7 == 1][:8]
    assert {case.profile.unit for case in picked} == set(ClockUnit)
    for number, case in enumerate(picked):
        key, days = f"ref-{number}", case.days
        operations.set_calendar(
            SYSTEM, key=key, name=key, zone=str(days.zone), holidays=dict.fromkeys(days.holidays, ""),
            weekdays=days.weekdays, opens_at=days.opens_at, closes_at=days.closes_at,
        )  # fmt: skip
        assert calendars()[key][1] == days
        world.program.settings["sla"] = {"calendar": key, "decision": promised(case.profile), "info": None}
        world.program.save(update_fields=["settings"])
        with now.frozen(case.start):
            dispute = make_dispute()
        with now.frozen(case.pauses[0][0]):
            assert operations.claim(manager, items=[Ref(dispute.pk)])[0].ok
        for begin, end in case.pauses:
            with now.frozen(begin):
                assert operations.request_info(manager, items=[WordsItem(dispute.pk, "Who?")])[0].ok
            with now.frozen(end):
                assert operations.provide_info(buyer, items=[WordsItem(dispute.pk, "They.")])[0].ok
        with now.frozen(case.stop):
            assert operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])[0].ok
        keep()
        row = SlaClock.objects.get(dispute=dispute, kind=ClockKind.DECISION)
        kept = (row.target_at, row.breach_at, row.outcome, row.paused_s)
        target, breach, outcome, _ = case.told()
        paused_s = sum(int((b - a).total_seconds()) for a, b in case.pauses)
        assert kept == (target, breach, outcome, paused_s), (case.profile, days)
