"""What the two sides say to each other in a dispute: question, answer, comment, and "please look again"."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import errors, operations
from makegood.disputes.entries import CommentItem, Ref, WordsItem
from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors.exhibits import limits_of
from makegood.disputes.states import Stage, Visibility
from makegood.kernel.answers import Answer
from makegood.parties.states import Verb
from makegood.web import attaching
from makegood.web.middleware import PageRequest
from makegood.web.numbers import version_of
from makegood.web.pages import go, page, respond, say
from makegood.web.views.disputes import show

LONGEST = 5_000
UNPROCESSABLE, CONFLICT = 422, 409
EMPTY = frozenset({"ANSWER_REQUIRED", "QUESTION_REQUIRED", "COMMENT_REQUIRED", "CAUSE_REQUIRED"})


def _words(request: PageRequest, detail: details.DisputeDetail) -> WordsItem:
    return WordsItem(detail.row.id, _text(request), version_of(request.POST.get("version", "")))


def _text(request: PageRequest) -> str:
    return request.POST.get("text", "")[:LONGEST]


def _done(
    request: PageRequest, detail: details.DisputeDetail, answer: Answer, said: str, *, form: str, at: str
) -> HttpResponse:
    """Back to the dispute; refused, its page with what was typed and why."""
    number = detail.row.number_only
    if answer.ok:
        say(request, said, "is-ok")
        return go(f"{reverse('dispute', args=[number])}#{at}")
    status = UNPROCESSABLE if answer.code in EMPTY else CONFLICT
    return show(request, number, {"unsaid": answer, "form": form, "text": _text(request)}, status=status)


@require_POST
@page(Verb.DISPUTE_CREATE)
def answer(request: PageRequest, number: str) -> HttpResponse:
    """Answer the reviewer's question; the review goes on."""
    detail = details.dispute_detail(request.principal, number)
    if attaching.has_files(request):
        taken = attaching.to_dispute(request, detail.row.id, limits_of(detail.program_id))
        if taken.refused:
            typed = {"form": "answer", "text": _text(request), "refused": taken.refused}
            return show(request, number, typed, status=UNPROCESSABLE)
        detail = details.dispute_detail(request.principal, number)
    (answer,) = operations.provide_info(request.principal, items=[WordsItem(detail.row.id, _text(request))])
    said = "Your answer is with the reviewer."
    return _done(request, detail, answer, said, form="answer", at="story")


@require_POST
@page(Verb.DISPUTE_DECIDE)
def ask(request: PageRequest, number: str) -> HttpResponse:
    """Ask the submitting side; one who has not taken the dispute into review does so with it."""
    detail = details.dispute_detail(request.principal, number)
    answer = _asked(request, detail)
    said = f"The question is asked. {detail.row.number} waits for the answer."
    return _done(request, detail, answer, said, form="ask", at="tabs")


def _asked(request: PageRequest, detail: details.DisputeDetail) -> Answer:
    item = _words(request, detail)
    if not item.text.strip():
        return Answer.refused(0, errors.QuestionRequired(), id=item.dispute_id)
    if detail.row.stage is Stage.PENDING:
        (taken,) = operations.claim(request.principal, items=[Ref(item.dispute_id, item.version)])
        if not taken.ok:
            return taken
    return operations.request_info(request.principal, items=[item])[0]


@require_POST
@page(Verb.DISPUTE_VIEW)
def comment(request: PageRequest, number: str) -> HttpResponse:
    """Write something that the other side reads; or a note among those who decide."""
    detail = details.dispute_detail(request.principal, number)
    visibility = Visibility.INTERNAL if request.POST.get("internal") else Visibility.PARTIES
    items = [CommentItem(detail.row.id, _text(request), visibility)]
    (answer,) = operations.comment(request.principal, items=items)
    said = "The note is kept." if visibility is Visibility.INTERNAL else "The comment is there for both sides."
    return _done(request, detail, answer, said, form="comment", at="story")


@page(Verb.DISPUTE_CREATE)
def again(request: PageRequest, number: str) -> HttpResponse:
    """Ask for a re-review, with the cause; or why that is not possible."""
    detail = details.dispute_detail(request.principal, number)
    context: dict[str, Any] = {"detail": detail, "row": detail.row, "text": ""}
    if request.method != "POST":
        return respond(request, "web/disputes/again.html", context)
    (answer,) = operations.request_re_review(request.principal, items=[_words(request, detail)])
    if answer.ok:
        say(request, f"{detail.row.number} is reviewed again.", "is-ok")
        return go(reverse("dispute", args=[number]))
    status = UNPROCESSABLE if answer.code in EMPTY else CONFLICT
    return respond(
        request, "web/disputes/again.html", context | {"refused": answer, "text": _text(request)}, status=status
    )
