"""Rule types that look at the charge alone: billed, answered, recorded, how long, which kind, on which invoice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal

from makegood.disputes.policy import words
from makegood.disputes.policy.base import Bound, Facts, Moment, Rule, RuleError
from makegood.disputes.policy.expressions import INVOICE, PERIOD
from makegood.disputes.policy.naming import Naming


@dataclass(frozen=True)
class Billed(Rule):
    """Only what was billed can be disputed."""

    type: ClassVar[str] = "billed"
    code: ClassVar[str] = "NOT_BILLED"

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound("c.billed_at IS NOT NULL")

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return facts["billed_at"] is not None

    def when(self, said: Naming) -> str:
        return "it was not billed"

    def message(self, facts: Facts, at: datetime) -> str:
        return "Only billed items can be disputed."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "Nothing was charged for it so far; once it is billed, it can be disputed."


@dataclass(frozen=True)
class Answered(Rule):
    """The call was answered, and connected for at least ``min_connect_s`` seconds."""

    min_connect_s: int = 0

    type: ClassVar[str] = "answered"
    code: ClassVar[str] = "NOT_ANSWERED"
    facts: ClassVar[Mapping[str, str]] = {"answered": "c.answered", "connect_s": "c.connect_s"}

    def sql(self, place: int, moment: Moment) -> Bound:
        if self.min_connect_s <= 0:
            return Bound("c.answered")
        name = f"r{place}_min"
        return Bound(f"(c.answered AND c.connect_s >= %({name})s)", {name: self.min_connect_s})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        answered, connected = facts["answered"], facts["connect_s"]
        if self.min_connect_s <= 0 or answered is False:
            return bool(answered) if answered is not None else None
        if connected is not None and connected < self.min_connect_s:
            return False
        return None if answered is None or connected is None else True

    def when(self, said: Naming) -> str:
        least = f", or connected for less than {words.seconds(self.min_connect_s)}" if self.min_connect_s > 0 else ""
        return f"the call was not answered{least}"

    def message(self, facts: Facts, at: datetime) -> str:
        if facts.get("answered") is None:
            return "It is not known whether the call was answered."
        if facts["answered"]:
            connected = facts.get("connect_s")
            spoke = "an unknown time" if connected is None else words.seconds(connected)
            return f"The call was connected for {spoke}; it takes at least {words.seconds(self.min_connect_s)}."
        return "The call was not answered; missed calls are billable."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        if self.min_connect_s > 0:
            return f"Answered, and connected for at least {words.seconds(self.min_connect_s)}."
        return "The call was answered."


@dataclass(frozen=True)
class RecordingEnabled(Rule):
    """Recording was on when the call came; ``must_exist`` and ``min_ms`` also ask for the file and its length."""

    must_exist: bool = False
    min_ms: int = 0

    type: ClassVar[str] = "recording_enabled"
    code: ClassVar[str] = "NO_RECORDING"
    facts: ClassVar[Mapping[str, str]] = {
        "recording_enabled": "c.recording_enabled",
        "recording_exists": "(c.recording_url <> '' OR c.recording_ms IS NOT NULL)",
        "recording_ms": "c.recording_ms",
    }

    def sql(self, place: int, moment: Moment) -> Bound:
        parts, params = ["c.recording_enabled"], {}
        if self.must_exist:
            parts.append("(c.recording_url <> '' OR c.recording_ms IS NOT NULL)")
        if self.min_ms > 0:
            parts.append(f"c.recording_ms >= %(r{place}_ms)s")
            params[f"r{place}_ms"] = self.min_ms
        return Bound(f"({' AND '.join(parts)})", params)

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        parts: list[bool | None] = [facts["recording_enabled"]]
        if self.must_exist:
            parts.append(facts["recording_url"] != "" or facts["recording_ms"] is not None)
        if self.min_ms > 0:
            length = facts["recording_ms"]
            parts.append(None if length is None else length >= self.min_ms)
        return False if False in parts else None if None in parts else True

    def when(self, said: Naming) -> str:
        exists = ", or there is no recording" if self.must_exist else ""
        length = f", or it is shorter than {words.milliseconds(self.min_ms)}" if self.min_ms > 0 else ""
        return f"recording was off when the call arrived{exists}{length}"

    def message(self, facts: Facts, at: datetime) -> str:
        if facts.get("recording_enabled") is None:
            return "It is not known whether recording was on when this call arrived."
        if not facts["recording_enabled"]:
            return "Recording was off when this call arrived, so it cannot be reviewed."
        if self.must_exist and not facts.get("recording_exists"):
            return "There is no recording of this call, so it cannot be reviewed."
        length = facts.get("recording_ms")
        told = "of unknown length" if length is None else f"only {words.seconds(length // 1000)} long"
        return f"The recording is {told}, so it cannot be reviewed."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        if self.min_ms > 0:
            return f"There is a recording of at least {words.seconds(self.min_ms // 1000)}."
        return "Recording was on when the call arrived."


@dataclass(frozen=True)
class Duration(Rule):
    """The call's length lies inside the range (``eligible_if``) or outside it (``ineligible_if``), ends included."""

    min_s: int | None = None
    max_s: int | None = None
    mode: Literal["eligible_if", "ineligible_if"] = "eligible_if"

    type: ClassVar[str] = "duration"
    code: ClassVar[str] = "DURATION_OUT_OF_RANGE"
    facts: ClassVar[Mapping[str, str]] = {"duration_s": "c.duration_s"}

    def sql(self, place: int, moment: Moment) -> Bound:
        parts, params = [], {}
        for sign, name, value in ((">=", f"r{place}_min", self.min_s), ("<=", f"r{place}_max", self.max_s)):
            if value is not None:
                parts.append(f"c.duration_s {sign} %({name})s")
                params[name] = value
        inside = " AND ".join(parts) or "c.duration_s IS NOT NULL OR NULL"
        return Bound(f"({inside})" if self.mode == "eligible_if" else f"(NOT ({inside}))", params)

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        length = facts["duration_s"]
        if length is None:
            return None
        inside = (self.min_s is None or length >= self.min_s) and (self.max_s is None or length <= self.max_s)
        return inside == (self.mode == "eligible_if")

    def _range(self) -> str:
        if self.min_s is not None and self.max_s is not None:
            return f"from {words.seconds(self.min_s)} to {words.seconds(self.max_s)}"
        if self.min_s is not None:
            return f"at least {words.seconds(self.min_s)}"
        return f"at most {words.seconds(self.max_s)}" if self.max_s is not None else "any length"

    def when(self, said: Naming) -> str:
        if self.mode == "ineligible_if":
            return f"the call lasted {self._range()}"
        parts = [f"less than {words.seconds(self.min_s)}"] if self.min_s is not None else []
        parts += [f"more than {words.seconds(self.max_s)}"] if self.max_s is not None else []
        return f"the call lasted {' or '.join(parts) or 'an unknown time'}"

    def oddity(self) -> str:
        if self.min_s is None and self.max_s is None:
            return "It names no length." if self.mode == "eligible_if" else "It speaks of every call."
        if self.min_s is not None and self.max_s is not None and self.min_s > self.max_s:
            return f"No call lasts {self._range()}."
        return ""

    def message(self, facts: Facts, at: datetime) -> str:
        length = facts.get("duration_s")
        rule = self._range() if self.mode == "eligible_if" else f"not {self._range()}"
        if length is None:
            return f"How long the call lasted is not known; the rule is {rule}."
        return f"The call lasted {words.seconds(length)}; the rule is {rule}."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"The call lasted {'' if self.mode == 'eligible_if' else 'not '}{self._range()}."


@dataclass(frozen=True)
class Disposition(Rule):
    """The call's status is in the list that may be disputed, or not in the list that may not."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    type: ClassVar[str] = "disposition"
    code: ClassVar[str] = "DISPOSITION_NOT_DISPUTABLE"
    facts: ClassVar[Mapping[str, str]] = {"disposition": "c.disposition"}

    def __post_init__(self) -> None:
        if self.allow and self.deny:
            raise RuleError("a disposition rule has a list that is allowed or a list that is denied, not both")

    def sql(self, place: int, moment: Moment) -> Bound:
        name = f"r{place}_{'deny' if self.deny else 'allow'}"
        within = f"nullif(c.disposition, '') = ANY(%({name})s::text[])"
        return Bound(f"(NOT {within})" if self.deny else f"({within})", {name: list(self.deny or self.allow)})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        if not facts["disposition"]:
            return None
        return facts["disposition"] not in self.deny if self.deny else facts["disposition"] in self.allow

    def when(self, said: Naming) -> str:
        if self.deny:
            return f"the call status is {said.either(self.deny)}"
        return f"the call status is none of: {', '.join(map(said.of, self.allow)) or 'no status at all'}"

    def oddity(self) -> str:
        return "It names no status." if not self.allow and not self.deny else ""

    def message(self, facts: Facts, at: datetime) -> str:
        status = words.spelled(facts.get("disposition") or "unknown")
        cannot = "cannot be" if self.severity in {"block", "override"} else "are usually not"
        return f'Calls with status "{status}" {cannot} disputed.'

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        if self.deny:
            return f"Status is none of: {words.listed(self.deny)}."
        return f"Status is one of: {words.listed(self.allow)}."


@dataclass(frozen=True)
class Kind(Rule):
    """The charge is of a kind that is disputed here."""

    allow: tuple[str, ...] = ()

    type: ClassVar[str] = "kind"
    code: ClassVar[str] = "KIND_NOT_DISPUTABLE"
    facts: ClassVar[Mapping[str, str]] = {"subkind": "c.subkind"}

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(f"(c.subkind = ANY(%(r{place}_allow)s::text[]))", {f"r{place}_allow": list(self.allow)})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        return facts["subkind"] in self.allow

    def when(self, said: Naming) -> str:
        return f"the charge is none of: {', '.join(map(said.of, self.allow)) or 'no kind at all'}"

    def oddity(self) -> str:
        return "It names no kind of charge." if not self.allow else ""

    def message(self, facts: Facts, at: datetime) -> str:
        kind = words.spelled(facts.get("subkind") or "such")
        return f"{kind[0].upper()}{kind[1:]} charges are handled elsewhere."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"The charge is one of: {words.listed(self.allow)}."


@dataclass(frozen=True)
class InvoiceState(Rule):
    """The charge's invoice is issued, not written off, and at most ``max_age_periods`` bill periods old."""

    allow: tuple[str, ...] = ("issued", "paid")
    max_age_periods: int | None = None

    type: ClassVar[str] = "invoice_status"
    code: ClassVar[str] = "INVOICE_NOT_DISPUTABLE"
    facts: ClassVar[Mapping[str, str]] = {"invoice_number": "c.invoice_number"}

    def joins(self, place: int, moment: Moment) -> tuple[Bound, ...]:
        """The invoice; with an age also how many periods of the customer began after its own."""
        if self.max_age_periods is None:
            return (INVOICE,)
        age = Bound(
            "LEFT JOIN LATERAL (SELECT count(*) AS age FROM billing_bill_period q WHERE q.customer_id = p.customer_id"
            f" AND q.starts_on > p.starts_on AND q.starts_on <= %(r{place}_today)s::date) AS o{place} ON true",
            {f"r{place}_today": moment.now.astimezone(UTC).date()},
        )
        return (INVOICE, PERIOD, age)

    def sql(self, place: int, moment: Moment) -> Bound:
        allowed = f"inv.status = ANY(%(r{place}_allow)s::text[])"
        params: dict[str, object] = {f"r{place}_allow": list(self.allow)}
        if self.max_age_periods is None:
            return Bound(f"({allowed})", params)
        params[f"r{place}_age"] = self.max_age_periods
        return Bound(f"({allowed} AND o{place}.age <= %(r{place}_age)s)", params)

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """The invoice's status, and its age in periods where that counts."""
        own = {"status": Bound("inv.status")}
        if self.max_age_periods is not None:
            own["age_periods"] = Bound(f"o{place}.age")
        return own

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        if facts["invoice_status"] is None:
            return None
        recent = self.max_age_periods is None or facts["invoice_age"] <= self.max_age_periods
        return bool(facts["invoice_status"] in self.allow and recent)

    def when(self, said: Naming) -> str:
        age = ""
        if self.max_age_periods is not None:
            age = f", or the invoice is more than {words.counted(self.max_age_periods, 'bill period')} old"
        return f"its invoice is none of: {', '.join(map(said.of, self.allow)) or 'no status at all'}{age}"

    def oddity(self) -> str:
        return "It names no status of an invoice." if not self.allow else ""

    def message(self, facts: Facts, at: datetime) -> str:
        number, status = facts.get("invoice_number"), facts.get("status")
        if status is None:
            return "It is on no invoice so far."
        invoice = f"Invoice {number}" if number else "Its invoice"
        if status in self.allow:
            periods = words.counted(int(facts.get("age_periods") or 0), "bill period")
            return (
                f"{invoice} is {periods} old; the limit is {words.counted(self.max_age_periods or 0, 'bill period')}."
            )
        return f"{invoice} is {words.spelled(status)}."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return f"Its invoice is one of: {words.listed(self.allow)}."
