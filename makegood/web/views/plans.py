"""Bulk plans: made from a selection, looked at like a transfer slip, committed, stopped, undone as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.disputes import errors, operations
from makegood.disputes.operations.plan_verbs import PERMISSION
from makegood.disputes.selectors import plan_lists
from makegood.disputes.selectors.plans import PlanView, plan_csv, plan_view
from makegood.disputes.selectors.queue import QueueQuery
from makegood.disputes.states import PlanState, PlanVerb, RowState
from makegood.journal.operations import record
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.web import plan_form, plan_page, plan_words, queue_filter, undoing
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, page, respond, say
from makegood.web.queue_fields import GROUP_KEYS
from makegood.web.reauth import asks_again

MOST_NAMED = 5_000
EXPIRED, CHANGED = "expired", "changed"
NOTHING = "Select at least one dispute first."
RUNNING_STATUS = 202


def _at(plan: PlanView | str, more: str = "") -> str:
    return reverse("plan", args=[plan if isinstance(plan, str) else plan.id]) + more


@require_http_methods(["GET", "HEAD", "POST"])
@page(Verb.DISPUTE_DECIDE)
def plans(request: PageRequest) -> HttpResponse:
    """My recent plans; sent, a new one of what was selected."""
    if request.method == "POST":
        return _make(request)
    found = plan_lists.recent_plans(request.principal, clock.now())
    rows = [(one, plan_words.TITLES[one.verb], plan_words.STATES[one.state]) for one in found]
    return respond(request, "web/plans/plans.html", {"rows": rows})


def _make(request: PageRequest) -> HttpResponse:
    said, named = request.POST.get("query", ""), request.POST.get("verb", "")
    back = reverse("queue") + (f"?{said}" if said else "")
    selection = _selection(request, said)
    if named not in set(PlanVerb) or named == PlanVerb.ADJUST or selection is None:
        say(request, NOTHING)
        return go(back)
    verb = PlanVerb(named)
    try:
        params = plan_form.begun(request.principal, verb)
        plan = operations.plan_bulk(request.principal, verb=verb, selection=selection, params=params)
    except (errors.PlanTooLarge, errors.PlanParameters) as refusal:
        say(request, refusal.message, "is-error")
        return go(back)
    return go(_at(plan))


def _selection(request: PageRequest, said: str) -> Sequence[str] | QueueQuery | None:
    """The disputes that were ticked, or all that the filter finds; None where that is nothing, or cannot be read."""
    every, group = request.POST.get("all") == "1", request.POST.get("group_all", "")
    if every or group:
        asked = queue_filter.read_query(request, said)
        if group:
            key = GROUP_KEYS.get(asked.group, "vendor")
            asked = queue_filter.read_query(request, queue_filter.query_of({**asked.typed, key: group}))
        return None if asked.errors else asked.query
    names = [name[:40] for name in request.POST.getlist("id")[:MOST_NAMED] if name]
    return names or None


@require_safe
@page(Verb.DISPUTE_VIEW)
def plan(request: PageRequest, plan_id: str) -> HttpResponse:
    """A plan: its preview, how far it is, or what became of it. ``was`` names the one that it was made again from."""
    found = plan_view(request.principal, plan_id)
    return _shown(request, found, was=request.GET.get("was", ""), why=request.GET.get("why", ""))


def _shown(
    request: PageRequest,
    found: PlanView,
    typed: plan_form.Typed | None = None,
    refused: Refusal | None = None,
    *,
    was: str = "",
    why: str = "",
) -> HttpResponse:
    context: dict[str, Any] = plan_page.context_of(request.principal, found, typed, refused)
    if was:
        context |= {"why": why, "changes": plan_lists.changes_between(request.principal, was, found.id)}
    running = found.state is PlanState.RUNNING
    status = refused.status if refused else RUNNING_STATUS if running else 200
    context["is_part"] = is_part(request)
    return respond(request, "web/plans/plan.html", context, part="web/plans/body.html", status=status)


@require_POST
@page(Verb.DISPUTE_VIEW)
def again(request: PageRequest, plan_id: str) -> HttpResponse:
    """The same disputes, said otherwise, or as they stand now; with ``only=refused`` those that were left out."""
    found = plan_view(request.principal, plan_id)
    if request.POST.get("only") == "refused":
        return go(_at(operations.plan_again(request.principal, plan_id, only=RowState.REFUSED)))
    typed = plan_form.read(request)
    try:
        params = plan_form.params_of(found.verb, typed, plan_lists.ground_of(request.principal, plan_id).currencies)
        made = operations.plan_again(request.principal, plan_id, params=params)
    except Refusal as refused:
        return _shown(request, found, typed, refused)
    return go(_at(made))


@require_POST
@page(Verb.DISPUTE_VIEW)
def commit(request: PageRequest, plan_id: str) -> HttpResponse:
    """Do what was looked at. Where that is not what would be done any more, the plan is shown again instead."""
    principal = request.principal
    found = plan_view(principal, plan_id)
    demand(principal, PERMISSION[found.verb])
    if found.state is not PlanState.DRAFT:
        return go(_at(found))
    confirm = asks_again(request, _moved(found))
    if confirm is not None:
        return confirm
    typed = plan_form.read(request)
    try:
        params = plan_form.params_of(found.verb, typed, plan_lists.ground_of(principal, plan_id).currencies)
        made = found if params == found.params else operations.plan_again(principal, plan_id, params=params)
    except Refusal as refused:
        return _shown(request, found, typed, refused)
    if made is not found and not _is_as_seen(principal, found, made):
        return go(_at(made, f"?was={found.id}&why={CHANGED}"))
    return _committed(request, found, made)


def _moved(plan: PlanView) -> list[tuple[str, int]]:
    """Currency and micros of what a plan moves: its credits, and a claw-back that somebody chose."""
    moved = [(one.currency, one.credit_micros) for one in plan.totals.sums]
    if plan.params.clawback:
        moved += [(one.payout_currency, one.clawback_micros) for one in plan.totals.sums]
    return moved


def _is_as_seen(principal: Principal, seen: PlanView, made: PlanView) -> bool:
    """Whether a plan made again does to every dispute what was looked at; one too large to compare does not."""
    changes = plan_lists.changes_between(principal, seen.id, made.id)
    return changes.is_looked_through and not changes.count


def _committed(request: PageRequest, found: PlanView, made: PlanView) -> HttpResponse:
    principal = request.principal
    expired = found.expires_at <= clock.now()
    try:
        if expired:
            raise errors.PlanExpired(minutes=0)
        done = operations.commit_plan(principal, made.id)
    except errors.PlanExpired:
        fresh = operations.plan_again(principal, made.id) if made is found else made
        return go(_at(fresh, f"?was={found.id}&why={EXPIRED}"))
    except errors.PlanEmpty as refused:
        say(request, refused.message, "is-error")
        return go(_at(made))
    if done.undo_until is not None and done.done:
        words = plan_words.plural(done.done, "dispute", "disputes")
        sentence = f"{words} {plan_words.DONE[done.verb]}"
        undoing.remember(
            request, dispute_ids=(), until=done.undo_until, sentence=sentence, back=_at(done), plan=done.id
        )
    return go(_at(done))


@require_POST
@page(Verb.DISPUTE_DECIDE)
def undo(request: PageRequest, plan_id: str) -> HttpResponse:
    """Take the plan's decisions back, as one."""
    try:
        undone = operations.undo_plan(request.principal, plan_id)
    except (errors.PlanNotCommitted, errors.PlanRunning, errors.PlanNotUndoable, errors.WindowEnded) as refused:
        say(request, refused.message, "is-error")
        return go(_at(plan_id))
    undoing.forget(request)
    return go(_at(undone.plan))


@require_POST
@page(Verb.DISPUTE_VIEW)
def stop(request: PageRequest, plan_id: str) -> HttpResponse:
    """Leave what a running plan has not done yet undone."""
    try:
        operations.stop_plan(request.principal, plan_id)
    except errors.PlanNotRunning as refused:
        say(request, refused.message, "is-error")
    return go(_at(plan_id))


@require_POST
@page(Verb.DISPUTE_DECIDE)
def recommend(request: PageRequest, plan_id: str) -> HttpResponse:
    """Recommend what is above one's limit, for somebody else to sign."""
    answers = operations.recommend_plan(request.principal, plan_id)
    done = sum(answer.ok for answer in answers)
    left = sorted({answer.message for answer in answers if not answer.ok})
    if done:
        say(request, f"{plan_words.plural(done, 'dispute waits', 'disputes wait')} for a second signature.", "is-ok")
    if left:
        say(request, f"Not recommended: {'; '.join(left[:3])}", "is-error")
    return go(_at(plan_id))


@require_safe
@page(Verb.PAYOUT_VIEW)
def rows_csv(request: PageRequest, plan_id: str) -> StreamingHttpResponse:
    """The plan's disputes as a file: what each gets, what became of it, and why not."""
    lines = plan_csv(request.principal, plan_id)
    record(
        request.principal,
        verb="export",
        event="list.exported",
        object_kind="user",
        object_id=request.principal.id or 0,
        changes={"list": "bulk_plan", "query": plan_id, "form": "csv"},
    )
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{plan_id}.csv"'
    return answer
