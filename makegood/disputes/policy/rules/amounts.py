"""Rule types that look at the asked amount; asking for nothing in particular asks for what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from makegood.disputes.policy.base import Bound, Facts, Moment, Phase, Rule, RuleError
from makegood.disputes.policy.expressions import ASKED, REMAINING, micros_of
from makegood.disputes.policy.naming import Naming
from makegood.kernel.money import format_money


def _money(facts: Facts, name: str) -> str:
    micros = micros_of(facts, name)
    return "nothing" if micros is None else format_money(micros, facts["currency"])


def _asked(facts: Facts) -> int:
    remaining = facts["billed_micros"] - facts["credited_micros"]
    return int(remaining if facts["asked_micros"] is None else facts["asked_micros"])


@dataclass(frozen=True)
class AmountCap(Rule):
    """The asked amount is above zero and at most a part of the charge, an amount per item, and what is left.

    ``per_submission`` limits the running total of what one customer asks for at once; amounts in micros.
    """

    pct_of_billed: int = 100
    per_item: int | None = None
    per_submission: int | None = None

    type: ClassVar[str] = "amount_cap"
    code: ClassVar[str] = "AMOUNT_TOO_HIGH"
    phase: ClassVar[Phase] = Phase.AMOUNT
    facts: ClassVar[Mapping[str, str]] = {"asked_micros": ASKED, "currency": "c.currency"}

    def __post_init__(self) -> None:
        if not 0 < self.pct_of_billed <= 100:
            raise RuleError("pct_of_billed is a whole number from 1 to 100")

    def _most(self, place: int) -> Bound:
        name = f"r{place}_pct"
        parts = [REMAINING]
        params: dict[str, int] = {}
        if self.pct_of_billed < 100:
            parts.append(f"div(c.billed_micros::numeric * %({name})s, 100)::bigint")
            params[name] = self.pct_of_billed
        if self.per_item is not None:
            parts.append(f"%(r{place}_item)s::bigint")
            params[f"r{place}_item"] = self.per_item
        return Bound(f"least({', '.join(parts)})" if len(parts) > 1 else REMAINING, params)

    def sql(self, place: int, moment: Moment) -> Bound:
        most = self._most(place)
        text, params = f"{ASKED} > 0 AND {ASKED} <= {most.sql}", dict(most.params)
        if self.per_submission is not None:
            text += f" AND coalesce(i.running_micros, {ASKED}) <= %(r{place}_all)s::bigint"
            params[f"r{place}_all"] = self.per_submission
        return Bound(f"({text})", params)

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """The most that can be asked for, and the running total."""
        return {"most_micros": self._most(place), "running_micros": Bound(f"coalesce(i.running_micros, {ASKED})")}

    def most_of(self, billed: int, remaining: int) -> int:
        """The most of one item that can be asked for, in micros."""
        most = min(remaining, billed * self.pct_of_billed // 100)
        return most if self.per_item is None else min(most, self.per_item)

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        asked = _asked(facts)
        remaining = facts["billed_micros"] - facts["credited_micros"]
        most = self.most_of(facts["billed_micros"], remaining)
        running = asked if facts["running_micros"] is None else facts["running_micros"]
        fits = self.per_submission is None or running <= self.per_submission
        return bool(0 < asked <= most and fits)

    def when(self, said: Naming) -> str:
        limits = ["than what is left of the charge"]
        if self.pct_of_billed < 100:
            limits.append(f"than {self.pct_of_billed}% of what was billed")
        if self.per_item is not None:
            limits.append(f"than {said.money(self.per_item)} for one item")
        if self.per_submission is not None:
            limits.append(f"than {said.money(self.per_submission)} at once")
        return f"more is asked {', or '.join(limits)}"

    def oddity(self) -> str:
        limits = (self.per_item, self.per_submission)
        return "Nothing can be asked for." if any(limit is not None and limit <= 0 for limit in limits) else ""

    def message(self, facts: Facts, at: datetime) -> str:
        asked, most = micros_of(facts, "asked_micros"), micros_of(facts, "most_micros")
        if asked is None or most is None:
            return "The amount is too high."
        if asked <= 0 < most:
            return "The amount has to be above zero."
        running = micros_of(facts, "running_micros")
        if asked <= most and running is not None and self.per_submission is not None:
            limit = format_money(self.per_submission, facts["currency"])
            return f"With it you ask for {_money(facts, 'running_micros')} at once; at most {limit} can be disputed."
        return f"You asked {_money(facts, 'asked_micros')}; at most {_money(facts, 'most_micros')} can be disputed."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        most = micros_of(facts, "most_micros")
        return f"Asked for {_money(facts, 'most_micros')} or less." if most is not None and most > 0 else ""


@dataclass(frozen=True)
class AmountMin(Rule):
    """The asked amount is at least ``micros``."""

    micros: int = 0

    type: ClassVar[str] = "amount_min"
    code: ClassVar[str] = "AMOUNT_TOO_LOW"
    phase: ClassVar[Phase] = Phase.AMOUNT
    facts: ClassVar[Mapping[str, str]] = {"asked_micros": ASKED, "currency": "c.currency"}

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(f"({ASKED} >= %(r{place}_min)s::bigint)", {f"r{place}_min": self.micros})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return _asked(facts) >= self.micros

    def _least(self, facts: Facts) -> str:
        return format_money(self.micros, facts["currency"]) if "currency" in facts else "what the program asks for"

    def when(self, said: Naming) -> str:
        return f"less than {said.money(self.micros)} is asked"

    def oddity(self) -> str:
        return "It asks for nothing." if self.micros <= 0 else ""

    def message(self, facts: Facts, at: datetime) -> str:
        return f"The smallest dispute is {self._least(facts)}."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"Asked for at least {self._least(facts)}."


@dataclass(frozen=True)
class AmountFull(Rule):
    """The whole rest of the charge is asked for; the manager, not the buyer, decides on a part."""

    type: ClassVar[str] = "amount_full"
    code: ClassVar[str] = "AMOUNT_NOT_FULL"
    phase: ClassVar[Phase] = Phase.AMOUNT
    facts: ClassVar[Mapping[str, str]] = {"remaining_micros": REMAINING, "currency": "c.currency"}

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(f"({ASKED} = {REMAINING})")

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        remaining = facts["billed_micros"] - facts["credited_micros"]
        return bool(facts["asked_micros"] is None or facts["asked_micros"] == remaining)

    def when(self, said: Naming) -> str:
        return "only a part of what is left is asked"

    def message(self, facts: Facts, at: datetime) -> str:
        return "This program takes the whole item; the reviewer decides whether part of it is credited."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"Asked for {_money(facts, 'remaining_micros')}." if "remaining_micros" in facts else ""
