"""The window: how long after its anchor a charge can be disputed, and how soon."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from makegood.disputes.policy import windows, words
from makegood.disputes.policy.base import Bound, Facts, Moment, OpenDays, Rule, RuleError
from makegood.disputes.policy.expressions import ZONE_NAME, per_zone
from makegood.disputes.policy.naming import Naming
from makegood.disputes.policy.rules.anchors import (
    ANCHORS,
    ZONE_WORDS,
    Anchor,
    AnchorName,
    ZoneOf,
    anchored_at,
    day_of,
    zone_of,
)

Unit = Literal["hours", "days", "business_days"]

_FACTS = {
    "received_at": "c.received_at",
    "billed_at": "c.billed_at",
    "zone": ZONE_NAME,
}


@dataclass(frozen=True)
class _Anchored(Rule):
    """What both windows share: the anchor, and the zone in which its days are counted."""

    anchor: AnchorName = "received"
    tz: ZoneOf = "customer"

    facts: ClassVar[Mapping[str, str]] = _FACTS

    @property
    def _anchor(self) -> Anchor:
        return ANCHORS[self.anchor]

    def _zone_name(self, moment: Moment) -> str:
        return moment.program_zone if self.tz == "program" else "UTC"

    def _zone(self, facts: Facts, moment: Moment) -> ZoneInfo:
        """The zone a reference counts in."""
        name = moment.zones.get(facts["tz_id"], "UTC") if self.tz == "customer" else self._zone_name(moment)
        return ZoneInfo(name)

    def _cut(self, place: int, moment: Moment, at: Any, cast: str) -> tuple[tuple[Bound, ...], Bound]:
        """The joins and the expression of a cutoff; ``at`` gives it for a zone's name."""
        name = f"r{place}_cut"
        if self.tz != "customer":
            return (), Bound(f"%({name})s::{cast}", {name: at(self._zone_name(moment))})
        join, text = per_zone(place, moment, "c.tz_id", cast, at)
        return (join,), Bound(text, {name: at("UTC")})

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """The anchor where it is no column of the charge, and the zone where it is not the charge's."""
        own: dict[str, Bound] = {}
        if self._anchor.joins:
            own[self._anchor.fact] = Bound(self._anchor.column)
        if self.tz != "customer":
            own["zone"] = Bound(f"%(r{place}_zone)s::text", {f"r{place}_zone": self._zone_name(moment)})
        return own


@dataclass(frozen=True)
class Window(_Anchored):
    """The anchor is recent enough. ``amount`` None switches the rule off.

    ``hours`` are elapsed hours; ``inclusive`` says whether exactly that many are still accepted. ``days`` and
    ``business_days`` end with the local day; ``calendar`` names the working days (without one: Monday to Friday). An
    anchor that is a day counts from its end.
    """

    amount: int | None = None
    unit: Unit = "hours"
    inclusive: bool = False
    calendar: str = ""

    type: ClassVar[str] = "window"
    code: ClassVar[str] = "WINDOW_EXPIRED"

    def __post_init__(self) -> None:
        if self.amount is not None and self.amount <= 0:
            raise RuleError("a window is longer than nothing; leave the amount out to switch it off")

    def joins(self, place: int, moment: Moment) -> tuple[Bound, ...]:
        """The anchor's table, and the cutoffs by zone."""
        return (*self._anchor.joins, *self._bounds(place, moment)[0]) if self.amount is not None else ()

    def sql(self, place: int, moment: Moment) -> Bound:
        """The anchor against the cutoff, a constant or one per zone."""
        if self.amount is None:
            return Bound("true")
        _, cut = self._bounds(place, moment)
        strict = self.unit == "hours" and not self._anchor.is_day and not self.inclusive
        return Bound(f"({self._anchor.column} {'>' if strict else '>='} {cut.sql})", cut.params)

    def _bounds(self, place: int, moment: Moment) -> tuple[tuple[Bound, ...], Bound]:
        if self.unit != "hours":
            days, length = self._open_days(moment), self.amount or 0
            walk = windows.cutoff_day if self._anchor.is_day else windows.cutoff

            def at(zone: str) -> datetime | date:
                return walk(moment.now, length, ZoneInfo(zone), days.holidays, days.weekdays)

            return self._cut(place, moment, at, "date" if self._anchor.is_day else "timestamptz")
        since = moment.now - timedelta(hours=self.amount or 0)
        if not self._anchor.is_day:
            return (), Bound(f"%(r{place}_cut)s::timestamptz", {f"r{place}_cut": since})
        return self._cut(
            place,
            moment,
            lambda zone: windows.first_day_ending(since, ZoneInfo(zone), after=not self.inclusive),
            "date",
        )

    def _open_days(self, moment: Moment) -> OpenDays:
        """The days that count. Raises RuleError for a calendar that does not exist."""
        if self.unit == "days":
            return OpenDays(windows.EVERY_DAY)
        if not self.calendar:
            return OpenDays(windows.WEEKDAYS)
        if self.calendar not in moment.calendars:
            raise RuleError(f'there is no calendar "{self.calendar}"')
        return moment.calendars[self.calendar]

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """With a calendar also its days around now, so that the end of the window can be told later."""
        own = dict(super().own_facts(place, moment))
        if self.unit == "business_days" and self.calendar:
            days = self._open_days(moment)
            near = {day for day in days.holidays if abs(day - moment.now.date()) < timedelta(days=400)}
            shown = {"weekdays": sorted(days.weekdays), "holidays": sorted(day.isoformat() for day in near)}
            own["open_days"] = Bound(f"%(r{place}_days)s::jsonb", {f"r{place}_days": json.dumps(shown)})
        return own

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        if self.amount is None:
            return True
        value, zone = facts[self._anchor.fact], self._zone(facts, moment)
        if value is None:
            return None
        if self.unit == "hours":
            age = moment.now - (windows.end_of(value, zone) if self._anchor.is_day else value)
            limit = timedelta(hours=self.amount)
            return bool(age <= limit if self.inclusive else age < limit)
        return moment.now < self._deadline(value, zone, self._open_days(moment))

    def _deadline(self, anchor: datetime | date, zone: ZoneInfo, days: OpenDays) -> datetime:
        at = anchor if isinstance(anchor, datetime) else windows.end_of(anchor, zone) - timedelta(microseconds=1)
        return windows.deadline(at, self.amount or 0, zone, days.holidays, days.weekdays)

    def length(self) -> str:
        """``7 days`` or ``3 business days``, as sentences say it."""
        amount = self.amount or 0
        return words.hours(amount) if self.unit == "hours" else words.counted(amount, words.spelled(self.unit)[:-1])

    def when(self, said: Naming) -> str:
        if self.amount is None:
            return f"{self._anchor.spoken} too long ago (no length is set)"
        if self.unit == "hours":
            days = f" ({words.hours(self.amount)})" if self.amount % 24 == 0 else ""
            length = f"{words.counted(self.amount, 'hour')}{days}"
            return f"{self._anchor.spoken} " + (
                f"more than {length} ago" if self.inclusive else f"{length} ago or more"
            )
        by = f" by {said.of(self.calendar)}" if self.calendar and self.unit == "business_days" else ""
        return f"{self._anchor.spoken} more than {self.length()} ago{by}, counted in {ZONE_WORDS[self.tz]}"

    def oddity(self) -> str:
        return "No length is set, so it is off." if self.amount is None else ""

    def message(self, facts: Facts, at: datetime) -> str:
        anchor = anchored_at(self._anchor, facts)
        if anchor is None:
            when = "its bill period ended" if self.anchor == "period_end" else f"it was {self._anchor.words}"
            return f"When {when} is not known, so its window of {self.length()} cannot be checked."
        return f"{self._said} {words.span(at - anchor)} ago; the limit is {self.length()}."

    def met(self, facts: Facts, at: datetime) -> str:
        anchor = anchored_at(self._anchor, facts)
        if anchor is None or self.amount is None:
            return ""
        return f"{self._said} {words.span(at - anchor)} ago; {self._within} {self.length()}."

    def asks(self) -> str:
        return f"{self._said} {self._within} {self.length()} ago." if self.amount is not None else ""

    @property
    def _said(self) -> str:
        return self._anchor.words[0].upper() + self._anchor.words[1:]

    @property
    def _within(self) -> str:
        return "at most" if self.unit != "hours" or self.inclusive else "less than"

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        end = self.closes_at(facts)
        if end is None:
            return ""
        return f"Submitted {'by' if self.unit == 'hours' and self.inclusive else 'before'} {words.minute(end)}."

    def closes_at(self, facts: Facts) -> datetime | None:
        """When the window ends; with ``inclusive`` hours that instant still counts."""
        anchor = anchored_at(self._anchor, facts)
        if anchor is None or self.amount is None:
            return None
        if self.unit == "hours":
            return anchor + timedelta(hours=self.amount)
        start = day_of(facts.get(self._anchor.fact)) if self._anchor.is_day else anchor
        if start is None:
            return None
        days = OpenDays(windows.EVERY_DAY if self.unit == "days" else windows.WEEKDAYS)
        if shown := facts.get("open_days"):
            days = OpenDays(frozenset(shown["weekdays"]), frozenset(map(date.fromisoformat, shown["holidays"])))
        return self._deadline(start, zone_of(facts), days)


@dataclass(frozen=True)
class WindowOpens(_Anchored):
    """The anchor is at least ``hours`` elapsed hours ago."""

    hours: int = 0

    type: ClassVar[str] = "window_opens"
    code: ClassVar[str] = "TOO_EARLY"

    def joins(self, place: int, moment: Moment) -> tuple[Bound, ...]:
        """The anchor's table, and the cutoffs by zone."""
        return (*self._anchor.joins, *self._bounds(place, moment)[0])

    def sql(self, place: int, moment: Moment) -> Bound:
        """The anchor against the cutoff."""
        _, cut = self._bounds(place, moment)
        return Bound(f"({self._anchor.column} {'<' if self._anchor.is_day else '<='} {cut.sql})", cut.params)

    def _bounds(self, place: int, moment: Moment) -> tuple[tuple[Bound, ...], Bound]:
        since = moment.now - timedelta(hours=self.hours)
        if not self._anchor.is_day:
            return (), Bound(f"%(r{place}_cut)s::timestamptz", {f"r{place}_cut": since})
        return self._cut(
            place, moment, lambda zone: windows.first_day_ending(since, ZoneInfo(zone), after=True), "date"
        )

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        value = facts[self._anchor.fact]
        if value is None:
            return None
        anchor = windows.end_of(value, self._zone(facts, moment)) if self._anchor.is_day else value
        return bool(moment.now >= anchor + timedelta(hours=self.hours))

    def _opens(self, facts: Facts) -> datetime | None:
        anchor = anchored_at(self._anchor, facts)
        return None if anchor is None else anchor + timedelta(hours=self.hours)

    def when(self, said: Naming) -> str:
        return f"{self._anchor.spoken} less than {words.counted(self.hours, 'hour')} ago"

    def oddity(self) -> str:
        return "It waits for nothing." if self.hours <= 0 else ""

    def message(self, facts: Facts, at: datetime) -> str:
        opens = self._opens(facts)
        return (
            f"Can be disputed from {words.minute(opens)}." if opens else "It is not known from when it can be disputed."
        )

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        opens = self._opens(facts)
        return f"Submitted at {words.minute(opens)} or later." if opens else ""
