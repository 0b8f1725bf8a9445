"""What can be done with a dispute that moves no money: review, questions, ends, further rounds, comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta, Struct

from makegood.api.errors import MatchFailed, MatchRequired, NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import Keyed, Route
from makegood.api.v1 import answers, finding, tags
from makegood.api.v1.representations.comment import Comment, comment
from makegood.api.v1.representations.dispute import Dispute
from makegood.disputes import errors, operations
from makegood.disputes.entries import CloseItem, CommentItem, Ref, WordsItem
from makegood.disputes.selectors.comments import comments_of
from makegood.disputes.states import Visibility
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb

TAG = "disputes"
Words = Annotated[str, Meta(min_length=1, max_length=4000)]
Note = Annotated[str, Meta(max_length=4000)]


class Nothing(Struct, forbid_unknown_fields=True):
    """This call takes nothing; a missing body will do."""


class Question(Struct, forbid_unknown_fields=True):
    """What the reviewer needs to know of the submitter side."""

    question: Words


class Reply(Struct, forbid_unknown_fields=True):
    """The answer to the reviewer's question."""

    answer: Words


class Cause(Struct, forbid_unknown_fields=True):
    """Why the dispute is looked at again."""

    cause: Words


class Closing(Struct, forbid_unknown_fields=True):
    """How it ends: the code of a resolution, which stays as it is where none is named, and a note."""

    resolution: Annotated[str, Meta(max_length=40)] = ""
    note: Note = ""


class Writing(Struct, forbid_unknown_fields=True):
    """A comment: an ``internal`` one is for those who decide, one for ``parties`` for the submitter side too."""

    text: Words
    visibility: Visibility = Visibility.INTERNAL


Run = Callable[[Request, int, int | None], list[Answer]]
"""The operation of a call, with the dispute's id and the version that may be changed."""


def _handler(run: Run) -> Callable[[Request], Response]:
    def handler(request: Request) -> Response:
        version = tags.version_to_change(request, request.subject)
        (answer,) = run(request, request.subject.id, version)
        answers.check(request, request.subject, answer)
        return answers.shown(request, request.subject)

    return handler


def _close(request: Request, dispute_id: int, version: int | None) -> list[Answer]:
    body: Closing = request.body
    item = CloseItem(dispute_id, body.resolution, body.note, version)
    return operations.close(request.principal, items=[item])


def _on(operation: Callable[..., list[Answer]]) -> Run:
    return lambda request, pk, version: operation(request.principal, items=[Ref(pk, version)])


def _saying(operation: Callable[..., list[Answer]], member: str) -> Run:
    return lambda request, pk, version: operation(
        request.principal, items=[WordsItem(pk, getattr(request.body, member), version)]
    )


def write_comment(request: Request) -> Response:
    """Keep a comment; the dispute stays as it is."""
    body: Writing = request.body
    item = CommentItem(request.subject.id, body.text, body.visibility)
    (answer,) = operations.comment(request.principal, items=[item])
    answers.check(request, request.subject, answer)
    made = answer.data["comment_id"]
    row = next(row for row in comments_of(request.principal, request.subject.id) if row.id == made)
    place = f"{answers.PATH}{request.subject.public_id}/comments"
    return Response(201, comment(row), {"Location": place})


STATE: tuple[type[Refusal], ...] = (NoAccess, MatchRequired, MatchFailed, errors.WrongStage, errors.DisputeClosed)


def _route(
    word: str, name: str, run: Run, summary: str, verb: Verb, body: Any = Nothing, *more: type[Refusal]
) -> Route:
    return Route(
        "POST",
        f"/api/v1/disputes/{{dispute}}/{word}",
        name,
        _handler(run),
        summary,
        TAG,
        scope=finding.dispute,
        verb=verb,
        body=body,
        optional_body=body in (Nothing, Closing),
        answer=Dispute,
        keyed=Keyed.OPTIONAL,
        refusals=(*STATE, *more),
        matched=True,
    )


ROUTES: tuple[Route, ...] = (
    _route(
        "claim", "claimDispute", _on(operations.claim), "Take a dispute into review.", Verb.DISPUTE_DECIDE, Nothing,
        errors.Leased, errors.OtherReviewer, errors.AlreadyDecided,
    ),
    _route(
        "release", "releaseDispute", _on(operations.release), "Give it back to the queue.", Verb.DISPUTE_DECIDE,
        Nothing, errors.NotYours, errors.AlreadyDecided,
    ),
    _route(
        "withdraw", "withdrawDispute", _on(operations.withdraw), "Take a dispute back before it is decided.",
        Verb.DISPUTE_CREATE, Nothing, errors.LaterRound, errors.AlreadyDecided,
    ),
    _route(
        "request-info", "requestInfo", _saying(operations.request_info, "question"), "Ask the submitter side.",
        Verb.DISPUTE_DECIDE, Question, errors.QuestionRequired, errors.AlreadyDecided,
    ),
    _route(
        "provide-info", "provideInfo", _saying(operations.provide_info, "answer"), "Answer the reviewer's question.",
        Verb.DISPUTE_CREATE, Reply, errors.AnswerRequired, errors.AlreadyDecided,
    ),
    _route(
        "close", "closeDispute", _close, "End a dispute, with a resolution or without.", Verb.DISPUTE_CLOSE, Closing,
        errors.AlreadyClosed, errors.DecisionPending, errors.UnknownResolution, errors.PersonRequired,
        errors.ExplanationRequired, errors.CreditLive,
    ),
    _route(
        "reopen", "reopenDispute", _saying(operations.reopen, "cause"), "Open a finished dispute again.",
        Verb.DISPUTE_REOPEN, Cause, errors.NotClosed, errors.CauseRequired, errors.DecisionFinal,
        errors.ReopenWindowExpired, errors.ChargeCorrected, errors.AlreadyDisputed,
    ),
    _route(
        "re-review", "requestReReview", _saying(operations.request_re_review, "cause"),
        "Ask that a decided dispute is looked at again.", Verb.DISPUTE_CREATE, Cause, errors.CauseRequired,
        errors.AlreadyDecided, errors.ReReviewNotOffered, errors.ReReviewNotForYou, errors.RoundsUsedUp,
        errors.AppealWindowEnded, errors.ChargeCorrected, errors.AlreadyDisputed,
    ),
    Route(
        "POST",
        "/api/v1/disputes/{dispute}/comments",
        "writeComment",
        write_comment,
        "Write a comment on a dispute.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_VIEW,
        body=Writing,
        answer=Comment,
        status=201,
        keyed=Keyed.OPTIONAL,
        refusals=(NoAccess, errors.CommentRequired),
        examples={"note": {"text": "The caller asked for somebody else.", "visibility": "parties"}},
    ),
)  # fmt: skip
