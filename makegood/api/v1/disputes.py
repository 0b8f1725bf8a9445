"""Disputes: lists, one, and what happened to it."""

from __future__ import annotations

from makegood.api.errors import BadCursor, BadParameter, NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import Param, Route
from makegood.api.v1 import finding, ids, paging, tags
from makegood.api.v1.representations import comment as comments
from makegood.api.v1.representations.dispute import (
    Dispute,
    DisputePage,
    History,
    HistoryStep,
    Promise,
    dispute,
    promise,
)
from makegood.disputes.selectors.comments import comments_of
from makegood.disputes.selectors.detail import visible_dispute
from makegood.disputes.selectors.dispute_list import MINE, ORDER, WORDS, DisputeFilter, disputes_like
from makegood.disputes.selectors.dossiers import dossier_of, dossiers
from makegood.disputes.selectors.promise import promise_of
from makegood.disputes.selectors.story import steps_of
from makegood.disputes.states import Outcome, Stage
from makegood.parties.states import Verb

TAG = "disputes"
STAGES = frozenset(stage.value for stage in Stage if stage is not Stage.DRAFT)
OUTCOMES = frozenset(outcome.value for outcome in Outcome)
FILTERS = (
    Param("status", str, "A status word: " + ", ".join(sorted(WORDS)) + ".", example="pending"),
    Param("stage", str, "One of " + ", ".join(sorted(STAGES)) + "."),
    Param("outcome", str, "One of " + ", ".join(sorted(OUTCOMES)) + "."),
    Param("customer", int, "The customer's id."),
    Param("vendor", int, "The vendor's id; needs payout.view."),
    Param("program", str, "The program's key."),
    Param("reason", str, "The reason's code."),
    Param("charge", str, "The charge's id."),
    Param("submission", str, "The id of the submission it belongs to."),
    Param("number", str, "Its number, such as D-10003."),
    Param("assignee", str, "The id of the person who reviews it, or me; needs dispute.decide."),
    Param("due_before", str, "Its promised time ends before this moment; needs dispute.decide."),
    Param("submitted_from", str, "Submitted at this moment or later."),
    Param("submitted_to", str, "Submitted before this moment."),
    Param("min_amount", str, "At least this was asked, of `currency`, else whatever it is.", example="9.99"),
    Param("max_amount", str, "At most this was asked, of `currency`, else whatever it is."),
    Param("currency", str, "Asked in this currency; amounts are of it.", example="USD"),
)


def _filter(request: Request) -> DisputeFilter:
    assignee = request.one("assignee")
    if assignee and assignee != MINE:
        assignee = str(finding.number(request, "assignee"))
    charge = request.one("charge")
    number = ids.number_of(ids.CHARGE, charge)
    if charge and number is None:
        raise BadParameter(field="charge", cause="it is the id of a charge, such as chg_12")
    return DisputeFilter(
        status=finding.one_of(request, "status", frozenset(WORDS)),
        stage=finding.one_of(request, "stage", STAGES),
        outcome=finding.one_of(request, "outcome", OUTCOMES),
        customer=finding.number(request, "customer"),
        vendor=finding.number(request, "vendor"),
        program=request.one("program"),
        reason=request.one("reason"),
        charge=number,
        submission=request.one("submission"),
        number=request.one("number"),
        assignee=assignee,
        due_before=finding.at(request, "due_before"),
        submitted_from=finding.at(request, "submitted_from"),
        submitted_to=finding.at(request, "submitted_to"),
        min_micros=finding.micros(request, "min_amount"),
        max_micros=finding.micros(request, "max_amount"),
        currency=finding.currency(request),
    )


def listed(request: Request) -> Response:
    """A page of disputes in scope."""
    paging.check_known(request, FILTERS)
    rows = disputes_like(request.principal, _filter(request)).only("id")
    found = paging.page(request, rows, ORDER)
    records = dossiers(request.principal, [row.pk for row in found.rows])
    return Response(body=paging.answered(found.with_rows(records), DisputePage, dispute))


def one(request: Request) -> Response:
    """One dispute, read in one statement."""
    public_id = request.params["dispute"]
    with finding.absent_as("Dispute", public_id):
        record = dossier_of(request.principal, public_id)
    return tags.answer(request, dispute(record))


def history(request: Request) -> Response:
    """What the caller may know of what happened."""
    you = request.principal.label
    steps = [
        HistoryStep(step.sequence, step.event, step.at, step.text, you if step.who == "you" else step.who)
        for step in steps_of(request.principal, request.subject.id)
    ]
    return Response(body=History(steps))


def promised(request: Request) -> Response:
    """What the submitting side may expect: apart from the dispute, whose ETag is for changes of it."""
    found = visible_dispute(request.principal, request.subject.label.removeprefix("D-"))
    return Response(body=promise(promise_of(found)))


def commented(request: Request) -> Response:
    """What was written beside the dispute."""
    rows = comments_of(request.principal, request.subject.id)
    return Response(body=comments.Comments([comments.comment(row) for row in rows]))


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/v1/disputes",
        "listDisputes",
        listed,
        "List disputes, the newest first.",
        TAG,
        verb=Verb.DISPUTE_VIEW,
        answer=DisputePage,
        query=(*FILTERS, *paging.PARAMS),
        refusals=(BadParameter, BadCursor),
        description="Filters narrow each other. What the caller may not know yet is not found by it either.",
    ),
    Route(
        "GET",
        "/api/v1/disputes/{dispute}",
        "getDispute",
        one,
        "Read a dispute.",
        TAG,
        verb=Verb.DISPUTE_VIEW,
        answer=Dispute,
        statuses={304: None},
        refusals=(NoAccess,),
        description="The ETag goes into If-Match of a change, or into If-None-Match of the next read.",
    ),
    Route(
        "GET",
        "/api/v1/disputes/{dispute}/history",
        "getDisputeHistory",
        history,
        "Read the story of a dispute.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_VIEW,
        answer=History,
        refusals=(NoAccess,),
    ),
    Route(
        "GET",
        "/api/v1/disputes/{dispute}/promise",
        "getDisputePromise",
        promised,
        "Read by when a dispute is decided, and its place in the line.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_VIEW,
        answer=Promise,
        refusals=(NoAccess,),
        description="The promise of the program, how many come before it, and the time that is usual by the latest "
        "decisions. It changes with the line, not with the dispute.",
    ),
    Route(
        "GET",
        "/api/v1/disputes/{dispute}/comments",
        "listComments",
        commented,
        "Read the comments on a dispute.",
        TAG,
        scope=finding.dispute,
        verb=Verb.DISPUTE_VIEW,
        answer=comments.Comments,
        refusals=(NoAccess,),
        description="Internal notes are read by those who decide.",
    ),
)
