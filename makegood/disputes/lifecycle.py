"""The lifecycle, as one table. Buttons, answers, documentation and tests are made from it.

A row says: from which stages, which verb, who may, under which guard, to which stage, what happens to money, and
which journal event tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from makegood.disputes.states import Stage


class Verb(StrEnum):
    """What can be done to a dispute."""

    SAVE_DRAFT = "save_draft"
    SUBMIT = "submit"
    AUTO_ACCEPT = "auto_accept"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    RELEASE = "release"
    REQUEST_INFO = "request_info"
    PROVIDE_INFO = "provide_info"
    LAPSE = "lapse"
    ACCEPT = "accept"
    ACCEPT_PARTIAL = "accept_partial"
    REJECT = "reject"
    RECOMMEND = "recommend"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW_RECOMMENDATION = "withdraw_recommendation"
    UNDO = "undo"
    COMMIT = "commit"
    ADJUST = "adjust"
    REVERSE = "reverse"
    APPLY_FEE = "apply_fee"
    CLOSE = "close"
    REOPEN = "reopen"
    REQUEST_RE_REVIEW = "request_re_review"
    BREACH = "breach"


class Who(StrEnum):
    """Who may."""

    SUBMITTER = "submitter side"
    DECIDER = "decider"
    ASSIGNEE = "assignee"
    PERSON = "a person who decides"
    AUTHOR = "the author of what waits"
    SECOND = "a second person who decides"
    SYSTEM = "system"
    REVERSER = "holder of dispute.reverse"
    FEE = "holder of dispute.fee"
    EDITOR = "holder of dispute.edit"
    CLOSER = "holder of dispute.close"
    REOPENER = "holder of dispute.reopen"


class Effect(StrEnum):
    """What happens to the money."""

    NONE = "none"
    HOLD = "hold"
    VOID = "void the hold"
    CREDIT = "credit, tax part, claw-back"
    INVERSE = "exact inverse of the credit"
    FEE = "fee"


@dataclass(frozen=True)
class Row:
    """One line of the table; ``to`` None means the stage stays."""

    number: str
    source: frozenset[Stage | None]
    verb: Verb
    who: frozenset[Who]
    guard: str
    to: Stage | None
    effect: Effect
    event: str


def _row(
    number: str,
    source: Iterable[Stage | None],
    verb: Verb,
    who: Iterable[Who],
    guard: str,
    to: Stage | None,
    effect: Effect,
    event: str,
) -> Row:
    return Row(number, frozenset(source), verb, frozenset(who), guard, to, effect, event)


_S, _V, _W, _E = Stage, Verb, Who, Effect

TABLE: tuple[Row, ...] = (
    _row("1", [None, _S.DRAFT], _V.SAVE_DRAFT, [_W.SUBMITTER], "the charge is visible",
         _S.DRAFT, _E.NONE, "draft_saved"),
    _row("2", [None, _S.DRAFT], _V.SUBMIT, [_W.SUBMITTER], "no rule blocks; no other open dispute; amount within what is left",
         _S.PENDING, _E.NONE, "submitted"),
    _row("2a", [_S.PENDING], _V.AUTO_ACCEPT, [_W.SYSTEM], "an auto_accept rule fires within its budget",
         _S.DECIDED, _E.HOLD, "decided"),
    _row("3", [_S.PENDING, _S.IN_REVIEW, _S.INFO_NEEDED, _S.RESOLVED], _V.EDIT, [_W.EDITOR],
         "amount and reason only before a decision of this round; rules run again", None, _E.NONE, "edited"),
    _row("4", [_S.PENDING, _S.IN_REVIEW, _S.INFO_NEEDED], _V.WITHDRAW, [_W.SUBMITTER], "first round",
         _S.WITHDRAWN, _E.NONE, "withdrawn"),
    _row("5", [_S.PENDING], _V.CLAIM, [_W.DECIDER], "not leased by somebody else; not decided by you in the "
         "round before, where the program wants another reviewer", _S.IN_REVIEW, _E.NONE, "claimed"),
    _row("5a", [_S.IN_REVIEW], _V.TAKE_OVER, [_W.DECIDER], "in somebody else's hands; nothing waits for a second "
         "signature", None, _E.NONE, "taken_over"),
    _row("6", [_S.IN_REVIEW], _V.RELEASE, [_W.ASSIGNEE, _W.SYSTEM], "it is yours, or the lease ran out",
         _S.PENDING, _E.NONE, "released"),
    _row("7", [_S.IN_REVIEW], _V.REQUEST_INFO, [_W.DECIDER], "a question is given",
         _S.INFO_NEEDED, _E.NONE, "info_requested"),
    _row("7a", [_S.INFO_NEEDED], _V.PROVIDE_INFO, [_W.SUBMITTER], "an answer is given; the asker reviews on",
         _S.IN_REVIEW, _E.NONE, "info_provided"),
    _row("7b", [_S.INFO_NEEDED], _V.LAPSE, [_W.SYSTEM], "the info clock ended", _S.PENDING, _E.NONE, "info_lapsed"),
    _row("8", [_S.PENDING, _S.IN_REVIEW], _V.ACCEPT, [_W.DECIDER],
         "within authority; nothing waits for a second signature; in a later round what is left of what was asked",
         _S.DECIDED, _E.HOLD, "decided"),
    _row("9", [_S.PENDING, _S.IN_REVIEW], _V.ACCEPT_PARTIAL, [_W.DECIDER], "above nothing, below the asked amount",
         _S.DECIDED, _E.HOLD, "decided"),
    _row("10", [_S.PENDING, _S.IN_REVIEW], _V.REJECT, [_W.PERSON], "an explanation is given; no credit is live",
         _S.DECIDED, _E.NONE, "decided"),
    _row("10a", [_S.PENDING, _S.IN_REVIEW], _V.RECOMMEND, [_W.PERSON],
         "above your authority, and nothing else stands against it; one waits at a time",
         _S.IN_REVIEW, _E.NONE, "recommended"),
    _row("10b", [_S.IN_REVIEW], _V.APPROVE, [_W.SECOND],
         "a decision waits, of somebody else, within your own authority; the dispute did not change meanwhile",
         _S.DECIDED, _E.HOLD, "approved"),
    _row("10c", [_S.IN_REVIEW], _V.DECLINE, [_W.SECOND], "a decision waits, of somebody else; a cause is given",
         None, _E.NONE, "declined"),
    _row("10d", [_S.IN_REVIEW], _V.WITHDRAW_RECOMMENDATION, [_W.AUTHOR], "your own decision waits",
         None, _E.NONE, "recommendation_withdrawn"),
    _row("11", [_S.DECIDED], _V.UNDO, [_W.DECIDER], "your own decision, one you signed, or dispute.decide_any; the undo window is open",
         _S.IN_REVIEW, _E.VOID, "undone"),
    _row("12", [_S.DECIDED], _V.COMMIT, [_W.SYSTEM], "the undo window ended", _S.RESOLVED, _E.CREDIT, "committed"),
    _row("13", [_S.PENDING, _S.IN_REVIEW], _V.ADJUST, [_W.DECIDER],
         "no credit in this round; amount within what was asked and what is left", _S.RESOLVED, _E.CREDIT, "adjusted"),
    _row("14", [_S.PENDING, _S.IN_REVIEW, _S.RESOLVED], _V.REVERSE, [_W.REVERSER], "a credit without reversal exists",
         None, _E.INVERSE, "reversed"),
    _row("15", [_S.PENDING, _S.IN_REVIEW, _S.RESOLVED], _V.APPLY_FEE, [_W.FEE],
         "a reversal without fee exists; at most the program's maximum", None, _E.FEE, "fee_applied"),
    _row("16", [_S.PENDING, _S.IN_REVIEW, _S.INFO_NEEDED, _S.RESOLVED], _V.CLOSE, [_W.CLOSER],
         "no decision waits in its undo window; a resolution that refuses needs a person", _S.CLOSED, _E.NONE, "closed"),
    _row("18", [_S.CLOSED, _S.WITHDRAWN], _V.REOPEN, [_W.REOPENER],
         "a cause is given; the program reopens, and still does; no other open dispute", _S.PENDING, _E.NONE, "reopened"),
    _row("19", [_S.RESOLVED, _S.CLOSED], _V.REQUEST_RE_REVIEW, [_W.SUBMITTER],
         "a cause is given; the program reviews again; rounds are left; in the appeal window", _S.PENDING, _E.NONE, "re_review_requested"),
    _row("20", [_S.PENDING, _S.IN_REVIEW], _V.BREACH, [_W.SYSTEM], "a clock reached its target or breach",
         None, _E.NONE, "sla_breached"),
)  # fmt: skip
"""Row 17 (a closed dispute refuses every edit and money verb) follows from the absence of a row; row 21 is rows 8
to 10 in a later round. "Reopen, reverse, close" of a closed dispute is rows 18, 14 and 16 with one confirmation."""

DECIDING = frozenset({Verb.ACCEPT, Verb.ACCEPT_PARTIAL, Verb.REJECT})


NOT_WHILE_RECOMMENDED = frozenset({Verb.RELEASE, Verb.TAKE_OVER, Verb.REQUEST_INFO, Verb.CLOSE})
"""Steps that those who decide do not take while a decision waits for its second signature. For anybody else the
dispute is under review as any other: the submitting side may withdraw it, and nothing tells of what waited."""


def row_of(verb: Verb) -> Row:
    """The table's row for a verb."""
    return next(row for row in TABLE if row.verb is verb)


def stages_for(verb: Verb) -> frozenset[Stage]:
    """The stages a verb starts from."""
    return frozenset(stage for stage in row_of(verb).source if stage is not None)


def allows(verb: Verb, stage: Stage | None) -> bool:
    """Whether the table has the verb from that stage."""
    return stage in row_of(verb).source


def verbs_from(stage: Stage | None) -> list[Verb]:
    """The verbs the table offers from a stage, in its order."""
    return [row.verb for row in TABLE if stage in row.source]
