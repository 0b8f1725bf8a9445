"""The story of one dispute from the journal, in sentences. Who decides sees every step, others what concerns them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.disputes.models import Dispute, Reason
from makegood.disputes.states import Outcome
from makegood.journal.selectors import history
from makegood.kernel.money import format_money
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

PUBLIC = frozenset(
    {"dispute.draft_saved", "dispute.submitted", "dispute.edited", "dispute.withdrawn", "dispute.committed",
     "dispute.adjusted", "dispute.reversed", "dispute.fee_applied", "dispute.closed", "dispute.reopened",
     "dispute.re_review_requested", "dispute.info_requested", "dispute.info_provided", "dispute.info_lapsed",
     "dispute.commented"}
)  # fmt: skip
"""Events that the submitting side reads; what happens inside the undo window is not among them."""
DECIDING_SIDE = frozenset(
    {"dispute.committed", "dispute.adjusted", "dispute.reversed", "dispute.fee_applied", "dispute.closed"}
)
"""Those of them whose author is told to the deciding side alone."""


@dataclass(frozen=True)
class Step:
    """One line of the story; ``key`` is a status key where the line changed the status.

    ``event`` and ``sequence`` are the name and the number of the journal's row.
    """

    at: datetime
    text: str
    who: str
    key: str = ""
    event: str = ""
    sequence: int = 0


def _amount(changes: Mapping[str, Any], name: str) -> str:
    return format_money(abs(int(changes.get(name) or 0)), str(changes.get("currency") or "USD"))


def _submitted(changes: Mapping[str, Any]) -> tuple[str, str]:
    reason = changes.get("reason_label") or changes.get("reason")
    return f"Sent for review{f': {reason}' if reason else ''}", "pending"


def _outcome(changes: Mapping[str, Any], name: str, done: bool) -> tuple[str, str]:  # noqa: FBT001
    outcome = changes.get("outcome")
    amount = _amount(changes, name)
    if outcome == Outcome.REJECTED:
        return "Rejected: the charge stands" if done else "Decided: rejected, undo window open", "rejected"
    part = " in part" if outcome == Outcome.ACCEPTED_PARTIAL else ""
    key = Outcome.ACCEPTED_PARTIAL if part else Outcome.ACCEPTED
    return (f"Accepted{part}: {amount} credited" if done else f"Decided: accepted{part}, {amount} held"), key.value


def _decided(changes: Mapping[str, Any]) -> tuple[str, str]:
    text, _ = _outcome(changes, "micros", done=False)
    return text, "pending"


def _committed(changes: Mapping[str, Any]) -> tuple[str, str]:
    return _outcome(changes, "credit_micros", done=True)


def _quoting(text: str, words: Any) -> tuple[str, str]:
    return (f"{text}: {words}" if words else text), "pending"


SENTENCES: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "dispute.draft_saved": lambda _: ("Draft saved", ""),
    "dispute.submitted": _submitted,
    "dispute.edited": lambda c: (
        "Changed: " + ", ".join(sorted(c.get("fields") or c.get("after") or ["the text"])),
        "",
    ),
    "dispute.withdrawn": lambda _: ("Withdrawn", "withdrawn"),
    "dispute.claimed": lambda _: ("Taken into review", "pending"),
    "dispute.released": lambda _: ("Put back into the queue", "pending"),
    "dispute.decided": _decided,
    "dispute.undone": lambda _: ("Decision taken back; nothing was posted or sent", "pending"),
    "dispute.committed": _committed,
    "dispute.adjusted": _committed,
    "dispute.reversed": lambda c: (f"Credit reversed: {_amount(c, 'credit_micros')} is charged again", "closed"),
    "dispute.fee_applied": lambda c: (f"Reversal fee of {_amount(c, 'fee_micros')} charged", "closed"),
    "dispute.closed": lambda _: ("Closed", ""),
    "dispute.reopened": lambda c: _quoting("Reopened for another look", c.get("cause")),
    "dispute.re_review_requested": lambda c: _quoting("Another review asked for", c.get("cause")),
    "dispute.info_requested": lambda c: _quoting("Question asked", c.get("question")),
    "dispute.info_provided": lambda _: ("Question answered", "pending"),
    "dispute.info_lapsed": lambda _: ("Time to answer is over; the review goes on", "pending"),
    "dispute.commented": lambda _: ("Comment written", ""),
    "dispute.noted": lambda _: ("Note written", ""),
    "dispute.sla_warned": lambda _: ("Promised time is nearly used up", ""),
    "dispute.sla_breached": lambda _: ("Promised time is over", ""),
}


def _words(event: str, changes: Mapping[str, Any]) -> tuple[str, str]:
    sentence = SENTENCES.get(event)
    return sentence(changes) if sentence else (event.rpartition(".")[2].replace("_", " ").capitalize(), "")


def story_of(principal: Principal, dispute: Dispute) -> tuple[Step, ...]:
    """Every step the principal may know of, oldest first."""
    return steps_of(principal, dispute.pk)


def steps_of(principal: Principal, dispute_id: int) -> tuple[Step, ...]:
    """The same of a dispute by its id. The caller has scoped it."""
    decides = principal.can(Verb.DISPUTE_DECIDE)
    program = Dispute.objects.filter(pk=dispute_id).values("program")
    labels = dict(Reason.objects.filter(program__in=program).values_list("code", "label"))
    steps = []
    for event in history("dispute", dispute_id):
        if not decides and event.event not in PUBLIC:
            continue
        text, key = _words(event.event, {**event.changes, "reason_label": labels.get(event.changes.get("reason"))})
        own = event.principal == principal.id
        side = event.event not in DECIDING_SIDE
        who = "you" if own else event.principal_label if decides or side else ""
        steps.append(Step(event.at, text, "" if who == "system" else who, key, event.event, event.pk))
    return tuple(steps)
