"""Rule types that speak when they find something: for the reviewer, or to grant within a budget. None blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from makegood.disputes.policy import words
from makegood.disputes.policy.base import Bound, Facts, Hint, Moment, Phase
from makegood.disputes.policy.expressions import ASKED, micros_of
from makegood.disputes.policy.naming import Naming
from makegood.kernel.money import format_money


@dataclass(frozen=True)
class BillableGuideline(Hint):
    """The reason, the call's status or a tag of the platform names a finding that is billable by the program's rules.

    ``findings`` are words such as ``voicemail``; ``missed_call`` is also found in a call that was not answered.
    """

    findings: tuple[str, ...] = ()

    type: ClassVar[str] = "billable_guideline"
    code: ClassVar[str] = "VALID_CALL_GUIDELINE"
    phase: ClassVar[Phase] = Phase.REASON
    suggests: ClassVar[str] = "reject"

    def _found(self, place: int) -> Bound:
        name = f"r{place}_findings"
        return Bound(
            f"(SELECT f.word FROM unnest(%({name})s::text[]) WITH ORDINALITY AS f (word, n)"
            " WHERE f.word = lower(i.reason_code) OR f.word = lower(c.disposition)"
            " OR f.word = ANY(lower(c.platform_tags::text)::text[])"
            " OR (f.word = 'missed_call' AND c.answered = false) ORDER BY f.n LIMIT 1)",
            {name: [word.lower() for word in self.findings]},
        )

    def sql(self, place: int, moment: Moment) -> Bound:
        named = f"%(r{place}_findings)s::text[]"
        return Bound(
            f"(lower(c.disposition) = ANY({named}) OR lower(c.platform_tags::text)::text[] && {named}"
            f" OR coalesce(lower(i.reason_code) = ANY({named}), false)"
            f" OR ('missed_call' = ANY({named}) AND c.answered IS false))",
            self._found(place).params,
        )

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """The finding."""
        return {"finding": self._found(place)}

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        said = {str(facts["reason_code"] or "").lower(), facts["disposition"].lower()}
        said |= {tag.lower() for tag in facts["platform_tags"]}
        said |= {"missed_call"} if facts["answered"] is False else set()
        return any(word.lower() in said for word in self.findings)

    def when(self, said: Naming) -> str:
        found = said.either(self.findings)
        return f"the reason, the call status or a tag says {found}, which is billable by the guideline"

    def oddity(self) -> str:
        return "It names no finding." if not self.findings else ""

    def message(self, facts: Facts, at: datetime) -> str:
        found = words.spelled(facts.get("finding") or "call like this")
        return f"By this program's rules a {found} is a valid, billable call."


@dataclass(frozen=True)
class _Repeat(Hint):
    """The same number called the same customer before, within ``hours``, and that call was billed."""

    hours: int = 720
    same_category: bool = False

    def _before(self, place: int) -> Bound:
        same = " AND o.category_id IS NOT DISTINCT FROM c.category_id" if self.same_category else ""
        name = f"r{place}_hours"
        return Bound(
            "FROM billing_charge o WHERE o.caller_e164 = c.caller_e164 AND o.id <> c.id"
            f" AND o.occurred_at >= c.occurred_at - %({name})s::interval"
            " AND (o.occurred_at, o.id) < (c.occurred_at, c.id) AND o.customer_id = c.customer_id"
            f" AND o.program_id = c.program_id AND o.billed_at IS NOT NULL{same}",
            {name: timedelta(hours=self.hours)},
        )

    def sql(self, place: int, moment: Moment) -> Bound:
        before = self._before(place)
        return Bound(f"(CASE WHEN c.caller_e164 IS NOT NULL THEN EXISTS (SELECT {before.sql}) END)", before.params)

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """How often the number called before, and which call was the first."""
        before = self._before(place)
        first = f"(SELECT o.external_id {before.sql} ORDER BY o.occurred_at, o.id LIMIT 1)"
        return {
            "calls": Bound(f"(SELECT count(*) {before.sql})", before.params),
            "first_call": Bound(first, before.params),
        }

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        if facts["caller_e164"] is None:
            return None
        since = facts["occurred_at"] - timedelta(hours=self.hours)
        return any(
            since <= at and (not self.same_category or category == facts["category"])
            for at, category in facts["calls_before"]
        )

    def when(self, said: Naming) -> str:
        same = " for the same category" if self.same_category else ""
        return f"the same number called the same buyer{same} in the {words.hours(self.hours)} before"

    def oddity(self) -> str:
        return "No call lies within the hours it looks at." if self.hours <= 0 else ""


@dataclass(frozen=True)
class DuplicateHint(_Repeat):
    """The same number called the same customer before, within ``hours``, and that call was billed."""

    type: ClassVar[str] = "duplicate_hint"
    code: ClassVar[str] = "LIKELY_DUPLICATE"

    def message(self, facts: Facts, at: datetime) -> str:
        calls = int(facts.get("calls") or 0)
        if not calls:
            return f"The same caller called before within {words.hours(self.hours)}."
        times = "once" if calls == 1 else f"{calls} times"
        return f"Same caller {times} in the {words.hours(self.hours)} before; the first was {facts.get('first_call')}."


@dataclass(frozen=True)
class DuplicateAuto(_Repeat):
    """A repeat call from the same number within ``hours``; grants, within a budget."""

    type: ClassVar[str] = "duplicate_auto"
    code: ClassVar[str] = "AUTO_DUPLICATE"
    phase: ClassVar[Phase] = Phase.AUTO
    suggests: ClassVar[str] = "accept"

    def message(self, facts: Facts, at: datetime) -> str:
        first = facts.get("first_call")
        return (
            f"Repeat call from the same number; the first was {first}."
            if first
            else "Repeat call from the same number."
        )


@dataclass(frozen=True)
class ShortCallAuto(Hint):
    """The call lasted under ``max_s`` seconds, with at most ``speech_s_max`` seconds of speech; grants."""

    max_s: int = 20
    speech_s_max: int = 0

    type: ClassVar[str] = "short_call_auto"
    code: ClassVar[str] = "AUTO_SHORT"
    phase: ClassVar[Phase] = Phase.AUTO
    suggests: ClassVar[str] = "accept"
    facts: ClassVar[Mapping[str, str]] = {"duration_s": "c.duration_s", "speech_s": "c.speech_s"}

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(
            f"(c.duration_s < %(r{place}_max)s AND c.speech_s <= %(r{place}_speech)s)",
            {f"r{place}_max": self.max_s, f"r{place}_speech": self.speech_s_max},
        )

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        length, speech = facts["duration_s"], facts["speech_s"]
        parts: list[Any] = [None if length is None else length < self.max_s]
        parts.append(None if speech is None else speech <= self.speech_s_max)
        return False if False in parts else None if None in parts else True

    def when(self, said: Naming) -> str:
        speech = f"at most {words.seconds(self.speech_s_max)} of speech" if self.speech_s_max > 0 else "no speech"
        return f"the call lasted under {words.seconds(self.max_s)} with {speech}"

    def oddity(self) -> str:
        return "No call is that short." if self.max_s <= 0 else ""

    def message(self, facts: Facts, at: datetime) -> str:
        speech = f"at most {words.seconds(self.speech_s_max)} of speech" if self.speech_s_max else "no speech"
        return f"Under {words.seconds(self.max_s)} with {speech}."


@dataclass(frozen=True)
class SmallAmountAuto(Hint):
    """The asked amount is at most ``micros``; grants."""

    micros: int = 0

    type: ClassVar[str] = "small_amount_auto"
    code: ClassVar[str] = "AUTO_SMALL"
    phase: ClassVar[Phase] = Phase.AUTO
    suggests: ClassVar[str] = "accept"
    facts: ClassVar[Mapping[str, str]] = {"asked_micros": ASKED, "currency": "c.currency"}

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound(f"({ASKED} BETWEEN 1 AND %(r{place}_most)s::bigint)", {f"r{place}_most": self.micros})

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        remaining = facts["billed_micros"] - facts["credited_micros"]
        asked = remaining if facts["asked_micros"] is None else facts["asked_micros"]
        return bool(1 <= asked <= self.micros)

    def when(self, said: Naming) -> str:
        return f"at most {said.money(self.micros)} is asked"

    def oddity(self) -> str:
        return "No amount is that small." if self.micros <= 0 else ""

    def message(self, facts: Facts, at: datetime) -> str:
        if micros_of(facts, "asked_micros") is None:
            return "Below the write-off threshold."
        return f"Below the write-off threshold of {format_money(self.micros, facts['currency'])}."
