"""Rule types that limit how much is disputed: a count per period, or a part of what was billed.

In a batch ``i.rank`` is the item's place among those of its customer (``rank_of_user``, ``rank_of_vendor`` likewise),
so that the first ones fit and the others are named. A look at a charge has rank 1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from makegood.disputes.policy import windows, words
from makegood.disputes.policy.base import Bound, Facts, Moment, Rule, RuleError
from makegood.disputes.policy.budget import Period
from makegood.disputes.policy.expressions import CUSTOMER_ZONE, REMAINING, per_zone
from makegood.disputes.policy.naming import Naming
from makegood.disputes.policy.rules.anchors import ZONE_WORDS, ZoneOf, zone_of

_RANKS = {"buyer": "i.rank", "user": "i.rank_of_user", "vendor": "i.rank_of_vendor"}


@dataclass(frozen=True)
class CapCount(Rule):
    """At most ``limit`` disputes are filed per buyer, user or vendor and period; the period is one of ``tz``.

    What was used is a row of usage counters; of a rule for certain reasons or channels it counts those alone.
    """

    per: Literal["buyer", "user", "vendor"] = "buyer"
    period: Period = "day"
    limit: int = 0
    tz: ZoneOf = "customer"

    type: ClassVar[str] = "cap_count"
    code: ClassVar[str] = "BUYER_DAILY_CAP"

    @property
    def key(self) -> str:
        """What the usage counter is called; the id of the user or vendor follows where it is per user or vendor."""
        gate = self.gate.shown()
        digest = hashlib.sha256(json.dumps(gate, sort_keys=True).encode()).hexdigest()[:8] if gate else ""
        return ":".join(part for part in ("cap", self.code, self.period, digest, self.per) if part != "buyer" and part)

    def key_sql(self, place: int, moment: Moment) -> Bound:
        """The counter's whole key."""
        name = f"r{place}_key"
        if self.per == "vendor":
            return Bound(f"(%({name})s::text || ':' || coalesce(c.vendor_id, 0))", {name: self.key})
        return Bound(
            f"%({name})s::text", {name: f"{self.key}:{moment.user_id or 0}" if self.per == "user" else self.key}
        )

    def customer_sql(self) -> str:
        """Whose counter it is; null where it counts across customers."""
        return "c.customer_id" if self.per == "buyer" else "NULL::bigint"

    def start_sql(self, place: int, moment: Moment) -> tuple[tuple[Bound, ...], Bound]:
        """When the period began: the joins it takes, and the expression."""
        name = f"r{place}_start"

        def at(zone: str) -> datetime:
            return windows.period_start(moment.now, self.period, ZoneInfo(zone))

        if self.tz != "customer":
            zone = moment.program_zone if self.tz == "program" else "UTC"
            return (), Bound(f"%({name})s::timestamptz", {name: at(zone)})
        join, text = per_zone(place, moment, "cu.zone_id", "timestamptz", at, "start")
        return (join,), Bound(text, {name: at("UTC")})

    def joins(self, place: int, moment: Moment) -> tuple[Bound, ...]:
        """The counter's row."""
        before, start = self.start_sql(place, moment)
        key = self.key_sql(place, moment)
        whose = "= c.customer_id" if self.per == "buyer" else "IS NULL"
        counter = Bound(
            f"LEFT JOIN disputes_usage_counter u{place} ON u{place}.program_id = c.program_id"
            f" AND u{place}.customer_id {whose} AND u{place}.key = {key.sql} AND u{place}.period_start = {start.sql}",
            {**key.params, **start.params},
        )
        return (*before, counter)

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(
            f"(coalesce(u{place}.used, 0) + {_RANKS[self.per]} <= %(r{place}_limit)s)", {f"r{place}_limit": self.limit}
        )

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """How much was used before the item, and the zone in which the period ends."""
        zone = Bound(CUSTOMER_ZONE)
        if self.tz != "customer":
            name = moment.program_zone if self.tz == "program" else "UTC"
            zone = Bound(f"%(r{place}_zone)s::text", {f"r{place}_zone": name})
        return {"used": Bound(f"(coalesce(u{place}.used, 0) + {_RANKS[self.per]} - 1)"), "zone": zone}

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        rank = facts[{"buyer": "rank", "user": "rank_of_user", "vendor": "rank_of_vendor"}[self.per]]
        return bool(facts["used"].get((self.per, self.period, self.tz), 0) + rank <= self.limit)

    def when(self, said: Naming) -> str:
        of = {"buyer": "a buyer files", "user": "a person files", "vendor": "on one vendor's charges people file"}[
            self.per
        ]
        return (
            f"{of} more than {words.counted(self.limit, 'dispute')} in a {self.period},"
            f" counted in {ZONE_WORDS[self.tz]}"
        )

    def oddity(self) -> str:
        return "Nobody can file anything." if self.limit <= 0 else ""

    def message(self, facts: Facts, at: datetime) -> str:
        resets = windows.period_end(at, self.period, zone_of(facts))
        used = facts.get("used")
        said = self.limit if used is None else min(int(used), self.limit)
        return f"{said} of {self.limit} used; resets {words.minute(resets)}."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"Submitted at {words.minute(windows.period_end(at, self.period, zone_of(facts)))} or later."


@dataclass(frozen=True)
class CapPercent(Rule):
    """Of what a customer was billed in the last days at most ``pct`` percent is disputed, by count or by amount.

    ``floor`` disputes (micros, when counted by amount) are always fine. Amounts of one item are net of tax.
    """

    pct: int = 100
    of: Literal["count", "amount"] = "count"
    window_days: int = 30
    floor: int = 0

    type: ClassVar[str] = "cap_percent"
    code: ClassVar[str] = "BUYER_RATE_CAP"

    def __post_init__(self) -> None:
        if not 0 < self.pct <= 100:
            raise RuleError("pct is a whole number from 1 to 100")
        if self.window_days <= 0:
            raise RuleError("window_days is above zero")

    def joins(self, place: int, moment: Moment) -> tuple[Bound, ...]:
        """One row per customer: what was billed, and what was disputed."""
        since = {f"r{place}_since": moment.now - timedelta(days=self.window_days)}
        what = ("count(*)", "count(*)") if self.of == "count" else ("sum(o.billed_micros)", "sum(d.amount_micros)")
        billed = (
            f"LEFT JOIN LATERAL (SELECT coalesce({what[0]}, 0) AS n FROM billing_charge o"
            " WHERE o.customer_id = c.customer_id AND o.program_id = c.program_id AND o.billed_at IS NOT NULL"
            f" AND o.occurred_at > %(r{place}_since)s::timestamptz AND o.currency = c.currency) AS of{place} ON true"
        )
        disputed = (
            f"LEFT JOIN LATERAL (SELECT coalesce({what[1]}, 0) AS n FROM disputes_dispute d"
            " WHERE d.customer_id = c.customer_id AND d.program_id = c.program_id AND d.currency = c.currency"
            f" AND d.submitted_at > %(r{place}_since)s::timestamptz AND d.stage NOT IN ('draft', 'withdrawn'))"
            f" AS no{place} ON true"
        )
        return (Bound(billed, since), Bound(disputed, since))

    def _with_this(self, place: int) -> str:
        adds = "i.rank" if self.of == "count" else f"coalesce(i.running_micros, i.asked_micros, {REMAINING})"
        return f"(no{place}.n + {adds})"

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(
            f"({self._with_this(place)}::numeric * 100"
            f" <= greatest(%(r{place}_floor)s::numeric * 100, of{place}.n::numeric * %(r{place}_pct)s))",
            {f"r{place}_floor": self.floor, f"r{place}_pct": self.pct},
        )

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """What was billed and what is disputed with this item, as whole numbers."""
        return {"billed_n": Bound(f"of{place}.n::bigint"), "disputed_n": Bound(f"{self._with_this(place)}::bigint")}

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        billed, disputed = facts["rates"][(self.of, self.window_days)]
        if self.of == "count":
            adds = facts["rank"]
        else:
            remaining = facts["billed_micros"] - facts["credited_micros"]
            adds = next(x for x in (facts["running_micros"], facts["asked_micros"], remaining) if x is not None)
        return bool((disputed + adds) * 100 <= max(self.floor * 100, billed * self.pct))

    def when(self, said: Naming) -> str:
        within = words.counted(self.window_days, "day")
        of = "the items" if self.of == "count" else "the amounts"
        least = ""
        if self.floor > 0:
            fine = said.money(self.floor) if self.of == "amount" else words.counted(self.floor, "dispute")
            least = f", where {fine} are always fine"
        return f"a buyer disputes more than {self.pct}% of {of} billed in {within}{least}"

    def message(self, facts: Facts, at: datetime) -> str:
        billed, disputed = facts.get("billed_n"), facts.get("disputed_n")
        what = "calls" if self.of == "count" else "charged amounts"
        within = words.counted(self.window_days, "day")
        if not billed or disputed is None:
            return f"Nothing was billed in {within}, so nothing more can be disputed."
        tenths = (2000 * int(disputed) + int(billed)) // (2 * int(billed))
        return (
            f"With this one {tenths // 10}.{tenths % 10}% of your {what} in {within} are disputed;"
            f" the limit is {self.pct}%."
        )

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"Fewer of the {words.counted(self.window_days, 'day')} before are disputed."
