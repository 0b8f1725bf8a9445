"""Steps of those who decide, for one dispute: take it, put it back, look at the effects, decide, undo."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import errors, operations
from makegood.disputes.entries import DecisionItem, Ref
from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors.partial_amounts import part_for
from makegood.disputes.selectors.postings import money_of
from makegood.disputes.selectors.queue import next_waiting
from makegood.disputes.states import DecisionKind
from makegood.kernel.answers import Answer, accepted, refused
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb
from makegood.web import deciding, undoing
from makegood.web.middleware import PageRequest
from makegood.web.numbers import version_of
from makegood.web.pages import back_to, go, page, respond, say, say_refused
from makegood.web.views.disputes import beside

FIELDS = {
    "EXPLANATION_REQUIRED": "note",
    "PARTIAL_OUT_OF_RANGE": "amount",
    "BAD_AMOUNT": "amount",
    "TIME_UNREADABLE": "heard",
    "HEARD_BEYOND_RECORDING": "heard",
}
NOT_AS_ASKED = frozenset({*FIELDS, errors.DecisionNotOffered.code, errors.FindingUnknown.code})
NO_CONTENT, CONFLICT, UNPROCESSABLE = 204, 409, 422


@require_POST
@page(Verb.DISPUTE_DECIDE)
def claim(request: PageRequest, number: str) -> HttpResponse:
    """Take a dispute into review."""
    found = details.visible_dispute(request.principal, number)
    (answer,) = operations.claim(request.principal, items=[Ref(found.pk)])
    if not answer.ok:
        say_refused(request, answer)
    return go(reverse("dispute", args=[number]))


@require_POST
@page(Verb.DISPUTE_DECIDE)
def release(request: PageRequest, number: str) -> HttpResponse:
    """Put a dispute back into the queue."""
    found = details.visible_dispute(request.principal, number)
    (answer,) = operations.release(request.principal, items=[Ref(found.pk)])
    if not answer.ok:
        say_refused(request, answer)
        return go(reverse("dispute", args=[number]))
    return go(reverse("queue"))


@require_POST
@page(Verb.DISPUTE_DECIDE)
def lease(request: PageRequest, number: str) -> HttpResponse:
    """Keep a dispute in one's hands while its page is open; 409 once it is in them no longer."""
    found = details.visible_dispute(request.principal, number)
    (answer,) = operations.extend_lease(request.principal, items=[Ref(found.pk)])
    return HttpResponse(status=NO_CONTENT if answer.ok else CONFLICT)


@require_POST
@page(Verb.DISPUTE_DECIDE)
def effects(request: PageRequest, number: str) -> HttpResponse:
    """What a part would do, as its amount is typed."""
    detail = details.dispute_detail(request.principal, number)
    panel = deciding.panel(request.principal, detail, deciding.read(request))
    return respond(request, "web/disputes/partial.html", {"panel": panel, "row": detail.row})


@require_POST
@page(Verb.DISPUTE_DECIDE)
def decide(request: PageRequest, number: str) -> HttpResponse:
    """Decide, offer to undo, and go on with the next one; refused, what was typed stays."""
    detail = details.dispute_detail(request.principal, number)
    typed, chosen = deciding.read(request), request.POST.get("kind", "")
    if chosen not in set(DecisionKind):
        return _again(request, detail, typed, Answer.refused(0, errors.DecisionNotOffered()))
    kind = DecisionKind(chosen)
    try:
        answer = _decide(request, detail, kind, typed)
    except Refusal as error:
        answer = Answer.refused(0, error)
    if not answer.ok:
        return _again(request, detail, typed, answer)
    following = next_waiting(request.principal, detail.row.id)
    deciding.offer_undo(request, [answer], kind, reverse("dispute", args=[number]))
    return go(reverse("dispute", args=[following.removeprefix("D-")]) if following else reverse("queue"))


def _decide(request: PageRequest, detail: details.DisputeDetail, kind: DecisionKind, typed: deciding.Typed) -> Answer:
    micros = part_for(request.principal, detail.row.id, typed.amount) if kind is DecisionKind.PARTIAL else None
    version = version_of(request.POST.get("version", ""))
    heard = deciding.heard_in(typed)
    item = DecisionItem(detail.row.id, kind, micros, typed.note, typed.findings, version, heard=heard)
    return operations.decide(request.principal, items=[item])[0]


def _again(request: PageRequest, detail: details.DisputeDetail, typed: deciding.Typed, answer: Answer) -> HttpResponse:
    field = FIELDS.get(answer.code, "")
    panel = deciding.panel(request.principal, detail, replace(typed, error=answer.message, field=field))
    context = {
        "detail": detail,
        "row": detail.row,
        "tab": "story",
        "panel": panel,
        "money": money_of(request.principal, detail),
        "refused": answer,
        **beside(request, detail),
        **deciding.following(request.principal, detail.row.id),
    }
    status = UNPROCESSABLE if answer.code in NOT_AS_ASKED else CONFLICT
    return respond(request, "web/disputes/desk.html", context, status=status)


@require_POST
@page(Verb.DISPUTE_DECIDE)
def undo(request: PageRequest) -> HttpResponse:
    """Take back what was just decided: the hold is void, nothing was posted, nobody was told."""
    ids = undoing.dispute_ids(request.POST.get("token", ""))
    answers = operations.undo(request.principal, items=[Ref(pk) for pk in ids])
    undoing.forget(request)
    taken, late = accepted(answers), refused(answers)
    if taken:
        what = str(taken[0].data["number"]) if len(taken) == 1 else f"{len(taken)} decisions"
        say(request, f"{what} undone. Nothing was posted and nobody was told.", "is-ok")
    if late:
        say_refused(request, late[0])
    return go(back_to(request, reverse("queue")))
