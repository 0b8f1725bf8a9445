"""Reviews of charges that nobody disputed: what waits, what was found, a verdict, and taking it back."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.errors import BadCursor, BadParameter, NoAccess
from makegood.api.http import Request, Response
from makegood.api.problems import refused
from makegood.api.routing import Keyed, Param, Route
from makegood.api.v1 import finding, ids, paging, tags
from makegood.api.v1.decisions import Codes, Hearing
from makegood.api.v1.representations.review import Review, ReviewPage, review
from makegood.disputes import errors, operations
from makegood.disputes.entries import HeardItem, ReviewItem
from makegood.disputes.selectors.review_queue import BY_ID, ReviewRow, review_numbered, rows_of
from makegood.disputes.selectors.reviews import reviews_visible_to
from makegood.disputes.states import ReviewState, ReviewVerdict
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

TAG = "reviews"
PATH = "/api/v1/reviews"
STATES = frozenset(ReviewState)
FILTERS = (Param("state", str, "Only those: queued, claimed, done or canceled.", example="queued"),)


class Finding(Struct, forbid_unknown_fields=True):
    """What was found: ``findings`` are codes of the program, ``heard`` says where in the recording they are heard.

    ``reason`` is a code that a non-billable verdict opens its dispute with; empty, the findings name it.
    """

    verdict: ReviewVerdict
    findings: Codes = []
    heard: Annotated[list[Hearing], Meta(max_length=50)] = []
    tags: Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=50)] = []
    note: Annotated[str, Meta(max_length=4000)] = ""
    reason: Annotated[str, Meta(max_length=40)] = ""


def found(request: Request) -> ReviewRow:
    """The review of the path. Raises NotPermitted for who does not review, NoAccess."""
    demand(request.principal, Verb.REVIEW_PROACTIVE)
    text = request.params["review"]
    number = ids.number_of(ids.REVIEW, text)
    with finding.absent_as("Review", text):
        row = review_numbered(request.principal, number) if number is not None else None
        if row is None:
            raise NotFound()
        return row


def listed(request: Request) -> Response:
    """The reviews in sight."""
    paging.check_known(request, FILTERS)
    state = finding.one_of(request, "state", STATES)
    rows = reviews_visible_to(request.principal).select_related("program", "charge__vendor", "dispute", "reviewer")
    page = paging.page(request, rows.filter(state=state) if state else rows, BY_ID)
    return Response(body=paging.answered(page.with_rows(rows_of(request.principal, page.rows)), ReviewPage, review))


def one(request: Request) -> Response:
    """A review."""
    return tags.read(request, review(request.subject))


def keep(request: Request) -> Response:
    """Keep what was found."""
    row, body = request.subject, request.body
    item = ReviewItem(
        row.id,
        body.verdict,
        findings=tuple(body.findings),
        heard=tuple(HeardItem(one.finding, one.start_ms, one.end_ms) for one in body.heard),
        tags=tuple(body.tags),
        note=body.note,
        reason=body.reason,
    )
    return _as_it_is(request, operations.keep_review(request.principal, items=[item])[0])


def take_back(request: Request) -> Response:
    """Take one's own verdict back."""
    return _as_it_is(request, operations.take_back_review(request.principal, items=[request.subject.id])[0])


def _as_it_is(request: Request, answer: Answer) -> Response:
    if not answer.ok:
        raise refused(answer)
    return tags.read(request, review(found(request)))


KEPT: tuple[type[Refusal], ...] = (
    NoAccess,
    errors.ReviewerRequired,
    errors.ReviewTaken,
    errors.ReviewFinished,
    errors.ReviewOvertaken,
    errors.ReviewReasonRequired,
    errors.ReasonRequired,
    errors.FindingUnknown,
    errors.NothingToHear,
    errors.HeardBeyondRecording,
    errors.BadTag,
    errors.ChargeCorrected,
    errors.AlreadyDisputed,
    errors.AmountExceedsRemaining,
    errors.PolicyMissing,
    errors.Conflict,
)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        PATH,
        "listReviews",
        listed,
        "List reviews of charges that nobody disputed, the first queued first.",
        TAG,
        verb=Verb.REVIEW_PROACTIVE,
        answer=ReviewPage,
        query=(*FILTERS, *paging.PARAMS),
        refusals=(BadParameter, BadCursor),
    ),
    Route(
        "GET",
        PATH + "/{review}",
        "getReview",
        one,
        "Read a review.",
        TAG,
        scope=found,
        verb=Verb.REVIEW_PROACTIVE,
        answer=Review,
        statuses={304: None},
        refusals=(NoAccess,),
    ),
    Route(
        "POST",
        PATH + "/{review}/verdict",
        "keepReview",
        keep,
        "Say what a review found.",
        TAG,
        scope=found,
        verb=Verb.REVIEW_PROACTIVE,
        body=Finding,
        answer=Review,
        keyed=Keyed.OPTIONAL,
        refusals=KEPT,
        description="Non-billable opens a dispute of origin qa_proactive for all that is left and accepts it whole; it "
        "is held for the undo window of the desk, and above the person's limit it waits for a second signature.",
        examples={
            "billable": {"verdict": "billable", "findings": ["ORDINARY"], "tags": ["new customer"]},
            "non-billable": {"verdict": "non_billable", "findings": ["ROBOCALL"], "note": "A recorded voice."},
        },
    ),
    Route(
        "DELETE",
        PATH + "/{review}/verdict",
        "takeBackReview",
        take_back,
        "Take one's own verdict back while nothing was posted.",
        TAG,
        scope=found,
        verb=Verb.REVIEW_PROACTIVE,
        answer=Review,
        refusals=(
            NoAccess,
            errors.ReviewerRequired,
            errors.NothingToTakeBack,
            errors.ReviewNotYours,
            errors.TakeBackEnded,
        ),
    ),
)
