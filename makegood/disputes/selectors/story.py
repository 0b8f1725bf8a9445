"""The story of one dispute from the journal, in sentences. Who decides sees every step, others what concerns them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.disputes.models import Decision, Dispute, Reason
from makegood.disputes.selectors.heard import HeardRow, heard_by_round
from makegood.disputes.selectors.messages import REVIEW_TEAM, Message, messages_of
from makegood.disputes.states import DecisionState, Outcome, Stage
from makegood.journal.models import JournalEvent
from makegood.journal.selectors import history
from makegood.kernel.money import format_money
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

PUBLIC = frozenset(
    {"dispute.draft_saved", "dispute.submitted", "dispute.edited", "dispute.withdrawn", "dispute.committed",
     "dispute.adjusted", "dispute.reversed", "dispute.fee_applied", "dispute.closed", "dispute.reopened",
     "dispute.re_review_requested", "dispute.info_requested", "dispute.info_provided", "dispute.info_lapsed",
     "dispute.commented", "dispute.further_question", "dispute.evidence_added", "dispute.evidence_removed"}
)  # fmt: skip
"""Events that the submitting side reads; what happens inside the undo window is not among them."""
DECIDING_SIDE = frozenset(
    {"dispute.committed", "dispute.adjusted", "dispute.reversed", "dispute.fee_applied", "dispute.closed"}
)
"""Those of them whose author is told to the deciding side alone."""


@dataclass(frozen=True)
class Step:
    """One line of the story; ``key`` is a status key where the line changed the status.

    ``event`` and ``sequence`` are the name and the number of the journal's row, ``title`` the text without the words
    that somebody wrote, which are ``quote``. ``heard`` is what the decision rests on, ``side`` on whose side
    somebody wrote (empty: the submitting side, or nobody wrote); ``internal`` words stay with those who decide.
    """

    at: datetime
    text: str
    who: str
    key: str = ""
    event: str = ""
    sequence: int = 0
    title: str = ""
    quote: str = ""
    heard: tuple[HeardRow, ...] = ()
    side: str = ""
    internal: bool = False


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


def _recommended(changes: Mapping[str, Any]) -> tuple[str, str]:
    kind = changes.get("kind")
    words = {"reject": "reject", "partial": "accept in part"}.get(str(kind), "accept")
    amount = "" if kind == "reject" else f", {_amount(changes, 'micros')}"
    return f"Recommended: {words}{amount}; a second person has to sign", "pending"


def _held(changes: Mapping[str, Any]) -> str:
    text, _ = _decided(changes)
    return text.removeprefix("Decided: ")


def _committed(changes: Mapping[str, Any]) -> tuple[str, str]:
    return _outcome(changes, "credit_micros", done=True)


def _quoting(text: str, words: Any) -> tuple[str, str]:
    return (f"{text}: {words}" if words else text), "pending"


def _files(changes: Mapping[str, Any]) -> str:
    names = ", ".join(str(file.get("name", "")) for file in changes.get("files") or ())
    return f": {names}" if names else ""


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
    "dispute.recommended": _recommended,
    "dispute.approved": lambda c: (f"Signed for {c.get('author_label') or 'somebody else'}: {_held(c)}", "pending"),
    "dispute.declined": lambda c: _quoting("Not signed", c.get("cause")),
    "dispute.recommendation_withdrawn": lambda _: ("Taken back before a second signature", "pending"),
    "dispute.taken_over": lambda _: ("Taken over", "pending"),
    "dispute.taken_out_of_turn": lambda c: _quoting(f"Taken before {c.get('before')}", c.get("cause")),
    "dispute.assigned": lambda c: (f"Given to {c['assignee_label']}" if c.get("assignee") else "Given to nobody", ""),
    "dispute.escalated": lambda c: (_quoting("Put before the leads", c.get("cause"))[0], ""),
    "dispute.escalation_settled": lambda _: ("Settled by the leads", ""),
    "dispute.marked_duplicate": lambda c: (
        f"Marked as a duplicate of {c['of']}" if c.get("of") else "No longer marked as a duplicate",
        "",
    ),
    "dispute.committed": _committed,
    "dispute.adjusted": _committed,
    "dispute.reversed": lambda c: (f"Credit reversed: {_amount(c, 'credit_micros')} is charged again", "closed"),
    "dispute.fee_applied": lambda c: (f"Reversal fee of {_amount(c, 'fee_micros')} charged", "closed"),
    "dispute.closed": lambda _: ("Closed", ""),
    "dispute.reopened": lambda c: _quoting("Reopened for another look", c.get("cause")),
    "dispute.re_review_requested": lambda c: _quoting(
        f"Another review asked for{f' by {said}' if (said := c.get('asked_for')) else ''}", c.get("cause")
    ),
    "dispute.info_requested": lambda c: _quoting("Question asked", c.get("question")),
    "dispute.info_provided": lambda _: ("Question answered", "pending"),
    "dispute.info_lapsed": lambda _: ("Time to answer is over; the review goes on", "pending"),
    "dispute.commented": lambda _: ("Comment written", ""),
    "dispute.further_question": lambda c: (f"Further question to {c.get('contact') or 'the contact'}", ""),
    "dispute.noted": lambda _: ("Note written", ""),
    "dispute.evidence_added": lambda c: (f"Evidence added{_files(c)}", ""),
    "dispute.evidence_removed": lambda c: (f"Evidence removed{_files(c)}", ""),
    "dispute.sla_warned": lambda _: ("Promised time is nearly used up", ""),
    "dispute.sla_breached": lambda _: ("Promised time is over", ""),
}


def _words(event: str, changes: Mapping[str, Any]) -> tuple[str, str]:
    sentence = SENTENCES.get(event)
    return sentence(changes) if sentence else (event.rpartition(".")[2].replace("_", " ").capitalize(), "")


QUOTED = ("question", "answer", "cause")
"""Facts of an event that are somebody's words."""
ASKED = "dispute.info_requested"
DECIDED = frozenset({"dispute.committed", "dispute.adjusted"})


@dataclass(frozen=True)
class Beside:
    """What stands beside the journal: decisions' words and findings by round, messages by number."""

    notes: Mapping[int, str]
    heard: Mapping[int, tuple[HeardRow, ...]]
    messages: Mapping[int, Message]

    def words_of(self, event: JournalEvent) -> tuple[str, Message | None]:
        """What somebody wrote with an event, and the message that it is."""
        changes = event.changes
        if event.event in DECIDED:
            return self.notes.get(int(changes.get("round") or 0), ""), None
        said = self.messages.get(int(changes.get("comment_id") or 0))
        if said is not None:
            return said.body, said
        return str(next((changes[name] for name in QUOTED if changes.get(name)), "")), None


def story_of(principal: Principal, dispute: Dispute, *, decided: bool = True) -> tuple[Step, ...]:
    """Every step the principal may know of, oldest first; ``decided`` False says that nobody decided it yet."""
    return steps_of(principal, dispute.pk, decided=decided)


def steps_of(principal: Principal, dispute_id: int, *, decided: bool = True) -> tuple[Step, ...]:
    """The same of a dispute by its id. The caller has scoped it."""
    decides = principal.can(Verb.DISPUTE_DECIDE)
    program = Dispute.objects.filter(pk=dispute_id).values("program")
    labels = dict(Reason.objects.filter(program__in=program).values_list("code", "label"))
    messages = {message.id: message for message in messages_of(principal, dispute_id)}
    beside = _beside(dispute_id, messages) if decided else Beside({}, {}, messages)
    return tuple(
        _step(principal, event, {**event.changes, "reason_label": labels.get(event.changes.get("reason"))}, beside)
        for event in history("dispute", dispute_id)
        if decides or event.event in PUBLIC
    )


def _beside(dispute_id: int, messages: dict[int, Message]) -> Beside:
    committed = Decision.objects.filter(dispute=dispute_id, state=DecisionState.COMMITTED)
    notes = dict(committed.values_list("round", "note"))
    told = Dispute.objects.filter(pk=dispute_id, stage__in=[Stage.RESOLVED, Stage.CLOSED])
    notes |= {number: words for number, words in told.values_list("round", "buyer_explanation") if words}
    return Beside(notes, heard_by_round(dispute_id), messages)


def _step(principal: Principal, event: JournalEvent, changes: Mapping[str, Any], beside: Beside) -> Step:
    text, key = _words(event.event, changes)
    quote, said = beside.words_of(event)
    own, decides = event.principal == principal.id, principal.can(Verb.DISPUTE_DECIDE)
    hidden = event.event in DECIDING_SIDE and not decides
    who = "you" if own else "" if hidden or event.principal_label == "system" else event.principal_label
    is_decision = event.event in DECIDED
    return Step(
        event.at,
        text,
        who,
        key,
        event.event,
        event.pk,
        title=text.removesuffix(f": {quote}") if quote else text,
        quote=quote,
        heard=beside.heard.get(int(changes.get("round") or 0), ()) if is_decision else (),
        side=REVIEW_TEAM if event.event == ASKED or (said is not None and said.reviewer) else "",
        internal=said is not None and said.internal,
    )
