"""Rule types that look at the disputes a charge had: open ones, decided ones, and what is left of its amount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from makegood.disputes.policy import words
from makegood.disputes.policy.base import Bound, Facts, Moment, Rule
from makegood.disputes.policy.expressions import OPEN_DISPUTE, REMAINING, micros_of
from makegood.disputes.policy.naming import Naming

_CONTACT = "coalesce({0}.contact_e164, {0}.caller_e164, nullif(lower({0}.contact_email), ''))"


@dataclass(frozen=True)
class NoOpenDispute(Rule):
    """No other dispute is open on the charge, or (``lead_contact``) on any charge of the customer with its contact."""

    scope: Literal["charge", "lead_contact"] = "charge"

    type: ClassVar[str] = "no_open_dispute"
    code: ClassVar[str] = "ALREADY_DISPUTED"
    facts: ClassVar[Mapping[str, str]] = {
        "open_label": f"(SELECT d.label FROM disputes_dispute d WHERE d.charge_id = c.id AND {OPEN_DISPUTE})"
    }

    def sql(self, place: int, moment: Moment) -> Bound:
        own = f"NOT EXISTS (SELECT FROM disputes_dispute d WHERE d.charge_id = c.id AND {OPEN_DISPUTE})"
        if self.scope == "charge":
            return Bound(own)
        return Bound(f"({own} AND NOT EXISTS (SELECT {_OF_CONTACT}))")

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """The dispute of the same contact."""
        return {"contact_label": Bound(f"(SELECT min(d.label) {_OF_CONTACT})")} if self.scope != "charge" else {}

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return not facts["is_open"] and not (self.scope == "lead_contact" and facts["contact_is_open"])

    def when(self, said: Naming) -> str:
        also = ", or on another one of the same contact" if self.scope == "lead_contact" else ""
        return f"a dispute on the charge is open{also}"

    def message(self, facts: Facts, at: datetime) -> str:
        if label := facts.get("open_label"):
            return f"Dispute {label} is already open."
        if label := facts.get("contact_label"):
            return f"Dispute {label} is already open for the same contact."
        return "A dispute on this item is already open."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "The open dispute can be followed, edited or withdrawn instead."


_OF_CONTACT = (
    "FROM disputes_dispute d JOIN billing_charge o ON o.id = d.charge_id"
    f" WHERE d.customer_id = c.customer_id AND d.program_id = c.program_id"
    f" AND {_CONTACT.format('o')} = {_CONTACT.format('c')} AND {OPEN_DISPUTE}"
)


@dataclass(frozen=True)
class NeverDisputed(Rule):
    """At most ``max`` disputes on the charge were closed before; a withdrawn one does not count."""

    max: int = 0

    type: ClassVar[str] = "never_disputed"
    code: ClassVar[str] = "DISPUTE_FINAL"
    facts: ClassVar[Mapping[str, str]] = {
        "closed_at": "(SELECT max(d.closed_at) FROM disputes_dispute d WHERE d.charge_id = c.id)",
        "closed_label": "(SELECT d.label FROM disputes_dispute d WHERE d.charge_id = c.id AND d.closed_at IS NOT NULL"
        " ORDER BY d.closed_at DESC, d.id DESC LIMIT 1)",
    }

    def sql(self, place: int, moment: Moment) -> Bound:
        closed = "FROM disputes_dispute d WHERE d.charge_id = c.id AND d.closed_at IS NOT NULL"
        if self.max == 0:
            return Bound(f"NOT EXISTS (SELECT {closed})")
        # The first part is answered once for all charges; only charges with such a dispute are counted one by one.
        name = f"r{place}_max"
        count = f"(SELECT count(*) {closed}) <= %({name})s"
        return Bound(count if self.max < 0 else f"(NOT EXISTS (SELECT {closed}) OR {count})", {name: self.max})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return bool(facts["closed_count"] <= self.max)

    def when(self, said: Naming) -> str:
        more = f" more than {'once' if self.max == 1 else f'{self.max} times'}" if self.max > 0 else ""
        return f"it was decided before{more}"

    def oddity(self) -> str:
        return "It stops everything." if self.max < 0 else ""

    def message(self, facts: Facts, at: datetime) -> str:
        when = words.day(facts.get("closed_at"))
        label = facts.get("closed_label")
        on, as_number = (f" on {when}" if when else ""), (f" ({label})" if label else "")
        return f"Already decided{on}{as_number}; the decision is final."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "A representative can file it again with a written cause."


@dataclass(frozen=True)
class RemainingAmount(Rule):
    """Something of the charge is not credited; what is held is the open dispute's own."""

    type: ClassVar[str] = "remaining_amount"
    code: ClassVar[str] = "FULLY_CREDITED"
    facts: ClassVar[Mapping[str, str]] = {"billed_micros": "c.billed_micros"}

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(f"({REMAINING} > 0)")

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return bool(facts["credited_micros"] < facts["billed_micros"])

    def when(self, said: Naming) -> str:
        return "nothing of the charge is left to credit"

    def message(self, facts: Facts, at: datetime) -> str:
        if micros_of(facts, "billed_micros") == 0:
            return "Nothing was charged for it."
        return "This charge is already fully credited."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "A credit of this charge is reversed first." if micros_of(facts, "billed_micros") else ""
