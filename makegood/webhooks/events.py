"""Pure: which journal events other systems are told of, and what each message says.

A message holds ids, numbers, status words and amounts, and nothing that somebody wrote: every member is named here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from makegood.disputes.lifecycle import TABLE
from makegood.disputes.states import Origin
from makegood.kernel.money import plain
from makegood.parties.states import Verb
from makegood.webhooks.states import EventType

MOST_BYTES = 20_000
"""A payload stays below this."""


class Event(Protocol):
    """What is read of a journal row."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def principal(self) -> int | None: ...
    @property
    def event(self) -> str: ...
    @property
    def object_id(self) -> int: ...
    @property
    def program_id(self) -> int | None: ...
    @property
    def customer_id(self) -> int | None: ...
    @property
    def vendor_id(self) -> int | None: ...
    @property
    def changes(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class About:
    """What never changes about a dispute."""

    public_id: str
    number: int
    label: str
    customer_id: int
    charge_id: int
    currency: str
    origin: str = ""


@dataclass(frozen=True)
class Facts:
    """What messages name that the journal does not: disputes by id, credits by dispute and round, programs by id."""

    disputes: Mapping[int, About] = field(default_factory=dict)
    credits: Mapping[tuple[int, int], int] = field(default_factory=dict)
    programs: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """One thing to tell: ``needs`` is the permission to know it, the ids say whose it is, ``by`` who did it."""

    event_id: int
    dispute_id: int | None
    type: EventType
    at: datetime
    needs: Verb
    program_id: int | None
    customer_id: int | None
    vendor_id: int | None
    by: int | None
    data: Mapping[str, Any]

    @property
    def payload(self) -> str:
        """The body that is signed and sent: JSON with the type, the time (UTC) and the data."""
        return payload(self.type, self.at, self.data)


def payload(type: EventType, at: datetime, data: Mapping[str, Any]) -> str:
    """The text of a message; ``at`` is aware. Raises ValueError for one of 20 kB or more."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = json.dumps({"type": type.value, "timestamp": moment, "data": data}, separators=(",", ":"))
    if len(text) >= MOST_BYTES:
        raise ValueError(f"a {type} of {len(text)} bytes")
    return text


NEEDED: dict[EventType, Verb] = {
    **dict.fromkeys(EventType, Verb.DISPUTE_VIEW),
    EventType.DISPUTE_CLAIMED: Verb.DISPUTE_DECIDE,
    EventType.SLA_BREACHED: Verb.DISPUTE_DECIDE,
    EventType.BULK_PLAN_FINISHED: Verb.DISPUTE_DECIDE,
    EventType.VENDOR_REVENUE_ADJUSTED: Verb.PAYOUT_VIEW,
    EventType.IMPORT_FINISHED: Verb.IMPORT_RUN,
    EventType.POLICY_PUBLISHED: Verb.POLICY_EDIT,
    EventType.ENDPOINT_TEST: Verb.WEBHOOK_MANAGE,
}
"""What one has to be permitted to hear of an event; only who decides hears who works on what, and how late."""

_UNTOLD = frozenset({"dispute.submitted", "dispute.edited", "dispute.withdrawn"})
"""Of a dispute that quality assurance opened unasked, only who decides hears these: it may be taken back in time."""

_STAGES: Mapping[str, str] = {f"dispute.{row.event}": row.to.value for row in TABLE if row.to is not None}
"""The stage an event of a dispute leads to, where it leads to one."""

Data = dict[str, Any]


def money(micros: int, currency: str) -> Data:
    """An amount as messages say it: a decimal string, and its currency."""
    return {"amount": plain(micros, currency), "currency": currency}


def _number(changes: Mapping[str, Any], key: str) -> int | None:
    value = changes.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _amount(event: Event, name: str, currency: str) -> Data:
    return money(abs(_number(event.changes, name) or 0), currency)


def _about(event: Event, facts: Facts) -> Data:
    """What every message about a dispute begins with; its ``sequence`` grows with each change of the dispute."""
    about = facts.disputes[event.object_id]
    return {
        "sequence": event.id,
        "dispute": about.public_id,
        "number": about.number,
        "label": about.label,
        "customer_id": about.customer_id,
        "charge_id": about.charge_id,
        "program": facts.programs.get(event.program_id or 0),
    }


def _words(event: Event, *names: str) -> Data:
    """Codes and counts of the journal row, those of ``names`` that it has."""
    return {name: event.changes[name] for name in names if event.changes.get(name) not in (None, "")}


def _stage(event: Event) -> Data:
    stage = event.changes.get("stage") or _STAGES.get(event.event)
    return {"stage": stage} if stage else {}


Told = tuple[EventType, Data]


def _plain(type: EventType, *names: str) -> Callable[[Event, Facts], list[Told]]:
    """A message that says where the dispute stands now, and those facts of the journal row."""
    return lambda event, facts: [(type, {**_about(event, facts), **_stage(event), **_words(event, *names)})]


def _submitted(event: Event, facts: Facts) -> list[Told]:
    asked = {"amount": _amount(event, "amount_micros", facts.disputes[event.object_id].currency)}
    words = {**_stage(event), **asked, **_words(event, "reason", "origin")}
    return [(EventType.DISPUTE_SUBMITTED, {**_about(event, facts), **words})]


_CODES = ("reason", "type", "resolution")


def _edited(event: Event, facts: Facts) -> list[Told]:
    after = event.changes.get("after")
    after = after if isinstance(after, Mapping) else {}
    names = sorted("amount" if name == "amount_micros" else str(name) for name in after)
    data = {**_about(event, facts), "changed": names}
    micros = _number(after, "amount_micros")
    if micros is not None:
        data["amount"] = money(micros, facts.disputes[event.object_id].currency)
    data.update({name: after[name] or None for name in _CODES if name in after})
    return [(EventType.DISPUTE_UPDATED, data)]


def _committed(event: Event, facts: Facts) -> list[Told]:
    """The decision, what it credits, what it takes from the vendor, and the closing where it closes at once."""
    about, currency = _about(event, facts), facts.disputes[event.object_id].currency
    round_ = {"round": _number(event.changes, "round") or 1}
    outcome = {**_stage(event), **round_, **_words(event, "outcome")}
    credit = {"credit": _amount(event, "credit_micros", currency), "tax": _amount(event, "tax_micros", currency)}
    told = [(EventType.DISPUTE_DECIDED, {**about, **outcome, **credit})]
    if _number(event.changes, "credit_micros"):
        adjustment = {"adjustment_id": facts.credits.get((event.object_id, round_["round"]))}
        told.append((EventType.ADJUSTMENT_POSTED, {**about, **round_, **adjustment, **credit}))
    told += _revenue(event, about, -1, currency)
    if event.changes.get("stage") == "closed":
        told.append((EventType.DISPUTE_CLOSED, {**about, **outcome}))
    return told


def _reversed(event: Event, facts: Facts) -> list[Told]:
    about, currency = _about(event, facts), facts.disputes[event.object_id].currency
    moved = {"credit": _amount(event, "credit_micros", currency), "tax": _amount(event, "tax_micros", currency)}
    data = {**about, **_words(event, "round", "adjustment_id"), **moved}
    return [(EventType.ADJUSTMENT_REVERSED, data), *_revenue(event, about, 1, currency)]


def _fee(event: Event, facts: Facts) -> list[Told]:
    currency = facts.disputes[event.object_id].currency
    moved = {"fee": _amount(event, "fee_micros", currency), "tax": _amount(event, "tax_micros", currency)}
    data = {**_about(event, facts), **_words(event, "round", "adjustment_id"), **moved}
    return [(EventType.ADJUSTMENT_FEE_APPLIED, data)]


def _revenue(event: Event, about: Data, sign: int, currency: str) -> list[Told]:
    """What became of the vendor's revenue; nothing unless it changed. It says nothing of the customer."""
    clawback = abs(_number(event.changes, "clawback_micros") or 0)
    if not clawback or event.vendor_id is None:
        return []
    data = {name: value for name, value in about.items() if name != "customer_id"}
    data["vendor_id"] = event.vendor_id
    data["signed_change"] = money(sign * clawback, str(event.changes.get("payout_currency") or currency))
    return [(EventType.VENDOR_REVENUE_ADJUSTED, data)]


def _outside(event: Event, facts: Facts, id_name: str) -> Data:
    program = facts.programs.get(event.program_id or 0)
    return {"sequence": event.id, id_name: event.object_id, "program": program}


def _policy(event: Event, facts: Facts) -> list[Told]:
    data = {**_outside(event, facts, "policy_version_id"), "version": _number(event.changes, "number")}
    return [(EventType.POLICY_PUBLISHED, data)]


_COUNTS = ("bills", "imported", "credits", "updated", "unchanged", "corrections")


def _imported(event: Event, facts: Facts) -> list[Told]:
    kind = {"kind": event.event.removesuffix(".imported")}
    counts = {name: n for name in _COUNTS if (n := _number(event.changes, name)) is not None}
    return [(EventType.IMPORT_FINISHED, {**_outside(event, facts, "import_id"), **kind, **counts})]


def _plan(event: Event, facts: Facts) -> list[Told]:
    """Its id, its verb and whatever it counts; other words stay behind."""
    words = {"plan" if name == "id" else name: word for name, word in _words(event, "id", "verb", "state").items()}
    counts = {name: n for name in sorted(event.changes) if (n := _number(event.changes, name)) is not None}
    return [(EventType.BULK_PLAN_FINISHED, {**_outside(event, facts, "plan_id"), **words, **counts})]


def _evidence(event: Event, facts: Facts) -> list[Told]:
    """Files by what they are, without the names that somebody gave them; those of a draft are nobody's news."""
    if event.changes.get("draft"):
        return []
    files = event.changes.get("files")
    told = [{name: file.get(name) for name in _OF_FILES} for file in files] if isinstance(files, list) else []
    return [(EventType.EVIDENCE_ADDED, {**_about(event, facts), "files": told})]


_OF_FILES = ("id", "mime", "bytes", "sha256")

MEANINGS: dict[str, Callable[[Event, Facts], list[Told]]] = {
    "dispute.submitted": _submitted,
    "dispute.edited": _edited,
    "dispute.claimed": _plain(EventType.DISPUTE_CLAIMED),
    "dispute.info_requested": _plain(EventType.DISPUTE_INFO_REQUESTED, "round"),
    "dispute.info_provided": _plain(EventType.DISPUTE_INFO_PROVIDED, "round"),
    "dispute.withdrawn": _plain(EventType.DISPUTE_WITHDRAWN),
    "dispute.committed": _committed,
    "dispute.adjusted": _committed,
    "dispute.closed": _plain(EventType.DISPUTE_CLOSED, "round", "outcome", "resolution"),
    "dispute.reopened": _plain(EventType.DISPUTE_REOPENED, "round"),
    "dispute.re_review_requested": _plain(EventType.DISPUTE_RE_REVIEW_REQUESTED, "round"),
    "dispute.reversed": _reversed,
    "dispute.fee_applied": _fee,
    "dispute.evidence_added": _evidence,
    "dispute.sla_breached": _plain(EventType.SLA_BREACHED, "clock", "due_at"),
    "policy.published": _policy,
    "bills.imported": _imported,
    "charges.imported": _imported,
    "bulk_plan.finished": _plan,
}
"""Journal event -> messages. What happens inside the undo window is not among them: a decision is told when it
commits, so one that is undone sends nothing. Reviews have a name, and no journal event yet."""

ABOUT_DISPUTES = frozenset(name for name in MEANINGS if name.startswith("dispute."))


def _needed(event: Event, facts: Facts, type_: EventType) -> Verb:
    about = facts.disputes.get(event.object_id) if event.event in _UNTOLD else None
    unasked = about is not None and about.origin == Origin.QA_PROACTIVE
    return Verb.DISPUTE_DECIDE if unasked else NEEDED[type_]


def messages_of(events: Iterable[Event], facts: Facts) -> list[Message]:
    """What the events say to other systems, in reading order; most say nothing."""
    return [
        Message(
            event_id=event.id,
            dispute_id=event.object_id if event.event in ABOUT_DISPUTES else None,
            type=type_,
            at=event.at,
            needs=_needed(event, facts, type_),
            program_id=event.program_id,
            customer_id=event.customer_id,
            vendor_id=event.vendor_id,
            by=event.principal,
            data=data,
        )
        for event in events
        if event.event in MEANINGS and (event.event not in ABOUT_DISPUTES or event.object_id in facts.disputes)
        for type_, data in MEANINGS[event.event](event, facts)
    ]
