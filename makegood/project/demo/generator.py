"""A made-up call log: the same seed, size and time give the same bytes, in memory that does not grow.

Calls are drawn hour by hour and written at once; what a billed call really was goes into a table apart.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from makegood.project.demo.calls import Call, Drawer
from makegood.project.demo.cast import Region
from makegood.project.demo.dice import Wheel, dice
from makegood.project.demo.plans import STORIES, Planned, burst, burst_size, stories
from makegood.project.demo.rhythm import HOUR_S, Slot, first_hour, prefix, slots
from makegood.project.demo.routes import Route, routes
from makegood.project.demo.truth import HEADER as TRUTH_HEADER
from makegood.project.demo.truth import Kind

NEWEST_S = 300  # the log ends this long before now
_LONGEST_HOURS = 4
_MINUTES = tuple(f"{minute:02d}:{second:02d}" for minute in range(60) for second in range(60))
_WORDS = {True: "yes", False: "no"}

HEADER = (
    "call_id",
    "started_at",
    "ended_at",
    "billed_at",
    "caller",
    "destination",
    "tracking_number",
    "campaign_id",
    "campaign_name",
    "category",
    "billable_after_s",
    "duplicate_window_days",
    "buyer_id",
    "buyer_name",
    "vendor_id",
    "vendor_name",
    "vendor_sub_id",
    "duration_s",
    "connected_s",
    "ring_s",
    "answered",
    "status",
    "hangup_by",
    "converted",
    "revenue",
    "payout",
    "currency",
    "recording_enabled",
    "recording_url",
)

Row = tuple[str | int, ...]


@dataclass(frozen=True)
class Written:
    """What was written: lines of the log, billed ones among them, and lines of the truth table."""

    rows: int
    billed: int
    truths: int


def write(path: Path, truth: Path, *, rows: int, seed: int, now: datetime, told: Callable[[int], None]) -> Written:
    """Write the log and its truth table; ``told`` hears how many lines are done, now and then."""
    book = _Book(now)
    billed = truths = done = 0
    with (
        path.open("w", newline="", encoding="ascii") as log,
        truth.open("w", newline="", encoding="ascii") as table,
    ):
        lines, facts = csv.writer(log, lineterminator="\n"), csv.writer(table, lineterminator="\n")
        lines.writerow(HEADER)
        facts.writerow(TRUTH_HEADER)
        for hour in drawn(rows=rows, seed=seed, now=now):
            known = [call for call in hour if call.kind is not Kind.ORDINARY and call.converted]
            lines.writerows(map(book.line, hour))
            facts.writerows(map(book.fact, known))
            billed += sum(call.converted for call in hour)
            truths += len(known)
            done += len(hour)
            told(done)
    return Written(done, billed, truths)


def drawn(*, rows: int, seed: int, now: datetime) -> Iterator[list[Call]]:
    """The calls hour by hour, each hour in order of time; ``rows`` of them together."""
    now = now.astimezone(UTC).replace(microsecond=0)
    first = first_hour(now)
    rng = dice(seed, "calls")
    ways = routes()
    drawer = Drawer(rng, int((now - first).total_seconds()))
    planned = _planned(rows, now, ways, dice(seed, "plans"))
    wheel = Wheel([(way, way.share) for way in ways])
    usual = rows - sum(map(len, planned.values()))
    for slot in slots(usual, now - timedelta(seconds=NEWEST_S)):
        start = int((slot.start - first).total_seconds())
        calls = _usual(slot, start, wheel, drawer, rng)
        extra = planned.get(start // HOUR_S, ())
        calls += [drawer.planned(plan, int((plan.at - first).total_seconds())) for plan in extra]
        if extra:
            calls.sort(key=lambda call: call.at)
        yield calls


def _planned(rows: int, now: datetime, ways: tuple[Route, ...], rng: Random) -> dict[int, list[Planned]]:
    """The planned calls by hour of the log; a log too short for a burst has the stories alone."""
    plans = list(stories(now, ways))
    if rows >= 4 * (burst_size(rows) + len(STORIES)):
        plans += burst(rows, now, ways, rng)
    first = first_hour(now)
    by_hour: dict[int, list[Planned]] = {}
    for plan in plans[:rows]:
        by_hour.setdefault(int((plan.at - first).total_seconds()) // HOUR_S, []).append(plan)
    return by_hour


def _usual(slot: Slot, start: int, wheel: Wheel[Route], drawer: Drawer, rng: Random) -> list[Call]:
    states = Wheel(slot.states)
    at = sorted(start + int(rng.random() * slot.seconds) for _ in range(slot.calls))
    where = rng.choices(states.items, cum_weights=states.marks, k=slot.calls)
    ways = rng.choices(wheel.items, cum_weights=wheel.marks, k=slot.calls)
    return [
        drawer.call(way, drawer.province() if way.campaign.region is Region.CANADA else state, second)
        for way, state, second in zip(ways, where, at, strict=True)
    ]


class _Book:
    """Turns calls into lines of text; times are local to the operator, with their offset."""

    def __init__(self, now: datetime) -> None:
        first = first_hour(now)
        hours = int((now - first).total_seconds()) // HOUR_S + _LONGEST_HOURS
        self._hours = [prefix(first + timedelta(hours=place)) for place in range(hours)]
        self._first = int(first.timestamp())

    def line(self, call: Call) -> Row:
        """The line of the log."""
        route = call.route
        return (
            call.call_id,
            self._time(call.at),
            self._time(call.ended),
            self._time(call.billed) if call.converted else "",
            call.caller,
            *route.facts,
            call.sub_id,
            call.ring_s + call.connected_s,
            call.connected_s,
            call.ring_s,
            _WORDS[call.answered],
            call.disposition,
            call.hangup_by,
            _WORDS[call.converted],
            route.price if call.converted else "0",
            route.payout if call.converted else "0",
            route.campaign.currency,
            _WORDS[call.recorded],
            f"https://recordings.demo.example/{call.call_id}.mp3" if call.recorded else "",
        )

    def fact(self, call: Call) -> Row:
        """The line of the truth table."""
        route = call.route
        return (call.call_id, route.buyer.number, route.vendor.number, self._first + call.billed, call.kind)

    def _time(self, at: int) -> str:
        hour, second = divmod(at, HOUR_S)
        before, offset = self._hours[hour]
        return f"{before}{_MINUTES[second]}{offset}"
