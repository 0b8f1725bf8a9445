"""Pure rules of quiet hours: when somebody is left alone, by the clock on that person's wall, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from makegood.notifications.errors import QuietDaysMissing, QuietHoursEmpty
from makegood.notifications.states import Template

EVERY_DAY = frozenset(range(7))
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

URGENT = frozenset({Template.ANSWERED, Template.SLA, Template.ALARM, Template.WEBHOOK, Template.ESCALATED})
"""Messages at once for those who review and run the desk; a person may let them through."""


@dataclass(frozen=True)
class Quiet:
    """From ``begins`` until ``ends`` o'clock in ``zone``, across midnight where it ends earlier than it begins.

    ``days`` are the weekdays on which the hours begin (Monday is 0). What counts is what the clock on the wall shows:
    on a day of 23 or 25 hours, an hour that is left out or shown twice is left out or counted twice.
    """

    begins: time
    ends: time
    days: frozenset[int]
    zone: str
    lets_urgent: bool = False

    @classmethod
    def checked(cls, begins: time, ends: time, days: frozenset[int], zone: str, *, lets_urgent: bool = False) -> Quiet:
        """Raises QuietHoursEmpty when they end as they begin, QuietDaysMissing without a weekday."""
        begins, ends = (at.replace(second=0, microsecond=0, tzinfo=None) for at in (begins, ends))
        if begins == ends:
            raise QuietHoursEmpty()
        if not days or not days <= EVERY_DAY:
            raise QuietDaysMissing()
        return cls(begins, ends, days, zone, lets_urgent)

    def holds(self, at: datetime) -> bool:
        """Whether the clock shows a time inside the hours at an instant."""
        return self._inside(at.astimezone(ZoneInfo(self.zone)))

    def _inside(self, local: datetime) -> bool:
        shown = local.time()
        today, yesterday = local.weekday() in self.days, (local.weekday() - 1) % 7 in self.days
        if self.begins < self.ends:
            return today and self.begins <= shown < self.ends
        return (today and shown >= self.begins) or (yesterday and shown < self.ends)

    def spares(self, template: Template) -> bool:
        """Whether a message waits for the end of the hours."""
        return not (self.lets_urgent and template in URGENT)

    def until(self, at: datetime) -> datetime:
        """The first instant from ``at`` on that lies outside the hours: ``at`` itself where it does."""
        zone = ZoneInfo(self.zone)
        while self.holds(at):
            local = at.astimezone(zone).replace(tzinfo=None)
            end = datetime.combine(local.date(), self.ends)
            end = end if end > local else end + DAY
            reached = (at.astimezone(UTC)) + (end - local)
            turn = _turn(at.astimezone(UTC), reached, zone)
            at = reached if turn is None else turn
        return at


def _turn(after: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """When the clock is put forward or back between two instants, to the minute; None where it is not."""
    offset = after.astimezone(zone).utcoffset()
    if until.astimezone(zone).utcoffset() == offset:
        return None
    low, high = after, until
    while high - low > MINUTE:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(second=0, microsecond=0)
