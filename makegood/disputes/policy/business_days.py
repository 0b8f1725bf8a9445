"""Business days of a calendar: which day a count ends on, and at what instant.

A business-day deadline is the end of the n-th open day after the anchor's local day: midnight there, or the hour the
calendar closes at. With ``same_time`` it keeps the anchor's clock time instead.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from makegood.disputes.policy.windows import WEEKDAYS, deadline

ONE_DAY = timedelta(1)


@dataclass(frozen=True)
class BusinessDays:
    """A calendar as it computes: zone, open weekdays (Monday is 0), closed days, and when an open day ends.

    ``closes_at`` None ends a day at midnight.
    """

    zone: tzinfo
    weekdays: Collection[int] = WEEKDAYS
    holidays: Collection[date] = frozenset()
    closes_at: time | None = None

    def is_open(self, day: date) -> bool:
        """Whether work is done on a local day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def day_of(self, at: datetime) -> date:
        """The local day of an instant."""
        return at.astimezone(self.zone).date()

    def nth_open_day(self, day: date, count: int) -> date:
        """The ``count``-th open day after a day; for 0 the day itself, or the next open one where it is closed."""
        if count == 0:
            while not self.is_open(day):
                day += ONE_DAY
            return day
        left = count
        while left > 0:
            day += ONE_DAY
            left -= self.is_open(day)
        return day

    def open_days_between(self, after: date, until: date) -> int:
        """How many open days lie in ``(after, until]``."""
        days = (until - after).days
        return sum(self.is_open(after + timedelta(n)) for n in range(1, days + 1))

    def end_of(self, day: date) -> datetime:
        """The instant (UTC) at which a local day is over for business."""
        if self.closes_at is None:
            return datetime.combine(day + ONE_DAY, time(), self.zone).astimezone(UTC)
        return datetime.combine(day, self.closes_at, self.zone).astimezone(UTC)

    def deadline(self, anchor: datetime, count: int) -> datetime:
        """The first instant (UTC) that is later than the ``count``-th business day after the anchor's local day."""
        if self.closes_at is None and count > 0:
            return deadline(anchor, count, self.zone, self.holidays, self.weekdays)
        return self.end_of(self.nth_open_day(self.day_of(anchor), count))

    def same_time(self, anchor: datetime, count: int, at: time) -> datetime:
        """That clock time (local) on the ``count``-th open day after the anchor's, in UTC; never before the anchor."""
        day = self.nth_open_day(self.day_of(anchor), count)
        moment = datetime.combine(day, at, self.zone).astimezone(UTC)
        if moment > anchor:
            return moment
        return datetime.combine(self.nth_open_day(day, 1), at, self.zone).astimezone(UTC)

    def day_ended_by(self, deadline: datetime) -> date:
        """The local day that a deadline of :meth:`deadline` ends."""
        return self.day_of(deadline - timedelta(microseconds=1))

    def time_of(self, at: datetime) -> time:
        """The local clock time of an instant."""
        return at.astimezone(self.zone).time()
