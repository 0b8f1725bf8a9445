"""Second signatures: what waits for one, read, signed, declined, and taken back by its author."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.errors import BadCursor, BadParameter, NoAccess
from makegood.api.http import Request, Response
from makegood.api.problems import refused
from makegood.api.routing import Keyed, Route
from makegood.api.v1 import finding, paging, tags
from makegood.api.v1.decisions import held
from makegood.api.v1.representations.decision import Held
from makegood.api.v1.representations.recommendation import Recommendation, RecommendationPage, recommendation
from makegood.disputes import errors, operations
from makegood.disputes.entries import Ref, SignItem
from makegood.disputes.selectors.dossiers import handle_of
from makegood.disputes.selectors.recommendations import (
    OLDEST_FIRST,
    RecommendationRow,
    recommendation_called,
    recommendations_waiting,
    rows_of,
)
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

TAG = "recommendations"
PATH = "/api/v1/recommendations"


class Declining(Struct, forbid_unknown_fields=True):
    """Why it is not signed; its author reads it."""

    cause: Annotated[str, Meta(min_length=1, max_length=4000)]


class Signing(Struct, forbid_unknown_fields=True):
    """This call takes nothing; a missing body will do."""


def found(request: Request) -> RecommendationRow:
    """The recommendation of the path. Raises NotPermitted for who does not decide, NoAccess."""
    demand(request.principal, Verb.DISPUTE_DECIDE)
    public_id = request.params["recommendation"]
    with finding.absent_as("Recommendation", public_id):
        row = recommendation_called(request.principal, public_id)
        if row is None:
            raise NotFound()
        return row


def listed(request: Request) -> Response:
    """What waits."""
    paging.check_known(request, ())
    page = paging.page(request, recommendations_waiting(request.principal), OLDEST_FIRST)
    rows = rows_of(request.principal, page.rows)
    return Response(body=paging.answered(page.with_rows(rows), RecommendationPage, recommendation))


def one(request: Request) -> Response:
    """A recommendation."""
    return tags.read(request, recommendation(request.subject))


def approve(request: Request) -> Response:
    """Sign it; the decision as it is then."""
    row: RecommendationRow = request.subject
    (answer,) = operations.approve(request.principal, items=[SignItem(row.public_id)])
    _check(answer)
    return held(request, handle_of(request.principal, row.dispute_public_id), answer)


def decline(request: Request) -> Response:
    """Give it back to its author."""
    row: RecommendationRow = request.subject
    (answer,) = operations.decline(request.principal, items=[SignItem(row.public_id, request.body.cause)])
    return _as_it_is(request, answer)


def withdraw(request: Request) -> Response:
    """Take one's own back."""
    row: RecommendationRow = request.subject
    if not row.is_waiting:
        raise errors.AlreadyAnswered(number=row.number, state=row.state.value)
    (answer,) = operations.withdraw_recommendation(request.principal, items=[Ref(row.dispute_id)])
    return _as_it_is(request, answer)


def _check(answer: Answer) -> None:
    if not answer.ok:
        raise refused(answer)


def _as_it_is(request: Request, answer: Answer) -> Response:
    _check(answer)
    return tags.read(request, recommendation(found(request)))


ANSWERED: tuple[type[Refusal], ...] = (
    NoAccess,
    errors.AlreadyAnswered,
    errors.OwnRecommendation,
    errors.PersonRequired,
)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        PATH,
        "listRecommendations",
        listed,
        "List what waits for a second signature, the oldest first.",
        TAG,
        verb=Verb.DISPUTE_DECIDE,
        answer=RecommendationPage,
        query=paging.PARAMS,
        refusals=(BadParameter, BadCursor),
    ),
    Route(
        "GET",
        PATH + "/{recommendation}",
        "getRecommendation",
        one,
        "Read a recommendation.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_DECIDE,
        answer=Recommendation,
        statuses={304: None},
        refusals=(NoAccess,),
    ),
    Route(
        "POST",
        PATH + "/{recommendation}/approve",
        "approveRecommendation",
        approve,
        "Sign somebody else's decision.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_DECIDE,
        body=Signing,
        optional_body=True,
        answer=Held,
        status=201,
        keyed=Keyed.REQUIRED,
        refusals=(
            *ANSWERED,
            errors.RecommendationStale,
            errors.OtherReviewer,
            errors.OverLimit,
            errors.AmountExceedsRemaining,
            errors.ClawbackOutOfRange,
            errors.CreditLive,
            errors.DecisionNotOffered,
            errors.ExplanationRequired,
            errors.FindingUnknown,
            errors.NothingToHear,
            errors.HeardBeyondRecording,
        ),
        description="The decision is its author's and is held until commits_at, as any other. It is judged anew: what "
        "changed since it was recommended is refused, and nothing changes.",
    ),
    Route(
        "POST",
        PATH + "/{recommendation}/decline",
        "declineRecommendation",
        decline,
        "Give somebody's decision back to them.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_DECIDE,
        body=Declining,
        answer=Recommendation,
        keyed=Keyed.OPTIONAL,
        refusals=(*ANSWERED, errors.CauseRequired),
        description="The dispute goes back into its author's hands, who reads the cause.",
        examples={"cause": {"cause": "Listen to 0:41 again."}},
    ),
    Route(
        "DELETE",
        PATH + "/{recommendation}",
        "withdrawRecommendation",
        withdraw,
        "Take one's own decision back before somebody signs it.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_DECIDE,
        answer=Recommendation,
        refusals=(NoAccess, errors.AlreadyAnswered, errors.NotYours),
    ),
)
