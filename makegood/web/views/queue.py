"""The queue, and decisions about many disputes: previewed like a transfer slip, then committed."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.selectors import effect_tables
from makegood.disputes.selectors import queue as selector
from makegood.disputes.selectors.detail import findings_on_offer
from makegood.disputes.selectors.partial_amounts import decision_items
from makegood.disputes.states import DecisionKind, Door
from makegood.kernel import clock
from makegood.kernel.answers import accepted, refused
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb
from makegood.web import bulk, deciding, programs
from makegood.web.middleware import PageRequest
from makegood.web.notice_items import notice_of
from makegood.web.numbers import row_id
from makegood.web.pages import go, page, respond, say

CHANGED = "The preview was older than ten minutes or the amount changed. This is how it stands now."
NOTE_MISSING = "Please add a few words: each buyer reads them."
TITLES = {DecisionKind.ACCEPT: "Accept", DecisionKind.PARTIAL: "Accept in part", DecisionKind.REJECT: "Reject"}


@page(Verb.DISPUTE_DECIDE)
def queue(request: PageRequest) -> HttpResponse:
    """What waits, what is mine, what was decided today, everything; or exactly the items of a notice."""
    get, notice, program = request.GET, notice_of(request), programs.chosen(request)
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    query = selector.QueueQuery(
        tab=get.get("tab", "pending"),
        midnight=midnight,
        reason=row_id(get.get("reason", "")) or 0,
        buyer=row_id(get.get("buyer", "")) or 0,
        vendor=row_id(get.get("vendor", "")) or 0,
        program=program.pk if program and not notice else 0,
        ids=notice.dispute_ids if notice else None,
        after=get.get("after", ""),
        before=get.get("before", ""),
    )
    context = {"found": selector.queue_page(request.principal, query), "query": query, "notice": notice}
    return respond(request, "web/queue/queue.html", context, part="web/queue/list.html")


def _preview(
    request: PageRequest, ids: list[int], kind: DecisionKind, typed: deciding.Typed, line: str = ""
) -> HttpResponse:
    error = ""
    try:
        items = decision_items(request.principal, ids, kind, typed.amount, note=typed.note, findings=typed.findings)
    except Refusal as refusal:
        items, error = [], refusal.message
    context = {
        "kind": kind,
        "title": TITLES[kind],
        "preview": effect_tables.preview(request.principal, items),
        "token": bulk.sealed(kind, typed.amount, items),
        "typed": typed,
        "ids": ids,
        "selected": len(ids),
        "error": error,
        "note_missing": line == NOTE_MISSING,
        "notice_line": "" if line == NOTE_MISSING else line,
        "findings": findings_on_offer(request.principal, ids, typed.findings),
    }
    status = 422 if error or line == NOTE_MISSING else 200
    return respond(request, "web/queue/preview.html", context, part="web/queue/preview_body.html", status=status)


@require_POST
@page(Verb.DISPUTE_DECIDE)
def preview(request: PageRequest) -> HttpResponse:
    """What a decision about the selected disputes would do; nothing is written."""
    named = (row_id(text) for text in request.POST.getlist("id"))
    ids = [pk for pk in named if pk is not None][: bulk.LARGEST_PLAN]
    chosen = request.POST.get("kind", "")
    if not ids or chosen not in set(DecisionKind):
        say(request, "Select at least one dispute first.")
        return go(reverse("queue"))
    typed = deciding.read(request)
    if "amount" not in request.POST:
        typed = deciding.Typed(note=typed.note, findings=typed.findings)
    return _preview(request, ids, DecisionKind(chosen), typed)


@require_POST
@page(Verb.DISPUTE_DECIDE)
def commit(request: PageRequest) -> HttpResponse:
    """Decide what was previewed. A plan that is too old, or whose words changed, is shown again instead."""
    token = request.POST.get("token", "")
    plan, typed = bulk.opened(token), deciding.read(request)
    old = plan or bulk.opened(token, expired_too=True)
    if old is None:
        return go(reverse("queue"))
    ids = [pk for pk, _, _ in old.items]
    needs_note = old.kind is not DecisionKind.ACCEPT and not typed.note.strip()
    if plan is None or needs_note or (typed.amount != plan.amount and plan.kind is DecisionKind.PARTIAL):
        return _preview(request, ids, old.kind, typed, NOTE_MISSING if needs_note else CHANGED)
    items = [bulk.worded(item, typed.note, typed.findings) for item in plan.decisions()]
    answers = operations.decide(request.principal, items=items, door=Door.BULK, key=plan.key)
    deciding.offer_undo(request, answers, plan.kind, reverse("queue"))
    left_out = refused(answers)
    if left_out:
        names = "; ".join(sorted({answer.message for answer in left_out})[:3])
        say(request, f"{len(accepted(answers))} decided, {len(left_out)} left out: {names}", "is-error")
    return go(reverse("queue"))
