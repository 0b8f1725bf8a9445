"""Pure: which journal events people are told of, and what each one means for a message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from makegood.notifications.states import FILINGS, QUESTIONS, SIDES, SIGNATURES, Side, Template


class Event(Protocol):
    """What is read of a journal row."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def event(self) -> str: ...
    @property
    def principal(self) -> int | None: ...
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
class Party:
    """Whom a notice concerns: everybody with the same answer has the same recipients.

    ``person`` is the reviewer or assignee it is for; ``to`` a side other than the message's own. ``dispute_id`` is the
    one that followers follow, ``but`` who is left out, ``sum`` what a signer's limit has to cover (currency, micros),
    ``inside`` keeps it among those who decide.
    """

    template: Template
    program_id: int | None
    customer_id: int | None
    vendor_id: int | None
    submitted_by: int | None = None
    person: int | None = None
    to: Side | None = None
    dispute_id: int | None = None
    but: int | None = None
    sum: tuple[str, int] | None = None
    inside: bool = False

    @property
    def side(self) -> Side:
        """Who is told."""
        return self.to or SIDES[self.template]


@dataclass(frozen=True)
class Notice:
    """One thing to tell one side. A message counts the subjects whose deltas do not sum to zero.

    ``subject_id`` is the dispute, for vendors the charge; ``delta`` is 1, for vendors the micros that their
    revenue changed by, in ``currency``. ``facts`` are what its own sentence names, where it has one.
    """

    event_id: int
    at: datetime
    party: Party
    dispute_id: int
    subject_id: int
    charge_id: int | None
    currency: str
    delta: int
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cancellation:
    """Takes back, inside the same window, what some messages were going to tell of one dispute."""

    event_id: int
    at: datetime
    dispute_id: int
    templates: frozenset[Template] = FILINGS
    charge_id: int | None = None
    currency: str = ""
    delta: int = -1

    @property
    def subject_id(self) -> int:
        """What these messages are counted by."""
        return self.dispute_id

    @property
    def facts(self) -> Mapping[str, Any]:
        """Nothing is said of what is taken back."""
        return {}


Effect = Notice | Cancellation

BY_BUYERS = "buyer"
BY_OTHERS = frozenset({"csr", "api", "import"})


def _number(changes: Mapping[str, Any], key: str) -> int | None:
    value = changes.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _party(event: Event, template: Template, **who: Any) -> Party:
    return Party(template, event.program_id, event.customer_id, event.vendor_id, **who)


def _notice(event: Event, party: Party, facts: Mapping[str, Any] | None = None) -> Notice:
    return Notice(
        event_id=event.id,
        at=event.at,
        party=party,
        dispute_id=event.object_id,
        subject_id=event.object_id,
        charge_id=_number(event.changes, "charge_id"),
        currency="",
        delta=1,
        facts={} if facts is None else {"label": _label(event), **facts},
    )


def _label(event: Event) -> str:
    label = event.changes.get("label")
    return label if isinstance(label, str) and label else f"D-{event.changes.get('number', event.object_id)}"


def _own(event: Event, template: Template, facts: Mapping[str, Any] | None = None) -> Notice:
    """A notice for the submitting side."""
    return _notice(event, _party(event, template, submitted_by=_number(event.changes, "submitted_by")), facts)


def _text(changes: Mapping[str, Any], key: str) -> str:
    value = changes.get(key)
    return value.strip() if isinstance(value, str) else ""


def _amounts(changes: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "micros": abs(_number(changes, name) or 0),
        "tax_micros": abs(_number(changes, "tax_micros") or 0),
        "currency": _text(changes, "currency"),
    }


def _submitted(event: Event) -> list[Effect]:
    origin = event.changes.get("origin")
    if origin != BY_BUYERS and origin not in BY_OTHERS:
        return []
    new = Template.NEW if origin == BY_BUYERS else Template.NEW_BY_OTHERS
    return [_notice(event, _party(event, new)), _notice(event, _party(event, Template.FLAGGED))]


def _withdrawn(event: Event) -> list[Effect]:
    return [Cancellation(event.id, event.at, event.object_id)]


def _revenue(event: Event, sign: int) -> list[Effect]:
    """What the vendor is told: nothing unless money was clawed back or given back."""
    clawback = abs(_number(event.changes, "clawback_micros") or 0)
    charge_id = _number(event.changes, "charge_id")
    if not clawback or charge_id is None or event.vendor_id is None:
        return []
    notice = Notice(
        event_id=event.id,
        at=event.at,
        party=_party(event, Template.VENDOR_REVENUE),
        dispute_id=event.object_id,
        subject_id=charge_id,
        charge_id=charge_id,
        currency=_text(event.changes, "payout_currency"),
        delta=sign * clawback,
    )
    return [notice]


def _committed(event: Event) -> list[Effect]:
    facts = {
        **_amounts(event.changes, "credit_micros"),
        "outcome": event.changes.get("outcome"),
        "round": _number(event.changes, "round") or 1,
    }
    told = [_own(event, Template.REVIEWED), _own(event, Template.LETTER, facts), *_revenue(event, -1)]
    return [*told, _news(event, "decided")]


def _news(event: Event, news: str) -> Notice:
    """What followers hear of; a note stays among those who decide."""
    party = _party(event, Template.FOLLOWED, dispute_id=event.object_id, but=event.principal, inside=news == "noted")
    return _notice(event, party, {"news": news})


def _recommended(event: Event) -> list[Effect]:
    """Those who may sign it: whoever decides as much alone, but for its author."""
    amount = (_text(event.changes, "currency"), _number(event.changes, "micros") or 0)
    party = _party(event, Template.TO_SIGN, but=_number(event.changes, "author"), sum=amount)
    return [_notice(event, party)]


def _answered(event: Event) -> list[Effect]:
    return [Cancellation(event.id, event.at, event.object_id, SIGNATURES)]


def _declined(event: Event) -> list[Effect]:
    author = _number(event.changes, "author")
    facts = {"cause": _text(event.changes, "cause")}
    return [*_answered(event), _notice(event, _party(event, Template.NOT_SIGNED, person=author), facts)]


def _assigned(event: Event) -> list[Effect]:
    """Whoever it is given to, unless they took it themselves."""
    person = _number(event.changes, "assignee")
    if person is None or person == event.principal:
        return []
    return [_notice(event, _party(event, Template.ASSIGNED, person=person), {})]


def _escalated(event: Event) -> list[Effect]:
    """Those whom the program named for what is late; those who lead otherwise."""
    facts = {"cause": _text(event.changes, "cause")}
    people = [one for one in event.changes.get("people") or () if isinstance(one, int)]
    parties = [_party(event, Template.ESCALATED, person=one) for one in people]
    return [_notice(event, one, facts) for one in parties or [_party(event, Template.ESCALATED, but=event.principal)]]


def _reversed(event: Event) -> list[Effect]:
    facts = _amounts(event.changes, "credit_micros")
    told = [_own(event, Template.MONEY_MOVED, facts)] if facts["micros"] else []
    return [*told, *_revenue(event, 1)]


def _fee_applied(event: Event) -> list[Effect]:
    facts = {**_amounts(event.changes, "fee_micros"), "is_fee": True, "note": _text(event.changes, "note")}
    return [_own(event, Template.MONEY_MOVED, facts)]


def _reopened(event: Event) -> list[Effect]:
    if event.changes.get("correction") is True:  # reopened, reversed and closed in one: told as the reversal alone
        return []
    return [_notice(event, _party(event, Template.REOPENED), {}), _own(event, Template.REOPENED_OWN, {})]


def _info_requested(event: Event) -> list[Effect]:
    return [_own(event, Template.INFO, {"question": _text(event.changes, "question")})]


def _info_provided(event: Event) -> list[Effect]:
    answered = Cancellation(event.id, event.at, event.object_id, QUESTIONS)
    reviewer = _number(event.changes, "reviewer")
    if reviewer is None:
        return [answered]
    return [answered, _notice(event, _party(event, Template.ANSWERED, person=reviewer), {})]


def _late(event: Event, *, is_breach: bool) -> list[Effect]:
    """The assignee first; those who lead as well once it is too late, or where nobody is assigned."""
    facts = {"clock": _text(event.changes, "clock"), "is_breach": is_breach}
    assignee = _number(event.changes, "assignee")
    parties = [] if assignee is None else [_party(event, Template.SLA, person=assignee)]
    if is_breach or assignee is None:
        parties.append(_party(event, Template.SLA, to=Side.LEAD))
    return [_notice(event, party, facts) for party in parties]


def _closed(event: Event) -> list[Effect]:
    if event.changes.get("told") is not False:
        return []
    outcome = event.changes.get("outcome")
    resolution = _text(event.changes, "resolution").replace("_", " ").capitalize()
    facts = {"outcome": outcome, "resolution": resolution}
    return [_own(event, Template.CLOSED, facts)]


def _verified(event: Event) -> list[Effect]:
    broken = event.changes.get("broken")
    if not isinstance(broken, list) or not broken:
        return []
    facts = {"broken": len(broken), "laws": _number(event.changes, "laws"), "first": _text(event.changes, "sentence")}
    return [_notice(event, _party(event, Template.ALARM), facts)]


def _stopped(event: Event) -> list[Effect]:
    """Its owner, or the admins where it belongs to no person; nobody where somebody stopped it by hand."""
    cause, owner = _text(event.changes, "cause"), _number(event.changes, "owner")
    if cause == "by_hand":
        return []
    names = {"endpoint": _text(event.changes, "endpoint"), "failures": _number(event.changes, "failures")}
    told = owner is not None and cause != "owner"  # who may not manage webhooks any more is told nothing of them
    to = {"person": owner} if told else {"to": Side.ADMIN}
    return [_notice(event, _party(event, Template.WEBHOOK, **to), {**names, "cause": cause})]


MEANINGS: dict[str, Callable[[Event], list[Effect]]] = {
    "dispute.submitted": _submitted,
    "dispute.withdrawn": _withdrawn,
    "dispute.committed": _committed,
    "dispute.adjusted": _committed,
    "dispute.reversed": _reversed,
    "dispute.fee_applied": _fee_applied,
    "dispute.reopened": _reopened,
    "dispute.re_review_requested": _reopened,
    "dispute.info_requested": _info_requested,
    "dispute.info_provided": _info_provided,
    "dispute.sla_warned": lambda event: _late(event, is_breach=False),
    "dispute.sla_breached": lambda event: _late(event, is_breach=True),
    "dispute.closed": _closed,
    "dispute.recommended": _recommended,
    "dispute.approved": _answered,
    "dispute.declined": _declined,
    "dispute.recommendation_withdrawn": _answered,
    "dispute.assigned": _assigned,
    "dispute.escalated": _escalated,
    "dispute.commented": lambda event: [_news(event, "commented")],
    "dispute.further_question": lambda event: [_news(event, "commented")],
    "dispute.noted": lambda event: [_news(event, "noted")],
    "system.verified": _verified,
    "webhook.paused": _stopped,
    "webhook.disabled": _stopped,
}
"""The events that lead to messages. A decision is told when it is committed, so an undone one never is."""


def effects_of(events: Iterable[Event]) -> list[Effect]:
    """What the events mean for messages, in reading order; most events mean nothing."""
    effects: list[Effect] = []
    for event in events:
        meaning = MEANINGS.get(event.event)
        if meaning is not None:
            effects += meaning(event)
    return effects
