"""The rule types that look at the charge, its customer and its history, and those that look at a claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from makegood.disputes.policy.base import Bound, Facts, Moment, Phase, Rule
from makegood.kernel.money import format_money

OPEN_DISPUTE = "d.closed_at IS NULL AND d.stage NOT IN ('draft', 'withdrawn')"
_REMAINING = "(c.billed_micros - coalesce(b.held_micros, 0) - coalesce(b.credited_micros, 0))"


@dataclass(frozen=True)
class Permission(Rule):
    """Disputes are switched on for the customer's account."""

    type: ClassVar[str] = "permission"
    code: ClassVar[str] = "DISPUTES_DISABLED"

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound("cu.dispute_permission", {})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        value: bool | None = facts["dispute_permission"]
        return value

    def message(self, facts: Facts, at: datetime) -> str:
        return "Disputes are off for this account."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "An administrator can switch disputes on for the account."


@dataclass(frozen=True)
class Billed(Rule):
    """Only what was billed can be disputed."""

    type: ClassVar[str] = "billed"
    code: ClassVar[str] = "NOT_BILLED"

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound("c.billed_at IS NOT NULL", {})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return facts["billed_at"] is not None

    def message(self, facts: Facts, at: datetime) -> str:
        return "Only billed items can be disputed."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "Nothing was charged for it so far; once it is billed, it can be disputed."


@dataclass(frozen=True)
class NoOpenDispute(Rule):
    """No other dispute is open on the charge."""

    type: ClassVar[str] = "no_open_dispute"
    code: ClassVar[str] = "ALREADY_DISPUTED"
    facts: ClassVar[dict[str, str]] = {
        "open_number": f"(SELECT d.number FROM disputes_dispute d WHERE d.charge_id = c.id AND {OPEN_DISPUTE})"
    }

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(
            f"NOT EXISTS (SELECT FROM disputes_dispute d WHERE d.charge_id = c.id AND {OPEN_DISPUTE})",
            {},
        )

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return facts["open_number"] is None

    def message(self, facts: Facts, at: datetime) -> str:
        number = facts.get("open_number")
        return f"Dispute D-{number} is already open." if number else "A dispute on this item is already open."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "The open dispute can be followed, edited or withdrawn instead."


@dataclass(frozen=True)
class NeverDisputed(Rule):
    """At most ``max`` disputes on the charge were closed before; a withdrawn one does not count."""

    max: int = 0

    type: ClassVar[str] = "never_disputed"
    code: ClassVar[str] = "DISPUTE_FINAL"
    facts: ClassVar[dict[str, str]] = {
        "closed_at": "(SELECT max(d.closed_at) FROM disputes_dispute d WHERE d.charge_id = c.id)",
        "closed_number": "(SELECT max(d.number) FROM disputes_dispute d"
        " WHERE d.charge_id = c.id AND d.closed_at IS NOT NULL)",
    }

    def sql(self, place: int, moment: Moment) -> Bound:
        name = f"r{place}_max"
        return Bound(
            "(SELECT count(*) FROM disputes_dispute d WHERE d.charge_id = c.id AND d.closed_at IS NOT NULL)"
            f" <= %({name})s",
            {name: self.max},
        )

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return bool(facts["closed_count"] <= self.max)

    def message(self, facts: Facts, at: datetime) -> str:
        when = _day(facts.get("closed_at"))
        number = facts.get("closed_number")
        on, as_number = (f" on {when}" if when else ""), (f" (D-{number})" if number else "")
        return f"Already decided{on}{as_number}; the decision is final."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "A representative can file it again with a written cause."


@dataclass(frozen=True)
class Disposition(Rule):
    """The call's status is in the list that may be disputed."""

    allow: tuple[str, ...] = ()

    type: ClassVar[str] = "disposition"
    code: ClassVar[str] = "DISPOSITION_NOT_DISPUTABLE"
    facts: ClassVar[dict[str, str]] = {"disposition": "c.disposition"}

    def sql(self, place: int, moment: Moment) -> Bound:
        name = f"r{place}_allow"
        return Bound(f"(nullif(c.disposition, '') = ANY(%({name})s::text[]))", {name: list(self.allow)})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return facts["disposition"] in self.allow if facts["disposition"] else None

    def message(self, facts: Facts, at: datetime) -> str:
        status = str(facts.get("disposition") or "unknown").replace("_", " ")
        return f'Calls with status "{status}" are usually not disputed.'

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"Status is one of: {', '.join(word.replace('_', ' ') for word in self.allow)}."


@dataclass(frozen=True)
class AmountFull(Rule):
    """The whole rest of the charge is asked for; the manager, not the buyer, decides on a part."""

    type: ClassVar[str] = "amount_full"
    code: ClassVar[str] = "AMOUNT_NOT_FULL"
    phase: ClassVar[Phase] = Phase.AMOUNT
    facts: ClassVar[dict[str, str]] = {"remaining_micros": _REMAINING, "currency": "c.currency"}

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(f"(coalesce(i.asked_micros, {_REMAINING}) = {_REMAINING})", {})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        remaining = facts["billed_micros"] - facts["held_micros"] - facts["credited_micros"]
        return bool(facts["asked_micros"] is None or facts["asked_micros"] == remaining)

    def message(self, facts: Facts, at: datetime) -> str:
        return "This program takes the whole item; the reviewer decides whether part of it is credited."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        if "remaining_micros" not in facts:
            return ""
        return f"Asked for {format_money(facts['remaining_micros'], facts['currency'])}."


@dataclass(frozen=True)
class Evidence(Rule):
    """At least ``min_files`` files come with the claim, for the named reasons (all, when none is named)."""

    reasons: tuple[str, ...] = ()
    min_files: int = 0

    type: ClassVar[str] = "evidence"
    code: ClassVar[str] = "EVIDENCE_REQUIRED"
    phase: ClassVar[Phase] = Phase.EVIDENCE
    facts: ClassVar[dict[str, str]] = {"files": "i.files", "reason": "i.reason_code"}

    def sql(self, place: int, moment: Moment) -> Bound:
        reasons, files = f"r{place}_reasons", f"r{place}_files"
        return Bound(
            f"(i.files >= %({files})s OR NOT (cardinality(%({reasons})s::text[]) = 0"
            f" OR coalesce(i.reason_code = ANY(%({reasons})s::text[]), false)))",
            {reasons: list(self.reasons), files: self.min_files},
        )

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        asked = not self.reasons or facts["reason_code"] in self.reasons
        return bool(facts["files"] >= self.min_files or not asked)

    def message(self, facts: Facts, at: datetime) -> str:
        return f"This reason needs {self.min_files} supporting file{'' if self.min_files == 1 else 's'}."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "A supporting file is attached."


def _day(value: Any) -> str:
    """``5 Nov 2026`` of an aware time or its ISO text; empty for nothing."""
    if not value:
        return ""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return f"{at.day} {at:%b %Y}"
