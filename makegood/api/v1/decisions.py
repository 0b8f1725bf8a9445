"""Decisions: made, read, and taken back while their undo window is open."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.amounts import Amount
from makegood.api.errors import FieldInvalid, FieldRequired, MatchFailed, MatchRequired, NoAccess
from makegood.api.http import Request, Response
from makegood.api.matching import etag
from makegood.api.problems import refused
from makegood.api.routing import Keyed, Route
from makegood.api.v1 import answers, finding, ids, tags
from makegood.api.v1.representations.decision import Decision, Held, decision
from makegood.api.v1.representations.dispute import Dispute
from makegood.api.v1.representations.recommendation import Recommendation
from makegood.api.v1.representations.shapes import micros
from makegood.disputes import errors, operations
from makegood.disputes.entries import DecisionItem, HeardItem, Ref
from makegood.disputes.selectors.decisions import DecisionRow, standing_decision
from makegood.disputes.selectors.dossiers import Handle, handle_of
from makegood.disputes.states import DecisionKind, DecisionState, Door
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.states import Verb

TAG = "decisions"
Codes = Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(max_length=50)]


class Hearing(Struct, forbid_unknown_fields=True):
    """One of the findings, heard in the recording from ``start_ms`` to ``end_ms``, milliseconds from its beginning."""

    finding: Annotated[str, Meta(max_length=40)]
    start_ms: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    end_ms: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class Deciding(Struct, forbid_unknown_fields=True):
    """What is decided. A part needs its ``amount``; ``findings`` are codes of the program.

    ``heard`` says of findings where in the recording they are heard. ``claw_back`` is what is taken back from the
    vendor in place of the program's own figure, in the payout's currency. ``cause`` says why it is decided before an
    older one, which a program that works in order of arrival asks for.
    """

    kind: DecisionKind
    amount: Amount | None = None
    findings: Codes = []
    heard: Annotated[list[Hearing], Meta(max_length=50)] = []
    explanation: Annotated[str, Meta(max_length=4000)] = ""
    claw_back: Amount | None = None
    cause: Annotated[str, Meta(max_length=500)] = ""


def decide(request: Request) -> Response:
    """Decide one dispute; its money moves when the undo window ends."""
    ref, body = request.subject, request.body
    item = DecisionItem(
        dispute_id=ref.id,
        kind=body.kind,
        micros=_part(body, ref.currency),
        note=body.explanation,
        findings=tuple(body.findings),
        version=tags.version_to_change(request, ref),
        clawback_micros=answers.clawback(request, ref, body.claw_back),
        heard=tuple(HeardItem(one.finding, one.start_ms, one.end_ms) for one in body.heard),
        cause=body.cause,
    )
    (answer,) = operations.decide_or_recommend(request.principal, items=[item], door=Door.DESK)
    answers.check(request, ref, answer)
    return answers.recommended(request, answer) or held(request, ref, answer)


def held(request: Request, ref: Handle, answer: Answer) -> Response:
    """What was just decided, with its address; the ETag is that of the dispute."""
    data = answer.data
    made = ids.numbered(ids.DECISION, standing_decision(ref.id) or 0)
    waits = data["commit_after"] > clock.now()
    version = data["version"] if waits else handle_of(request.principal, ref.public_id).lock_version
    body = Held(
        id=made,
        dispute=ref.public_id,
        number=data["number"],
        state=(DecisionState.HELD if waits else DecisionState.COMMITTED).value,
        amount=micros(data["decided_micros"], data["currency"]),
        commits_at=data["commit_after"] if waits else None,
        version=version,
    )
    return Response(201, body, {"Location": f"/api/v1/decisions/{made}", "ETag": etag(version)})


def _part(body: Deciding, currency: str) -> int | None:
    """The amount of a part; nothing else takes one. Raises FieldRequired, FieldInvalid."""
    if body.kind is DecisionKind.PARTIAL and body.amount is None:
        raise FieldRequired(field="amount")
    if body.kind is not DecisionKind.PARTIAL and body.amount is not None:
        raise FieldInvalid(field="amount", cause="only a partial decision takes one")
    return body.amount.micros(currency) if body.amount else None


def one(request: Request) -> Response:
    """A decision."""
    return tags.read(request, decision(request.subject))


def undo(request: Request) -> Response:
    """Take a decision back; the dispute as it is then."""
    found: DecisionRow = request.subject
    if found.state is DecisionState.COMMITTED:
        raise errors.WindowEnded(number=found.number)
    if found.state is DecisionState.UNDONE:
        raise errors.WrongStage(number=found.number, stage="not decided any more")
    (answer,) = operations.undo(request.principal, items=[Ref(found.dispute_id, found.version)])
    if not answer.ok:
        raise refused(answer)
    return answers.shown(request, handle_of(request.principal, found.dispute))


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/api/v1/disputes/{dispute}/decision",
        "decideDispute",
        decide,
        "Accept, accept in part, or reject.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_DECIDE,
        body=Deciding,
        answer=Held,
        status=201,
        statuses={202: Recommendation},
        keyed=Keyed.REQUIRED,
        matched=True,
        refusals=(
            NoAccess,
            MatchRequired,
            MatchFailed,
            errors.DecisionNotOffered,
            errors.ExplanationRequired,
            errors.WrongStage,
            errors.AlreadyDecided,
            errors.DisputeClosed,
            errors.PersonRequired,
            errors.OtherReviewer,
            errors.Recommended,
            errors.CreditLive,
            errors.PartialOutOfRange,
            errors.OverLimit,
            errors.AmountExceedsRemaining,
            errors.ClawbackOutOfRange,
            errors.FindingUnknown,
            errors.NothingToHear,
            errors.HeardBeyondRecording,
            errors.OutOfTurn,
            errors.Conflict,
        ),
        description="Nothing is posted and nobody is told until commits_at; until then the decision can be undone. "
        "Above the person's limit the answer is 202: it waits as a recommendation for somebody else's signature.",
        examples={
            "accept": {"kind": "accept"},
            "part": {"kind": "partial", "amount": "20.00", "explanation": "Half of the call was about the job."},
            "reject": {"kind": "reject", "explanation": "The caller asked for a plumber."},
            "heard": {
                "kind": "accept",
                "findings": ["ROBOCALL"],
                "heard": [{"finding": "ROBOCALL", "start_ms": 41000}],
            },
        },
    ),
    Route(
        "GET",
        "/api/v1/decisions/{decision}",
        "getDecision",
        one,
        "Read a decision.",
        TAG,
        scope=finding.decision,
        verb=Verb.DISPUTE_VIEW,
        answer=Decision,
        statuses={304: None},
        refusals=(NoAccess,),
        description="One that waits in its undo window is known to those who decide.",
    ),
    Route(
        "DELETE",
        "/api/v1/decisions/{decision}",
        "undoDecision",
        undo,
        "Undo a decision while its window is open.",
        TAG,
        scope=finding.decision,
        verb=Verb.DISPUTE_DECIDE,
        answer=Dispute,
        refusals=(NoAccess, errors.WindowEnded, errors.NotYours, errors.WrongStage),
        description="Nothing was posted and nobody was told. The dispute goes back to whoever decided.",
    ),
)
