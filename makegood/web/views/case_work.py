"""Working on a case: taken, put back, assigned, escalated, marked as a duplicate, followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.disputes import operations
from makegood.disputes.entries import AssignItem, ClaimItem, DuplicateItem, Ref, WordsItem
from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors.handling import deciders_for, handling_of
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id, version_of
from makegood.web.pages import go, page, respond, say
from makegood.web.views.disputes import show

LONGEST, LONGEST_NUMBER = 5_000, 40
CONFLICT, UNPROCESSABLE = 409, 422


@dataclass(frozen=True)
class Filled:
    """A form as it was sent: the dispute, the version it was made from, and its one field."""

    pk: int
    version: int | None
    text: str


Do = Callable[[Principal, Filled], list[Answer]]


def _assign(principal: Principal, form: Filled) -> list[Answer]:
    return operations.assign(principal, items=[AssignItem(form.pk, row_id(form.text))])


def _duplicate(principal: Principal, form: Filled) -> list[Answer]:
    typed = form.text.strip().upper()
    label = typed if not typed or typed.startswith("D-") else f"D-{typed}"
    return operations.mark_duplicate(principal, items=[DuplicateItem(form.pk, label)])


WORK: dict[str, tuple[Do, str]] = {
    "take": (
        lambda who, form: operations.claim(who, items=[ClaimItem(form.pk, form.version, form.text)]),
        "is in your hands",
    ),
    "put-back": (lambda who, form: operations.release(who, items=[Ref(form.pk)]), "is back in the queue"),
    "take-over": (lambda who, form: operations.take_over(who, items=[Ref(form.pk)]), "is in your hands now"),
    "undo": (
        lambda who, form: operations.undo(who, items=[Ref(form.pk)]),
        "is undecided again. Nothing was posted and nobody was told",
    ),
    "assign": (_assign, "is assigned"),
    "escalate": (
        lambda who, form: operations.escalate(who, items=[WordsItem(form.pk, form.text)]),
        "is escalated",
    ),
    "settle": (lambda who, form: operations.settle_escalation(who, items=[Ref(form.pk)]), "is escalated no longer"),
    "duplicate": (_duplicate, "is marked"),
    "follow": (lambda who, form: operations.follow(who, items=[Ref(form.pk)]), "is followed: you hear of every step"),
    "unfollow": (lambda who, form: operations.unfollow(who, items=[Ref(form.pk)]), "is followed no longer"),
}
"""What can be done, by the name in the address, and how it reads afterwards."""


@require_http_methods(["GET", "HEAD", "POST"])
@page(Verb.DISPUTE_DECIDE)
def work(request: PageRequest, number: str, slug: str) -> HttpResponse:
    """Do it, and back to the case; refused, the case with what was typed and why. Assigning asks to whom."""
    found = details.visible_dispute(request.principal, number)
    if slug not in WORK:
        raise NotFound()
    if request.method != "POST":
        return _whom(request, number) if slug == "assign" else go(reverse("dispute", args=[number]))
    do, said = WORK[slug]
    text = request.POST.get("text", "")[: LONGEST_NUMBER if slug == "duplicate" else LONGEST]
    (answer,) = do(request.principal, Filled(found.pk, version_of(request.POST.get("version", "")), text))
    if answer.ok:
        if slug == "duplicate" and not text.strip():
            said = "is marked no longer"
        if slug == "assign" and not text:
            said = "is assigned to nobody"
        say(request, f"D-{number} {said}.", "is-ok")
        return go(reverse("dispute", args=[number]))
    status = UNPROCESSABLE if answer.code.endswith(("_REQUIRED", "_UNKNOWN")) else CONFLICT
    if slug == "assign":
        return _whom(request, number, answer, status)
    return show(request, number, {"unsaid": answer, "form": slug, "text": text}, status=status)


def _whom(request: PageRequest, number: str, unsaid: Answer | None = None, status: int = 200) -> HttpResponse:
    """The people a case can be given to."""
    detail = details.dispute_detail(request.principal, number)
    chosen = handling_of(request.principal, detail.row.id).assigned_to_id
    context = {
        "detail": detail,
        "row": detail.row,
        "deciders": deciders_for(request.principal, detail.row.id),
        "chosen": chosen or request.principal.id,
        "own": request.principal.id,
        "unsaid": unsaid,
    }
    return respond(request, "web/cases/assign.html", context, status=status)
