"""The steps of a case that move money or end it: what each asks for, what it would do, and how it is done.

A step is looked at first and confirmed then. The confirmation carries the figures it was given for (``seen``) and the
version of the dispute, so that nobody confirms what they have not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from makegood.disputes import operations
from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    FeeItem,
    Foreseen,
    ReverseItem,
    Target,
    WordsItem,
)
from makegood.disputes.operations import foresee_case as foresee
from makegood.disputes.operations.joined import reopen_and_reverse, reverse_and_reject
from makegood.disputes.selectors.detail import DisputeDetail
from makegood.disputes.selectors.fee_effects import fee_terms_of
from makegood.disputes.selectors.partial_amounts import part_for
from makegood.disputes.states import DecisionKind
from makegood.kernel.answers import Answer
from makegood.kernel.money import plain
from makegood.kernel.typed_amounts import typed_amount
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id, version_of

LONGEST, LONGEST_AMOUNT, LONGEST_CAUSE = 5_000, 40, 500
WHOLE = "100%"
UNSAID = "-"
"""Stands for words in a look: that some are missing is said when the step is confirmed."""


@dataclass(frozen=True)
class Typed:
    """What stands in the fields; ``since`` is the newest event of the journal that the page was made from."""

    amount: str = ""
    clawback: str = ""
    note: str = ""
    resolution: str = ""
    version: int | None = None
    seen: str = ""
    since: int = 0
    cause: str = ""


@dataclass(frozen=True)
class Meant:
    """The same as a step takes it; micros of the buyer's and of the payout's currency."""

    dispute_id: int
    number: str
    stage: str
    micros: int | None = None
    clawback: int | None = None
    note: str = ""
    resolution: str = ""
    version: int | None = None
    cause: str = ""

    def words(self) -> WordsItem:
        """Its words, such as a cause."""
        return WordsItem(self.dispute_id, self.note, self.version)


@dataclass(frozen=True)
class CaseStep:
    """One step: its words, the permissions it needs, its fields, and what it does.

    ``asks`` names the fields (amount, clawback, note, resolution); ``note_label`` what the note is.
    """

    slug: str
    title: str
    lead: str
    button: str
    done: str
    needs: tuple[Verb, ...]
    asks: frozenset[str]
    note_label: str
    foresee: Callable[[Principal, Meant], Foreseen]
    perform: Callable[[Principal, Meant], Answer]
    key: str = ""
    action: str = ""
    icon: str = "turned"
    note_needed: bool = False


def read(request: PageRequest) -> Typed:
    """What was typed so far: of a confirmation, or of a look at what an amount would do."""
    data = request.POST if request.method == "POST" else request.GET
    return Typed(
        amount=data.get("amount", "")[:LONGEST_AMOUNT],
        clawback=data.get("clawback", "")[:LONGEST_AMOUNT],
        note=data.get("note", "")[:LONGEST],
        resolution=data.get("resolution", "")[:LONGEST_AMOUNT],
        version=version_of(data.get("version", "")),
        seen=data.get("seen", "")[:80],
        since=row_id(data.get("since", "")) or 0,
        cause=data.get("cause", "").strip()[:LONGEST_CAUSE],
    )


def meant(principal: Principal, step: CaseStep, detail: DisputeDetail, typed: Typed) -> Meant:
    """What the fields mean; only who sees payouts names a claw-back. Raises BadAmount, AmountTooFine, NotPermitted."""
    micros = clawback = None
    if step.slug == "credit":
        micros = part_for(principal, detail.row.id, typed.amount or WHOLE)
    elif step.slug == "fee" and typed.amount.strip():
        terms = fee_terms_of(principal, detail.row.id)
        largest = terms.largest if terms else 0
        micros = typed_amount(typed.amount, whole=largest, remaining=largest, currency=detail.currency)
    if "clawback" in step.asks and typed.clawback.strip():
        demand(principal, Verb.PAYOUT_VIEW)
        payout = detail.row.charge.payout
        whole = payout.micros if payout else 0
        clawback = typed_amount(typed.clawback, whole=whole, remaining=whole, currency=detail.payout_currency)
    row = detail.row
    return Meant(
        row.id,
        row.number,
        row.stage,
        micros,
        clawback,
        typed.note.strip(),
        typed.resolution,
        typed.version,
        typed.cause,
    )


def first_amount(principal: Principal, step: CaseStep, detail: DisputeDetail) -> str:
    """What the amount says before anybody types."""
    if step.slug == "credit":
        return plain(detail.row.asked.micros, detail.currency)
    terms = fee_terms_of(principal, detail.row.id) if step.slug == "fee" else None
    return plain(terms.default, detail.currency) if terms else ""


def _adjustment(one: Meant) -> AdjustItem:
    return AdjustItem(one.dispute_id, one.micros or 0, one.note, one.version, one.clawback, one.resolution, one.cause)


def _look(one: Meant) -> Target:
    return Target(one.dispute_id, one.version if one.version is not None else 0, None, one.note)


def _fee(one: Meant) -> FeeItem:
    return FeeItem(one.dispute_id, one.micros, None, one.note, one.version)


def _closing(one: Meant) -> CloseItem:
    return CloseItem(one.dispute_id, one.resolution, one.note, one.version)


def _rejection(one: Meant) -> DecisionItem:
    return DecisionItem(one.dispute_id, DecisionKind.REJECT, note=one.note, version=one.version, cause=one.cause)


def _causeless(one: Meant) -> WordsItem:
    """Its words for a look, with or without a cause."""
    return WordsItem(one.dispute_id, one.note or UNSAID, one.version)


def _only(answers: list[Answer]) -> Answer:
    (answer,) = answers
    return answer


def _fields(*names: str) -> frozenset[str]:
    return frozenset(names)


_STEPS = (
    CaseStep(
        "credit", "Credit at once", "Decided and posted in one step, without an undo window.", "Credit", "is credited",
        (Verb.DISPUTE_DECIDE,), _fields("amount", "clawback", "note", "resolution"), "Explanation for the buyer",
        lambda who, one: foresee.foresee_adjust(who, _adjustment(replace(one, note=one.note or UNSAID))),
        lambda who, one: _only(operations.adjust(who, items=[_adjustment(one)])),
        "Shift+A", "case.adjust", "check",
    ),
    CaseStep(
        "reverse", "Reverse the credit", "The exact inverse of what was posted: net, tax and claw-back.",
        "Reverse", "is reversed", (Verb.DISPUTE_REVERSE,), _fields("note"), "Note for the ledger",
        lambda who, one: foresee.foresee_reverse(who, _look(one)),
        lambda who, one: _only(
            operations.reverse(who, items=[ReverseItem(one.dispute_id, None, one.note, one.version)])
        ),
        "Shift+V", "case.reverse",
    ),
    CaseStep(
        "fee", "Charge the reversal fee", "A fee for the newest reversal, with the program's tax on it.",
        "Charge", "has its reversal fee", (Verb.DISPUTE_FEE,), _fields("amount", "note"), "Note for the ledger",
        lambda who, one: foresee.foresee_fee(who, _fee(one)),
        lambda who, one: _only(operations.apply_fee(who, items=[_fee(one)])),
        "Shift+F", "case.fee", "statement",
    ),
    CaseStep(
        "close", "Close", "No money moves. Without a decision the outcome stays empty.", "Close", "is closed",
        (Verb.DISPUTE_CLOSE,), _fields("note", "resolution"), "Note",
        lambda who, one: foresee.foresee_closing(who, _closing(one)),
        lambda who, one: _only(operations.close(who, items=[_closing(one)])),
        "Shift+C", "case.close", "barred",
    ),
    CaseStep(
        "reopen", "Reopen", "A further round begins. A credit that stands stays until it is reversed.",
        "Reopen", "is open again", (Verb.DISPUTE_REOPEN,), _fields("note"), "Cause",
        lambda who, one: foresee.foresee_reopening(who, _causeless(one)),
        lambda who, one: _only(operations.reopen(who, items=[one.words()])),
        "Shift+O", "case.reopen", "clock-again", note_needed=True,
    ),
    CaseStep(
        "reopen-and-reverse", "Reopen and reverse", "Two events with one confirmation: a further round begins, and "
        "every credit that stands is reversed.", "Reopen and reverse", "is open again, its credit reversed",
        (Verb.DISPUTE_REOPEN, Verb.DISPUTE_REVERSE), _fields("note"), "Cause",
        lambda who, one: foresee.foresee_reopen_and_reverse(who, _causeless(one)),
        lambda who, one: _only(reopen_and_reverse(who, items=[one.words()])),
        icon="clock-again", note_needed=True,
    ),
    CaseStep(
        "reverse-and-reject", "Reverse and reject", "Two events with one confirmation: the credit is reversed at once, "
        "and the claim rejected. Undoing the rejection does not bring the credit back.", "Reverse and reject",
        "is rejected, its credit reversed", (Verb.DISPUTE_REVERSE, Verb.DISPUTE_DECIDE), _fields("note"),
        "Explanation for the buyer",
        lambda who, one: foresee.foresee_reverse_and_reject(who, _look(one), one.cause),
        lambda who, one: _only(reverse_and_reject(who, items=[_rejection(one)])),
        note_needed=True,
    ),
    CaseStep(
        "put-right", "Reopen, reverse, close", "Three events with one confirmation, for money posted by mistake: "
        "opened, every credit reversed, closed again. One message tells the buyer of the reversal.",
        "Reopen, reverse, close", "is put right and closed again", (Verb.DISPUTE_REVERSE,), _fields("note"), "Cause",
        lambda who, one: foresee.foresee_correct(who, one.words(), one.number, one.stage),
        lambda who, one: _only(operations.correct(who, items=[one.words()])),
        note_needed=True,
    ),
)  # fmt: skip
STEPS: Mapping[str, CaseStep] = {step.slug: step for step in _STEPS}
"""Every step by the name in its address, in the order in which a page lists them."""
