"""Riverside Dental, whose newest bill has one of every change: new, gone, dearer, more used, a part of the month, a
technician's visit, a credit, and the tax that follows. Its use of data and its calls are on its bills one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from makegood.project.demo.dice import dice
from makegood.project.demo.telecom.accounts import MONTHS
from makegood.project.demo.telecom.lines import Line, minutes_net

PHONE, SECOND_PHONE = "5125550142", "5125550143"
VISIT, NEW_SERVICE = "Technician visit", "Premium Voice"
_LAST = MONTHS - 1
_ONE_BY_ONE = frozenset({0, _LAST - 2, _LAST - 1, _LAST})
"""The months whose uses are listed, among them the same month a year ago."""
_GB_CENTS, _PARTS = 300, 100
_HEAVY_DAYS = range(13, 16)


def lines(month: int, starts_on: date, ends_on: date, seed: int) -> Iterator[Line]:
    """The lines of its bill for a month."""
    rng = dice(seed, f"riverside {month}")
    yield from _services(month, starts_on, ends_on)
    yield from _data(month, starts_on, ends_on, rng)
    yield from _calls(month, starts_on, ends_on, rng)
    if month == _LAST:
        yield Line(0, "one_time", VISIT, 1, 1_200, 1_200)
        yield Line(0, "credit", "Outage credit", 1, -800, -800)


def _services(month: int, starts_on: date, ends_on: date) -> Iterator[Line]:
    newest, days = month == _LAST, (ends_on - starts_on).days
    fiber = 6_740 if newest else 5_900
    yield Line(0, "recurring", "Fiber 300", 1, fiber, fiber, unit="each")
    for phone in (PHONE, SECOND_PHONE):
        yield Line(0, "recurring", "Mobile line", 1, 2_500, 2_500, unit="each", phone=phone)
    if newest:
        half = 1_500 * 15 // days
        until = starts_on + timedelta(days=15)
        yield Line(0, "recurring", "Static addresses", 1, half, half, unit="each", covers=(starts_on, until))
        since = starts_on + timedelta(days=2)
        yield Line(0, "recurring", NEW_SERVICE, 1, 1_999, 1_999, unit="each", phone=PHONE, covers=(since, ends_on))
    else:
        yield Line(0, "recurring", "Static addresses", 1, 1_500, 1_500, unit="each")
        yield Line(0, "recurring", "Fax line", 1, 500, 500, unit="each", phone="5125550149")


def _data(month: int, starts_on: date, ends_on: date, rng: Random) -> Iterator[Line]:
    """Gigabytes in hundredths; in the newest month three days make most of it."""
    days = (ends_on - starts_on).days
    of_day = [rng.randrange(18, 48) for _ in range(days)]
    if month == _LAST:
        for day in _HEAVY_DAYS:
            of_day[day] += rng.randrange(380, 470)
    if month not in _ONE_BY_ONE:
        total = sum(of_day)
        yield Line(0, "usage", "Mobile data", total, _GB_CENTS, total * 3, unit="GB", phone=PHONE, parts=_PARTS)
        return
    for day, used in enumerate(of_day):
        at = datetime.combine(starts_on + timedelta(days=day), time(rng.randrange(8, 22), rng.randrange(60)))
        yield Line(
            0, "usage", "Mobile data", used, _GB_CENTS, used * 3, unit="GB", phone=PHONE, parts=_PARTS,
            detail=f"{at:%Y-%m-%dT%H:%M:%S}",
        )  # fmt: skip


def _calls(month: int, starts_on: date, ends_on: date, rng: Random) -> Iterator[Line]:
    """Calls abroad: a supplier overseas, and now and then somebody else."""
    days = (ends_on - starts_on).days
    calls = [rng.randrange(8, 34) + (11 if month == _LAST else 0) for _ in range(16)]
    if month not in _ONE_BY_ONE:
        total = sum(calls)
        yield Line(0, "usage", "Calls abroad", total, 0, minutes_net(total), unit="min", phone=SECOND_PHONE)
        return
    for place, minutes in enumerate(calls):
        day = starts_on + timedelta(days=place * days // len(calls))
        at = datetime.combine(day, time(rng.randrange(8, 18), rng.randrange(60), rng.randrange(60)))
        callee = f"+4420794601{rng.choice((28, 28, 28, 55, 73))}"
        yield Line(
            0, "usage", "Calls abroad", minutes, 0, minutes_net(minutes), unit="min", phone=SECOND_PHONE,
            detail=f"{at:%Y-%m-%dT%H:%M:%S} {minutes * 60 - rng.randrange(50)}s {callee}",
        )  # fmt: skip
