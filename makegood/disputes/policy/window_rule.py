"""The window: how long after its anchor a charge can be disputed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from makegood.disputes.policy import windows, words
from makegood.disputes.policy.base import Bound, Facts, Moment, Rule, RuleError

ANCHORS = {"received": "received_at", "billed": "billed_at"}
UNITS = ("hours", "days", "business_days")


@dataclass(frozen=True)
class Window(Rule):
    """The anchor is recent enough. ``amount`` None switches the rule off.

    ``hours`` are elapsed hours; ``inclusive`` says whether exactly that many are still accepted. ``days`` and
    ``business_days`` end with the local day, in the zone of the charge's customer.
    """

    anchor: str = "received"
    amount: int | None = None
    unit: str = "hours"
    inclusive: bool = False

    type: ClassVar[str] = "window"
    code: ClassVar[str] = "WINDOW_EXPIRED"
    facts: ClassVar[dict[str, str]] = {
        "received_at": "c.received_at",
        "billed_at": "c.billed_at",
        "zone": "(SELECT z.name FROM parties_zone z WHERE z.id = c.tz_id)",
    }

    def __post_init__(self) -> None:
        if self.anchor not in ANCHORS:
            raise RuleError(f'a window is anchored at {" or ".join(ANCHORS)}, not at "{self.anchor}"')
        if self.unit not in UNITS:
            raise RuleError(f'a window is counted in {", ".join(UNITS)}, not in "{self.unit}"')
        if self.amount is not None and self.amount <= 0:
            raise RuleError("a window is longer than nothing; leave the amount out to switch it off")

    def sql(self, place: int, moment: Moment) -> Bound:
        if self.amount is None:
            return Bound("true", {})
        name = f"r{place}_cutoff"
        column = f"c.{ANCHORS[self.anchor]}"
        if self.unit == "hours":
            return Bound(
                f"({column} {'>=' if self.inclusive else '>'} %({name})s::timestamptz)",
                {name: moment.now - timedelta(hours=self.amount)},
            )
        zones, cutoffs = f"r{place}_zones", f"r{place}_cutoffs"
        return Bound(
            f"({column} >= coalesce((%({cutoffs})s::timestamptz[])"
            f"[array_position(%({zones})s::bigint[], c.tz_id)], %({name})s::timestamptz))",
            {
                zones: list(moment.zones),
                cutoffs: [self._cutoff(moment.now, zone) for zone in moment.zones.values()],
                name: self._cutoff(moment.now, "UTC"),
            },
        )

    def _weekdays(self) -> frozenset[int]:
        return windows.WEEKDAYS if self.unit == "business_days" else windows.EVERY_DAY

    def _cutoff(self, now: datetime, zone: str) -> datetime:
        return windows.cutoff(now, self.amount or 0, ZoneInfo(zone), weekdays=self._weekdays())

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        if self.amount is None:
            return True
        anchor = facts[ANCHORS[self.anchor]]
        if anchor is None:
            return None
        if self.unit == "hours":
            age = moment.now - anchor
            limit = timedelta(hours=self.amount)
            return bool(age <= limit if self.inclusive else age < limit)
        zone = ZoneInfo(moment.zones.get(facts["tz_id"], "UTC"))
        return moment.now < windows.deadline(anchor, self.amount, zone, weekdays=self._weekdays())

    def _anchor(self, facts: Facts) -> datetime | None:
        value: Any = facts.get(ANCHORS[self.anchor])
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromisoformat(str(value)).astimezone(UTC)

    def length(self) -> str:
        """``7 days`` or ``3 business days``, as sentences say it."""
        amount = self.amount or 0
        if self.unit == "hours":
            return words.hours(amount)
        return f"{amount} {self.unit.replace('_', ' ')[:-1]}{'' if amount == 1 else 's'}"

    def message(self, facts: Facts, at: datetime) -> str:
        anchor = self._anchor(facts)
        if anchor is None:
            return f"When it was {self.anchor} is not known, so its window of {self.length()} cannot be checked."
        return f"{self.anchor.capitalize()} {words.span(at - anchor)} ago; the limit is {self.length()}."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        end = self.closes_at(facts)
        return f"Submitted before {end:%Y-%m-%d %H:%M} UTC." if end else ""

    def closes_at(self, facts: Facts) -> datetime | None:
        anchor = self._anchor(facts)
        if anchor is None or self.amount is None:
            return None
        if self.unit == "hours":
            return anchor + timedelta(hours=self.amount)
        return windows.deadline(
            anchor, self.amount, ZoneInfo(str(facts.get("zone") or "UTC")), weekdays=self._weekdays()
        )
