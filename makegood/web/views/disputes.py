"""The page of one dispute, and what the submitting side can do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes import operations
from makegood.disputes.entries import EditItem, Ref
from makegood.disputes.selectors import claim as claims
from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors.exhibits import can_change, files_of, limits_of
from makegood.disputes.selectors.promise import promise_of
from makegood.disputes.selectors.submissions import is_submission
from makegood.disputes.states import UNDECIDED, Stage
from makegood.kernel.answers import Answer
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import casework
from makegood.web.filing import may_file
from makegood.web.live import live
from makegood.web.middleware import PageRequest
from makegood.web.numbers import version_of
from makegood.web.pages import back_to, go, page, respond, say, say_refused
from makegood.web.players import player_of

OK = 200


@page(Verb.DISPUTE_VIEW)
def dispute(request: PageRequest, number: str) -> HttpResponse:
    """One dispute: for those who work on it as a case, for the parties as theirs.

    The number of several that were filed together leads to the page of them all.
    """
    try:
        return show(request, number, {})
    except NotFound:
        if "." in number or not is_submission(request.principal, number):
            raise
        return go(reverse("submission", args=[number]))


def show(request: PageRequest, number: str, more: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """The page of one dispute with ``more`` beside it, such as words that were refused."""
    detail = details.dispute_detail(request.principal, number)
    context = {"detail": detail, "row": detail.row, **beside(request, detail), **more}
    if detail.row.stage is Stage.DRAFT or not casework.is_staff(request.principal):
        context["promise"] = promise_of(details.visible_dispute(request.principal, number))
        return respond(request, "web/disputes/dispute.html", context, status=status)
    context = {**casework.case_context(request, detail), **context}
    part = "web/cases/tab.html" if status == OK else ""
    return respond(request, "web/cases/case.html", context, part=part, status=status)


def beside(request: PageRequest, detail: details.DisputeDetail) -> dict[str, Any]:
    """What stands beside a dispute on its page: player and evidence, and what the person may do there."""
    return {
        "files": may_file(request),
        "decides": request.principal.can(Verb.DISPUTE_DECIDE),
        "player": player_of(request, detail.charge_id),
        **_evidence(request, detail),
    }


def _evidence(request: PageRequest, detail: details.DisputeDetail) -> dict[str, Any]:
    """The files of a dispute; where more may come, the address that takes them and what it takes."""
    found: dict[str, Any] = {"attached": files_of(request.principal, detail.row.id), "attach_to": ""}
    if not may_file(request):
        return found
    if not can_change(request.principal, details.visible_dispute(request.principal, detail.row.number_only)):
        return found
    address = reverse("dispute_files", args=[detail.row.number_only])
    return {**found, "attach_to": address, "limits": limits_of(detail.program_id)}


@page(Verb.DISPUTE_VIEW)
def story(request: PageRequest, number: str) -> HttpResponse:
    """What happened so far, asked again by itself; 304 while nothing happened."""
    detail = details.dispute_detail(request.principal, number)
    return live(request, "web/disputes/story.html", {"story": detail.story, "row": detail.row})


@page(Verb.DISPUTE_CREATE)
def sent(request: PageRequest, number: str) -> HttpResponse:
    """What was just sent: the number, its place in the line, and what comes next."""
    found = details.visible_dispute(request.principal, number)
    if found.submitted_at is None:
        raise NotFound()
    detail = details.dispute_detail(request.principal, number)
    context = {
        "detail": detail,
        "promise": promise_of(found) if detail.row.stage in UNDECIDED else None,
        "files": files_of(request.principal, found.pk),
    }
    return respond(request, "web/disputes/sent.html", context)


@page(Verb.DISPUTE_CREATE)
def withdraw(request: PageRequest, number: str) -> HttpResponse:
    """Take a dispute back before it is decided; asked first, where nobody can open it again."""
    found = details.visible_dispute(request.principal, number)
    if request.method != "POST":
        detail = details.dispute_detail(request.principal, number)
        return respond(request, "web/disputes/withdraw.html", {"detail": detail, "row": detail.row})
    if details.is_sealed(request.principal, found):
        answer = Answer.refused(0, details.sealed_refusal(str(found)), id=found.pk)
    else:
        (answer,) = operations.withdraw(request.principal, items=[Ref(found.pk)])
    if answer.ok:
        say(request, f"D-{number} is withdrawn. Nothing is credited.", "is-ok")
    else:
        say_refused(request, answer)
    return go(back_to(request, reverse("dispute", args=[number])))


@page(Verb.DISPUTE_EDIT)
def edit(request: PageRequest, number: str) -> HttpResponse:
    """Change reason or explanation before a decision; refused, what was typed stays."""
    detail = details.dispute_detail(request.principal, number)
    claim = claims.claim_form(request.principal, detail.charge_id)
    typed = {"reason_id": detail.reason_id, "reason": "", "description": detail.row.description}
    context = {"detail": detail, "row": detail.row, "claim": claim, "typed": typed}
    if request.method != "POST":
        return respond(request, "web/disputes/edit.html", context)
    changes = {name: request.POST.get(name, "") for name in ("reason", "description")}
    answer = _edited(request, detail, changes)
    if answer.ok:
        say(request, f"D-{number} is changed.", "is-ok")
        return go(reverse("dispute", args=[number]))
    context |= {"refused": answer, "typed": {**changes, "reason_id": None}}
    return respond(request, "web/disputes/edit.html", context, status=409 if detail.is_sealed else 422)


def _edited(request: PageRequest, detail: details.DisputeDetail, changes: dict[str, str]) -> Answer:
    if detail.is_sealed:
        return Answer.refused(0, details.sealed_refusal(detail.row.number), id=detail.row.id)
    item = EditItem(detail.row.id, changes, version_of(request.POST.get("version", "")))
    return operations.edit(request.principal, items=[item])[0]
