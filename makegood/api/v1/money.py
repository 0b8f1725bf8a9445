"""What moves money on a dispute at once: a credit, its reversal, and the fee for that."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.amounts import Amount
from makegood.api.errors import MatchFailed, MatchRequired, NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import Keyed, Route
from makegood.api.v1 import answers, finding, tags
from makegood.api.v1.representations.dispute import Dispute
from makegood.api.v1.representations.recommendation import Recommendation
from makegood.disputes import errors, operations
from makegood.disputes.entries import AdjustItem, FeeItem, ReverseItem
from makegood.disputes.selectors.dossiers import Handle
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb

TAG = "disputes"
Note = Annotated[str, Meta(max_length=4000)]
Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Adjustment(Struct, forbid_unknown_fields=True):
    """A credit: by default all that was asked; less of it is a part. ``resolution`` is the code of a label.

    ``cause`` says why it goes before an older one, which a program that works in order of arrival asks for.
    """

    amount: Amount | None = None
    resolution: Annotated[str, Meta(max_length=40)] = ""
    explanation: Note = ""
    claw_back: Amount | None = None
    cause: Annotated[str, Meta(max_length=500)] = ""


class Reversal(Struct, forbid_unknown_fields=True):
    """Which credit is taken back, by the number of its adjustment; by default the newest. Its amount is the inverse."""

    adjustment: Number | None = None
    note: Note = ""


class Fee(Struct, forbid_unknown_fields=True):
    """A fee for a reversal: by default the program's own, for the newest reversal that has none."""

    amount: Amount | None = None
    adjustment: Number | None = None
    note: Note = ""


def adjust(request: Request) -> Response:
    """Credit at once."""
    ref, body = request.subject, request.body
    item = AdjustItem(
        dispute_id=ref.id,
        micros=ref.asked_micros if body.amount is None else body.amount.micros(ref.currency, whole=ref.asked_micros),
        note=body.explanation,
        version=tags.version_to_change(request, ref),
        clawback_micros=answers.clawback(request, ref, body.claw_back),
        resolution=body.resolution,
        cause=body.cause,
    )
    (answer,) = operations.adjust_or_recommend(request.principal, items=[item])
    answers.check(request, ref, answer)
    return answers.recommended(request, answer) or answers.shown(request, ref, 201)


def reverse(request: Request) -> Response:
    """Take a credit back."""
    ref, body = request.subject, request.body
    item = ReverseItem(ref.id, body.adjustment, body.note, tags.version_to_change(request, ref))
    return _made(request, ref, operations.reverse(request.principal, items=[item]))


def charge_fee(request: Request) -> Response:
    """Charge a fee for a reversal."""
    ref, body = request.subject, request.body
    micros = body.amount.micros(ref.currency) if body.amount else None
    item = FeeItem(ref.id, micros, body.adjustment, body.note, tags.version_to_change(request, ref))
    return _made(request, ref, operations.apply_fee(request.principal, items=[item]))


def _made(request: Request, ref: Handle, given: list[Answer]) -> Response:
    answers.check(request, ref, given[0])
    return answers.shown(request, ref, 201)


STATE: tuple[type[Refusal], ...] = (
    NoAccess,
    MatchRequired,
    MatchFailed,
    errors.WrongStage,
    errors.DisputeClosed,
    errors.DecisionPending,
)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/api/v1/disputes/{dispute}/adjustment",
        "adjustDispute",
        adjust,
        "Credit an amount at once, without an undo window.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_DECIDE,
        body=Adjustment,
        optional_body=True,
        answer=Dispute,
        status=201,
        statuses={202: Recommendation},
        keyed=Keyed.REQUIRED,
        matched=True,
        refusals=(
            *STATE,
            errors.Recommended,
            errors.PersonRequired,
            errors.AlreadyDecided,
            errors.AlreadyAdjusted,
            errors.AmountNotPositive,
            errors.AmountExceedsAsked,
            errors.AmountExceedsRemaining,
            errors.DecisionNotOffered,
            errors.ExplanationRequired,
            errors.UnknownResolution,
            errors.OverLimit,
            errors.OtherReviewer,
            errors.OutOfTurn,
            errors.ClawbackOutOfRange,
        ),
        description="Above the person's limit the answer is 202: it waits as a recommendation for somebody else's "
        "signature, and is then held as a decision is. With a resolution it is refused.",
        examples={"part": {"amount": "5.00", "explanation": "Half of it was ours."}},
    ),
    Route(
        "POST",
        "/api/v1/disputes/{dispute}/reversal",
        "reverseAdjustment",
        reverse,
        "Take a credit back, exactly as it was posted.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_REVERSE,
        body=Reversal,
        optional_body=True,
        answer=Dispute,
        status=201,
        keyed=Keyed.REQUIRED,
        matched=True,
        refusals=(*STATE, errors.NotAdjusted, errors.AlreadyReversed),
        examples={"newest": {"note": "Credited by mistake."}},
    ),
    Route(
        "POST",
        "/api/v1/disputes/{dispute}/reversal-fee",
        "chargeReversalFee",
        charge_fee,
        "Charge a fee for a reversal.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_FEE,
        body=Fee,
        optional_body=True,
        answer=Dispute,
        status=201,
        keyed=Keyed.REQUIRED,
        matched=True,
        refusals=(*STATE, errors.FeeNotOffered, errors.NotReversed, errors.FeeAlreadyApplied, errors.FeeOutOfRange),
        examples={"usual": {}, "named": {"amount": "5.00"}},
    ),
)
