"""A second way to tell when a clock is due, for tests: a local clock that is read minute by minute.

Nothing is shared with the implementation. A :class:`Tape` writes down what the wall clock of a zone reads at every
minute of two years; a calendar is a mask over that tape, an open hour is sixty minutes of the mask, and a business day
is counted by stepping from one day to the next. Instants are whole microseconds since the tape's beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

BEGIN = datetime(2025, 6, 1, tzinfo=UTC)
DAYS = 720
MINUTE_US, DAY_MINUTES, BLOCK = 60_000_000, 1_440, 15
Minutes = npt.NDArray[np.int64]
LAST_DAY = (BEGIN - datetime(1970, 1, 1, tzinfo=UTC)).days + DAYS - 2
NEVER = 2**62
Pauses = Sequence[tuple[int, int]]


def micros(at: datetime) -> int:
    """An instant on the tape."""
    return (at - BEGIN) // timedelta(microseconds=1)


def instant(at: int) -> datetime:
    """The other way."""
    return BEGIN + timedelta(microseconds=at)


@dataclass(frozen=True)
class Tape:
    """What the clock of a zone reads: ``shown`` in minutes (days since 1970 times 1,440 plus the time of day);
    ``furthest``, the furthest it has read so far, also as ``days`` of the tape and ``minutes`` of the day."""

    shown: Minutes
    furthest: Minutes
    days: Minutes
    minutes: Minutes

    @classmethod
    def of(cls, zone: str) -> Tape:
        """Offsets change on a quarter of an hour (UTC), so one is asked for at each."""
        local = ZoneInfo(zone)
        shown = np.empty(DAYS * DAY_MINUTES, dtype=np.int64)
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        for block in range(0, len(shown), BLOCK):
            at = BEGIN + timedelta(minutes=block)
            offset = at.astimezone(local).utcoffset() or timedelta()
            first = (at + offset - epoch) // timedelta(minutes=1)
            shown[block : block + BLOCK] = np.arange(first, first + BLOCK)
        furthest = np.maximum.accumulate(shown)
        days, minutes = np.divmod(furthest, DAY_MINUTES)
        return cls(shown, furthest, days - days[0], minutes)


@dataclass(frozen=True)
class Mask:
    """A calendar over a tape: which days are open, when each ends, and how many minutes were open before each."""

    tape: Tape
    open_days: frozenset[int]
    opens: int
    closes: int
    open_before: Minutes

    @classmethod
    def of(cls, tape: Tape, weekdays: frozenset[int], holidays: frozenset[int], opens: int, closes: int) -> Mask:
        """``holidays`` in days since 1970; ``opens`` and ``closes`` in minutes of the day, up to 1,440."""
        first, last = int(tape.furthest[0]) // DAY_MINUTES, int(tape.furthest[-1]) // DAY_MINUTES
        # 1 January 1970 was a Thursday.
        open_days = [(day + 3) % 7 in weekdays and day not in holidays for day in range(first, last + 1)]
        mask = np.array(open_days)[tape.days] & (tape.minutes >= opens) & (tape.minutes < closes)
        is_open = {day for day, yes in enumerate(open_days, first) if yes}
        return cls(tape, frozenset(is_open), opens, closes, np.concatenate(([0], np.cumsum(mask))))

    def day(self, at: int) -> int:
        """The local day of an instant, as the clock reads it then."""
        return int(self.tape.shown[at // MINUTE_US]) // DAY_MINUTES

    def reads(self, at: int) -> int:
        """The local time of day, in microseconds."""
        return int(self.tape.shown[at // MINUTE_US]) % DAY_MINUTES * MINUTE_US + at % MINUTE_US

    def reaches(self, day: int, time_of_day: int) -> int:
        """The first instant at which the clock has read that day and time (microseconds)."""
        minutes, rest = divmod(time_of_day, MINUTE_US)
        wanted = day * DAY_MINUTES + minutes
        index = int(np.searchsorted(self.tape.furthest, wanted))
        return index * MINUTE_US + (rest if int(self.tape.furthest[index]) == wanted else 0)

    def end(self, day: int) -> int:
        """When a day is over."""
        return self.reaches(day, self.closes * MINUTE_US)

    def open_so_far(self, at: int) -> int:
        """Open microseconds since the tape began."""
        index, rest = divmod(at, MINUTE_US)
        before, after = int(self.open_before[index]), int(self.open_before[index + 1])
        return before * MINUTE_US + (rest if after > before else 0)

    def open_reaches(self, amount: int) -> int:
        """The first instant by which it was open for so long."""
        index = int(np.searchsorted(self.open_before, -(-amount // MINUTE_US))) - 1
        return index * MINUTE_US + amount - int(self.open_before[index]) * MINUTE_US


def elapsed_hours(start: int, hours: int, pauses: Pauses) -> int:
    """Hours of the world that pass outside of pauses."""
    left, at = hours * 60 * MINUTE_US, start
    for begin, end in pauses:
        if at + left <= begin:
            break
        left, at = left - (begin - at), end
    return at + left


def open_hours(mask: Mask, start: int, hours: int, pauses: Pauses) -> int:
    """Hours that pass while it is open and outside of pauses."""
    left, at = hours * 60 * MINUTE_US, start
    for begin, end in pauses:
        passed = mask.open_so_far(begin) - mask.open_so_far(at)
        if passed >= left:
            break
        left, at = left - passed, end
    return mask.open_reaches(mask.open_so_far(at) + left)


def business_days(mask: Mask, start: int, count: int, pauses: Pauses, *, same_time: bool) -> int:
    """Stepping day by day: a step onto an open day uses one up; the clock is due on the day that uses the last up.

    The day of the filing, and one on which the clock goes on, are not stepped onto. A pause leaves the steps onto open
    days that lie between its day and the day that was due then. Where none is left, the day it goes on is due, or the
    first open day at which something of it is left.
    """
    at_time = mask.reads(start)

    def over(day: int) -> int:
        return mask.reaches(day, at_time) if same_time else mask.end(day)

    day, left, since = mask.day(start), count, start
    for begin, end in [*pauses, (NEVER, NEVER)]:
        if left == 0:
            while day not in mask.open_days or over(day) <= since:
                day += 1
        while left > 0:
            day += 1
            assert day < LAST_DAY, "the tape is too short"
            left -= day in mask.open_days
        if over(day) <= begin:
            return over(day)
        left = sum(one in mask.open_days for one in range(mask.day(begin) + 1, day + 1))
        day, since = mask.day(end), end
    raise AssertionError("a clock is due before the end of time")
