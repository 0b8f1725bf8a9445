"""Business days of a calendar: which day a count ends on, when a day opens and closes, and how long it was open.

A business-day deadline is the end of the n-th open day after the anchor's local day: midnight there, or the hour the
calendar closes at. With ``same_time`` it keeps the anchor's clock time instead. Open hours pass while it is open alone.

A time of day that a change of clocks leaves out is the moment of the change; of one that comes twice it is the first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from makegood.disputes.policy.windows import WEEKDAYS

ONE_DAY = timedelta(1)
ONE_SECOND = timedelta(seconds=1)
NOTHING = timedelta()
WEEK = 7


@dataclass(frozen=True)
class BusinessDays:
    """A calendar as it computes: zone, open weekdays (Monday is 0), closed days, and the hours of an open day.

    ``opens_at`` None opens a day at midnight, ``closes_at`` None ends it at the next one.
    """

    zone: tzinfo
    weekdays: Collection[int] = WEEKDAYS
    holidays: Collection[date] = frozenset()
    closes_at: time | None = None
    opens_at: time | None = None

    def is_open(self, day: date) -> bool:
        """Whether work is done on a local day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def day_of(self, at: datetime) -> date:
        """The local day of an instant."""
        return at.astimezone(self.zone).date()

    def nth_open_day(self, day: date, count: int) -> date:
        """The ``count``-th open day after a day; for 0 the day itself, or the next open one where it is closed.

        Whole weeks are leapt over, so a large count costs no more than a small one.
        """
        if count == 0:
            while not self.is_open(day):
                day += ONE_DAY
            return day
        left = count
        while weeks := (left - 1) // len(self.weekdays):
            until = day + timedelta(weeks=weeks)
            left -= self.open_days_between(day, until)
            day = until
        while left > 0:
            day += ONE_DAY
            left -= self.is_open(day)
        return day

    def open_days_between(self, after: date, until: date) -> int:
        """How many open days lie in ``(after, until]``."""
        weeks, rest = divmod(max(0, (until - after).days), WEEK)
        found = weeks * len(self.weekdays)
        found += sum((until - timedelta(n)).weekday() in self.weekdays for n in range(rest))
        return found - sum(after < day <= until and day.weekday() in self.weekdays for day in self.holidays)

    def clock_shows(self, day: date, at: time) -> datetime:
        """The first instant (UTC) at which the local clock shows that day and time, or later."""
        wanted = datetime.combine(day, at)
        late = wanted.replace(tzinfo=self.zone).astimezone(UTC)
        if self._shown(late) == wanted:
            return late
        early = wanted.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        while late - early > ONE_SECOND:  # the clock leaps over the time somewhere between: on a whole second
            middle = early + (late - early) / 2
            early, late = (early, middle) if self._shown(middle) >= wanted else (middle, late)
        return late.replace(microsecond=0)

    def _shown(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(tzinfo=None)

    def start_of(self, day: date) -> datetime:
        """The instant (UTC) at which a local day opens."""
        return self.clock_shows(day, self.opens_at or time())

    def end_of(self, day: date) -> datetime:
        """The instant (UTC) at which a local day is over for business."""
        if self.closes_at is None:
            return self.clock_shows(day + ONE_DAY, time())
        return self.clock_shows(day, self.closes_at)

    def deadline(self, anchor: datetime, count: int) -> datetime:
        """The first instant (UTC) that is later than the ``count``-th business day after the anchor's local day."""
        return self.end_of(self.nth_open_day(self.day_of(anchor), count))

    def same_time(self, anchor: datetime, count: int, at: time) -> datetime:
        """That clock time (local) on the ``count``-th open day after the anchor's, in UTC; never before the anchor."""
        day = self.nth_open_day(self.day_of(anchor), count)
        moment = self.clock_shows(day, at)
        return moment if moment > anchor else self.clock_shows(self.nth_open_day(day, 1), at)

    def open_part(self, day: date, since: datetime, until: datetime) -> timedelta:
        """How much of ``[since, until)`` a local day is open."""
        if not self.is_open(day):
            return NOTHING
        return max(NOTHING, min(self.end_of(day), until) - max(self.start_of(day), since))

    def open_time(self, since: datetime, until: datetime) -> timedelta:
        """How long it is open in ``[since, until)``."""
        day, last, found = self.day_of(since), self.day_of(until), NOTHING
        while day <= last:
            found += self.open_part(day, since, until)
            day += ONE_DAY
        return found

    def after_open_time(self, anchor: datetime, length: timedelta) -> datetime:
        """The instant (UTC) by which it was open for so long since the anchor."""
        day, left = self.day_of(anchor), length
        while True:
            if self.is_open(day):
                begin, end = max(self.start_of(day), anchor), self.end_of(day)
                if begin < end and left <= end - begin:
                    return begin + left
                left -= max(NOTHING, end - begin)
            day += ONE_DAY

    def day_ended_by(self, deadline: datetime) -> date:
        """The local day that a deadline of :meth:`deadline` ends."""
        return self.day_of(deadline - timedelta(microseconds=1))

    def time_of(self, at: datetime) -> time:
        """The local clock time of an instant."""
        return at.astimezone(self.zone).time()
