"""Bulk plans: look at what a verb would do to many disputes, do it, stop it, take it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.amounts import Amount
from makegood.api.errors import BadCursor, BadParameter, FieldInvalid, FieldRequired, NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import Keyed, Param, Route
from makegood.api.v1 import finding, paging, tags
from makegood.api.v1.disputes import OUTCOMES, STAGES
from makegood.api.v1.representations.bulk_plan import (
    BulkPlan,
    PlanItems,
    UndonePlan,
    UndoneRow,
    bulk_plan,
    plan_item,
)
from makegood.disputes import errors, operations
from makegood.disputes.entries import PlanParams
from makegood.disputes.operations.plan_bulk import MOST
from makegood.disputes.selectors.dispute_list import MINE, WORDS, DisputeFilter, disputes_like
from makegood.disputes.selectors.plans import PlanView, plan_csv, plan_rows, plan_view
from makegood.disputes.selectors.queue import QueueQuery
from makegood.disputes.states import PlanState, PlanVerb, RowState
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.kernel.money import exponent
from makegood.parties.errors import NotPermitted
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

TAG = "bulk plans"
PATH = "/api/v1/bulk-plans"
CSV = "text/csv"
STATES = frozenset(state.value for state in RowState)
Text = Annotated[str, Meta(max_length=40)]
Name = Annotated[str, Meta(max_length=40, description="The id or the number of a dispute.")]
Id = Annotated[int, Meta(ge=1, le=2**53)]


class Filter(Struct, forbid_unknown_fields=True):
    """What the disputes have in common, as lists are narrowed; members that are not given mean any."""

    status: Text = ""
    stage: Text = ""
    outcome: Text = ""
    customer: Id | None = None
    vendor: Id | None = None
    program: Text = ""
    reason: Text = ""
    submission: Text = ""
    assignee: Text = ""


class Selection(Struct, forbid_unknown_fields=True):
    """Either the disputes themselves, by id or number, or a filter."""

    ids: Annotated[list[Name], Meta(min_length=1, max_length=20_000)] | None = None
    filter: Filter | None = None


class Params(Struct, forbid_unknown_fields=True):
    """What is said of each dispute.

    ``explanation`` may name {number}, {buyer}, {reason}, {amount}, {caller} and {finding}. A part has exactly one of
    ``percent`` (of what was asked), ``amount_each`` and ``amount_total`` (split in proportion); the amounts need
    ``currency``. ``clawback`` is what the vendor gives back of a credit: empty as the rule says, none, or all of the
    payout. ``assignee`` is the id of the person that disputes are assigned to.
    """

    explanation: Annotated[str, Meta(max_length=4000)] = ""
    findings: Annotated[list[Text], Meta(max_length=50)] = []
    resolution: Text = ""
    percent: Annotated[str, Meta(max_length=10)] = ""
    amount_each: Amount | None = None
    amount_total: Amount | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None
    clawback: Text = ""
    assignee: Id | None = None


class Planning(Struct, forbid_unknown_fields=True):
    """A verb, the disputes it is for, and what is said of each."""

    verb: PlanVerb
    selection: Selection
    params: Params | None = None


def _seen(request: Request, view: PlanView) -> BulkPlan:
    return bulk_plan(view, pays_out=request.principal.can(Verb.PAYOUT_VIEW))


def plan(request: Request) -> Response:
    """Make a plan; nothing else is written."""
    body: Planning = request.body
    selection = _selection(request, body.selection)
    view = operations.plan_bulk(
        request.principal, verb=body.verb, selection=selection, params=_params(body.params or Params())
    )
    return Response(201, _seen(request, view), {"Location": f"{PATH}/{view.id}"})


def _selection(request: Request, selection: Selection) -> Sequence[str] | QueueQuery:
    if (selection.ids is None) == (selection.filter is None):
        raise FieldInvalid(field="selection", cause="it has either ids or a filter")
    if selection.ids is not None:
        return [f"D-{name}" if name.isdecimal() else name for name in selection.ids]
    wanted = selection.filter or Filter()
    for field, known in (("status", frozenset(WORDS)), ("stage", STAGES), ("outcome", OUTCOMES)):
        said = getattr(wanted, field)
        if said and said not in known:
            cause = "it is one of " + ", ".join(sorted(known))
            raise FieldInvalid(field=f"selection.filter.{field}", cause=cause)
    is_fine = wanted.assignee in ("", MINE)
    if not is_fine and not (wanted.assignee.isascii() and wanted.assignee.isdecimal() and len(wanted.assignee) < 19):
        raise FieldInvalid(field="selection.filter.assignee", cause="it is the id of a person, or me")
    asked = DisputeFilter(**{name: getattr(wanted, name) for name in Filter.__struct_fields__})
    found = disputes_like(request.principal, asked).order_by("id").values_list("pk", flat=True)[: MOST + 1]
    return QueueQuery("all", clock.now(), ids=tuple(found))


def _params(params: Params) -> PlanParams:
    for field in ("amount_each", "amount_total"):
        if getattr(params, field) is not None and params.currency is None:
            raise FieldRequired(field="params.currency")
    if params.currency is not None:
        exponent(params.currency)
    each, total, currency = params.amount_each, params.amount_total, params.currency or ""
    return PlanParams(
        note=params.explanation,
        findings=tuple(params.findings),
        resolution=params.resolution,
        percent=params.percent,
        each_micros=each.micros(currency, field="params.amount_each") if each else None,
        total_micros=total.micros(currency, field="params.amount_total") if total else None,
        clawback=params.clawback,
        to=params.assignee,
    )


def found(request: Request) -> PlanView:
    """The plan of the path. Raises NotPermitted, NoAccess."""
    demand(request.principal, Verb.DISPUTE_VIEW)
    public_id = request.params["plan"]
    with finding.absent_as("Plan", public_id):
        return plan_view(request.principal, public_id)


def one(request: Request) -> Response:
    """A plan as it stands."""
    return tags.read(request, _seen(request, request.subject))


def rows(request: Request) -> Response:
    """A page of the plan's disputes."""
    paging.check_known(request, ROW_FILTERS)
    state = finding.one_of(request, "state", STATES)
    limit, mark = paging.limit_of(request), paging.mark_of(request)
    seen = plan_rows(
        request.principal,
        request.subject.id,
        after=int(mark) if mark else -1,
        limit=limit + 1,
        state=RowState(state) if state else None,
    )
    pays_out = request.principal.can(Verb.PAYOUT_VIEW)
    items = [plan_item(row, pays_out=pays_out) for row in seen[:limit]]
    more = paging.sealed(request, str(items[-1].ordinal)) if len(seen) > limit else None
    return Response(body=PlanItems(items=items, next_cursor=more))


def results(request: Request) -> Response:
    """The plan's disputes as a file."""
    demand(request.principal, Verb.PAYOUT_VIEW)
    lines = plan_csv(request.principal, request.subject.id)
    headers = {"Content-Disposition": f'attachment; filename="{request.subject.id}.csv"'}
    return Response(content=(line.encode() for line in lines), media=CSV, headers=headers)


def commit(request: Request) -> Response:
    """Do what the plan says; once, whoever asks how often."""
    view = operations.commit_plan(request.principal, request.subject.id)
    if view.state is PlanState.RUNNING:
        return Response(202, _seen(request, view), {"Location": f"{PATH}/{view.id}"})
    return Response(body=_seen(request, view))


def stop(request: Request) -> Response:
    """Leave what is not done yet undone."""
    return Response(body=_seen(request, operations.stop_plan(request.principal, request.subject.id)))


def undo(request: Request) -> Response:
    """Take the plan's decisions back."""
    undone = operations.undo_plan(request.principal, request.subject.id)
    kept = [
        UndoneRow(str(answer.data.get("number", "")), answer.code, answer.message)
        for answer in undone.answers
        if not answer.ok
    ]
    return Response(body=UndonePlan(_seen(request, undone.plan), kept))


ROW_FILTERS = (Param("state", str, "One of " + ", ".join(sorted(STATES)) + "."),)
MADE: tuple[type[Refusal], ...] = (NoAccess, NotPermitted)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        PATH,
        "planBulk",
        plan,
        "Look at what a verb would do to many disputes.",
        TAG,
        verb=Verb.DISPUTE_VIEW,
        body=Planning,
        answer=BulkPlan,
        status=201,
        keyed=Keyed.OPTIONAL,
        refusals=(NotPermitted, errors.PlanParameters, errors.PlanTooLarge, "UNKNOWN_CURRENCY"),
        description="Nothing but the plan is written: the disputes with their versions, what each would get, totals by "
        "currency, and what is left out with the cause. It can be committed for ten minutes. Needs the permission of "
        "the verb.",
        examples={
            "accept": {"verb": "accept", "selection": {"ids": ["D-10003", "D-10004"]}},
            "half": {
                "verb": "partial",
                "selection": {"filter": {"status": "pending", "reason": "SPAM"}},
                "params": {"percent": "50", "explanation": "Half of {amount} for {number}."},
            },
        },
    ),
    Route(
        "GET",
        PATH + "/{plan}",
        "getBulkPlan",
        one,
        "Read a bulk plan.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_VIEW,
        answer=BulkPlan,
        statuses={304: None},
        refusals=MADE,
    ),
    Route(
        "GET",
        PATH + "/{plan}/rows",
        "listBulkPlanRows",
        rows,
        "List the disputes of a bulk plan.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_VIEW,
        answer=PlanItems,
        query=(*ROW_FILTERS, *paging.PARAMS[:2]),
        refusals=(*MADE, BadParameter, BadCursor),
    ),
    Route(
        "GET",
        PATH + "/{plan}/results.csv",
        "getBulkPlanResults",
        results,
        "Read the disputes of a bulk plan as CSV.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_VIEW,
        answer=str,
        answer_media=CSV,
        refusals=MADE,
        description="Needs payout.view: the file says what is taken back from vendors.",
    ),
    Route(
        "POST",
        PATH + "/{plan}/commit",
        "commitBulkPlan",
        commit,
        "Do what a bulk plan says.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_VIEW,
        answer=BulkPlan,
        statuses={202: BulkPlan},
        refusals=(*MADE, errors.PlanExpired, errors.PlanEmpty),
        description="The plan is its own key: a repeat changes nothing and gives how it stands. Disputes that changed "
        "meanwhile are left out, and say so in their rows. More than 5,000 disputes are answered with 202.",
    ),
    Route(
        "POST",
        PATH + "/{plan}/stop",
        "stopBulkPlan",
        stop,
        "Stop a bulk plan that runs.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_VIEW,
        answer=BulkPlan,
        refusals=(*MADE, errors.PlanNotRunning),
    ),
    Route(
        "POST",
        PATH + "/{plan}/undo",
        "undoBulkPlan",
        undo,
        "Take the decisions of a bulk plan back.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_DECIDE,
        answer=UndonePlan,
        refusals=(
            *MADE,
            errors.PlanNotCommitted,
            errors.PlanRunning,
            errors.PlanNotUndoable,
            errors.WindowEnded,
        ),
    ),
)
