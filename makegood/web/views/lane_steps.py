"""What else the lane does with a case: put it off, ask, mark it as a repeat, take the last decision back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from makegood.disputes import errors, operations
from makegood.disputes.entries import DuplicateItem, Ref, SnoozeItem, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.handling import handling_of
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.kernel.answers import Answer, accepted, refused
from makegood.parties.states import Verb
from makegood.web import lane_answers, lane_case, undoing
from makegood.web.lane_query import address, carried
from makegood.web.middleware import PageRequest
from makegood.web.numbers import version_of
from makegood.web.pages import go, is_part, page, respond, say, say_refused

LONGEST = 5_000
MORNING = 9
UNPROCESSABLE, CONFLICT = 422, 409
HOUR, TOMORROW, PUT_BACK, NOW = "hour", "morning", "back", "now"


def _until(choice: str) -> datetime | None:
    """When a case comes back, by the viewer's clock."""
    now = timezone.localtime(clock.now())
    if choice == HOUR:
        return now + timedelta(hours=1)
    if choice == TOMORROW:
        return (now + timedelta(days=1)).replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return None


@require_POST
@page(Verb.DISPUTE_DECIDE)
def later(request: PageRequest, number: str) -> HttpResponse:
    """Put a case off for an hour or until tomorrow morning, back into the queue, or bring it back."""
    dispute, choice = lane_case.dispute_of(request, number), request.POST.get("until", HOUR)
    until = _until(choice)
    if choice != PUT_BACK:
        (answer,) = operations.snooze(request.principal, items=[SnoozeItem(dispute.pk, until)])
        if not answer.ok:
            return _refused(request, dispute, answer)
    if choice == NOW:
        return _same(request, dispute, f"{dispute} is back in your line.")
    if dispute.stage == Stage.IN_REVIEW and dispute.assignee_id == request.principal.id:
        (answer,) = operations.release(request.principal, items=[Ref(dispute.pk)])
        if not answer.ok:
            return _refused(request, dispute, answer)
    said = f"{dispute} put back" if until is None else f"{dispute} put off until {until:%a %H:%M}"
    return lane_answers.advance(request, dispute, said)


@require_POST
@page(Verb.DISPUTE_DECIDE)
def ask(request: PageRequest, number: str) -> HttpResponse:
    """Ask the submitting side, with the case in one's hands, and go on with the next one."""
    dispute, text = lane_case.dispute_of(request, number), request.POST.get("text", "")[:LONGEST]
    item = WordsItem(dispute.pk, text, version_of(request.POST.get("version", "")))
    if not text.strip():
        return _refused(request, dispute, Answer.refused(0, errors.QuestionRequired(), id=dispute.pk), text=text)
    if dispute.stage == Stage.PENDING:
        (taken,) = operations.claim(request.principal, items=[Ref(dispute.pk, item.version)])
        if not taken.ok:
            return _refused(request, dispute, taken, text=text)
    (answer,) = operations.request_info(request.principal, items=[item])
    if not answer.ok:
        return _refused(request, dispute, answer, text=text)
    return lane_answers.advance(request, dispute, f"{dispute} waits for the answer to your question")


@require_POST
@page(Verb.DISPUTE_DECIDE)
def duplicate(request: PageRequest, number: str) -> HttpResponse:
    """Mark a case as a repeat of another one, or take the mark away; the case stays on screen."""
    dispute, of = lane_case.dispute_of(request, number), request.POST.get("of", "").strip()[:40].upper()
    label = f"D-{of}" if of and not of.startswith("D-") else of
    (answer,) = operations.mark_duplicate(request.principal, items=[DuplicateItem(dispute.pk, label)])
    if not answer.ok:
        return _refused(request, dispute, answer, text=of)
    if not is_part(request):
        return go(address(request, number))
    context = {"handling": handling_of(request.principal, dispute.pk), "row": None, "number": number}
    said = f"{dispute} is marked as a repeat of {label}." if label else f"{dispute} is no longer marked as a repeat."
    response = respond(request, "web/desk/handling.html", context | {"carried": carried(request), "told": said})
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#lane-handling", "outerHTML"
    return response


@require_POST
@page(Verb.DISPUTE_DECIDE)
def undo(request: PageRequest) -> HttpResponse:
    """Take the last decision back: its case returns to the screen with its findings, nothing was posted."""
    ids = undoing.dispute_ids(request.POST.get("token", ""))
    answers = operations.undo(request.principal, items=[Ref(pk) for pk in ids])
    undoing.forget(request)
    taken, late = accepted(answers), refused(answers)
    if not taken:
        if late:
            say_refused(request, late[0])
        return _elsewhere(request, reverse("lane") + carried(request))
    number = str(taken[0].data["number"])
    said = f"{number} undone. Nothing was posted and nobody was told."
    if not is_part(request):
        say(request, said, "is-ok")
        return go(address(request, number.removeprefix("D-")))
    dispute = lane_case.dispute_of(request, number.removeprefix("D-"))
    return lane_answers.returned(request, lane_case.case_of(request, dispute), said)


def _elsewhere(request: PageRequest, to: str) -> HttpResponse:
    if not is_part(request):
        return go(to)
    return HttpResponse(status=204, headers={"HX-Redirect": to})


def _same(request: PageRequest, dispute: Dispute, said: str) -> HttpResponse:
    if not is_part(request):
        say(request, said, "is-ok")
        return go(address(request, dispute.number_only))
    return lane_answers.returned(request, lane_case.case_of(request, dispute), said)


def _refused(request: PageRequest, dispute: Dispute, answer: Answer, *, text: str = "") -> HttpResponse:
    """The bar with why it was not done; what was typed stays in its field."""
    fresh = lane_case.dispute_of(request, dispute.number_only)
    bar = lane_case.told(lane_case.bar_of(request, fresh), refused=answer, text=text)
    wanting = {errors.QuestionRequired.code, "DUPLICATE_UNKNOWN"}
    return lane_answers.bar(request, bar, status=UNPROCESSABLE if answer.code in wanting else CONFLICT)
