"""Every change of one case from the journal: who, when, from where, before and after. For the deciding side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.disputes.lifecycle import TABLE
from makegood.disputes.models import Dispute, Review
from makegood.disputes.selectors.review_story import events_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.journal.models import JournalEvent
from makegood.journal.selectors import history
from makegood.kernel.money import format_money
from makegood.kernel.phones import mask
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import User
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

_LEADS_TO = {f"dispute.{row.event}": row.to for row in TABLE if row.to is not None}
_PAYOUT = frozenset({"clawback_micros", "payout_currency", "payout_micros"})
_ANYWAY = frozenset(
    {"number", "label", "currency", "payout_currency", "charge_id", "stage", "before", "after", "assignee_label"}
)
"""What every event says, or what stands in columns of its own."""
_PHONE = re.compile(r"\+\d{8,15}")
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)+")
"""A value of one of our own lists, such as accepted_partial."""
_PERSON = frozenset({"submitted_by", "reviewer", "assignee", "by", "before", "from"})


@dataclass(frozen=True)
class Shift:
    """One thing that an event says: before and after, or ``after`` alone for a fact; ``at`` where that is a time."""

    name: str
    before: str
    after: str
    at: datetime | None = None


@dataclass(frozen=True)
class AuditRow:
    """One event: ``who`` acted, for whom, from which address, in which request, and what it changed."""

    id: int
    at: datetime
    who: str
    acting_for: str
    ip: str
    request: str
    verb: str
    event: str
    shifts: tuple[Shift, ...]

    @property
    def words(self) -> str:
        """The event as people say it: ``Fee applied``, and of a review ``Review skipped``."""
        kind, _, said = self.event.rpartition(".")
        words = said.replace("_", " ")
        return f"Review {words}" if kind == "review" else words.capitalize()


def audit_of(principal: Principal, dispute_id: int, *, after: int = 0) -> tuple[AuditRow, ...]:
    """Every event of a dispute, oldest first; those after event number ``after``.

    One that was opened unasked begins with what happened to its review: drawn, taken, put back, finished.
    Raises NotFound for one that is out of scope, NotPermitted for who does not decide.
    """
    dispute = disputes_visible_to(principal).select_related("charge").defer("charge__raw").filter(pk=dispute_id).first()
    if dispute is None:
        raise NotFound()
    demand(principal, Verb.DISPUTE_DECIDE)
    events = sorted([*_of_its_review(dispute), *history("dispute", dispute_id)], key=lambda one: (one.at, one.pk))
    names = _names(events)
    rows, stage = [], Stage.DRAFT.value
    for event in events:
        reached = _reached(event)
        rows.append(_row(principal, dispute, event, names, stage, reached))
        stage = reached or stage
    return tuple(row for row in rows if row.id > after)


def _of_its_review(dispute: Dispute) -> list[JournalEvent]:
    review = Review.objects.filter(dispute=dispute).first()
    return [] if review is None else events_of(review)


def _reached(event: JournalEvent) -> str:
    """The stage an event leads to; empty where it stays."""
    said = event.changes.get("stage")
    to = _LEADS_TO.get(event.event)
    return str(said) if said in set(Stage) else to.value if to else ""


def _names(events: Iterable[JournalEvent]) -> dict[int, str]:
    """The people that events name, by id."""
    ids = {event.acting_for for event in events if event.acting_for}
    ids |= {value for event in events for name, value in event.changes.items() if name in _PERSON and _is_id(value)}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _row(
    principal: Principal, dispute: Dispute, event: JournalEvent, names: Mapping[int, str], was: str, reached: str
) -> AuditRow:
    changes = event.changes
    shifts = [Shift("stage", was.replace("_", " "), reached.replace("_", " "))] if reached and reached != was else []
    before, after = changes.get("before"), changes.get("after")
    said = _Words(principal, changes, dispute, names)
    if "assignee_label" in changes:
        shifts.append(Shift("assignee", said.text("before", before), str(changes["assignee_label"]) or "nobody"))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        shifts += [Shift(said.name(n), said.text(n, before.get(n)), said.text(n, after.get(n))) for n in after]
    shifts += [
        Shift(said.name(name), "", said.text(name, value), _moment(name, value))
        for name, value in changes.items()
        if said.tells(name, value)
    ]
    return AuditRow(
        id=event.pk,
        at=event.at,
        who=event.principal_label,
        acting_for=names.get(event.acting_for or 0, ""),
        ip=event.ip or "",
        request=event.request_id,
        verb=event.verb,
        event=event.event,
        shifts=tuple(shifts),
    )


@dataclass(frozen=True)
class _Words:
    """How the facts of one event read to one principal."""

    principal: Principal
    changes: Mapping[str, Any]
    dispute: Dispute
    names: Mapping[int, str]

    def tells(self, name: str, value: Any) -> bool:
        """Whether a fact is shown by itself."""
        if name in _ANYWAY or value in (None, "", [], {}) or (name == "assignee" and "assignee_label" in self.changes):
            return False
        return name not in _PAYOUT or self.principal.can(Verb.PAYOUT_VIEW)

    def name(self, name: str) -> str:
        """A fact's name as people read it."""
        return "amount" if name == "micros" else name.removesuffix("_micros").replace("_", " ")

    def text(self, name: str, value: Any) -> str:
        """A fact as people read it: money as money, people by name, numbers masked as everywhere."""
        if value in (None, "", [], {}):
            return ""
        if (name == "micros" or name.endswith("_micros")) and _is_id(value):
            return format_money(value, self._currency(name))
        if name in _PERSON and _is_id(value):
            return self.names.get(value, str(value))
        if isinstance(value, bool):
            return "yes" if value else "no"
        words = _flat(value)
        return self._unnumbered(words.replace("_", " ") if _WORD.fullmatch(words) else words)

    def _currency(self, name: str) -> str:
        if name in _PAYOUT:
            return str(self.changes.get("payout_currency") or self.dispute.charge.payout_currency)
        return str(self.changes.get("currency") or self.dispute.currency)

    def _unnumbered(self, text: str) -> str:
        if self.principal.can(Verb.PHONE_VIEW):
            return text
        return _PHONE.sub(lambda found: mask(found[0]), text)


def _moment(name: str, value: Any) -> datetime | None:
    """The time that a fact is; None for any other."""
    if not isinstance(value, str) or not name.endswith(("_after", "_at", "until")):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _flat(value: Any) -> str:
    if isinstance(value, Mapping) and {"name", "sha256"} <= value.keys():
        return f"{value['name']}, {value.get('mime', '')}, {value.get('bytes', '?')} bytes, sha256 {value['sha256']}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_flat(one)}" for name, one in value.items() if one not in (None, ""))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_flat(one) for one in value)
    return str(value)


def last_event(rows: Sequence[AuditRow]) -> int:
    """The number of the newest event; 0 without any."""
    return rows[-1].id if rows else 0
