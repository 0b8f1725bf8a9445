"""My disputes, the page of one dispute, and what the submitting side can do with it."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.entries import EditItem, Ref
from makegood.disputes.selectors import claim as claims
from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors import mine as lists
from makegood.disputes.selectors.postings import money_of
from makegood.kernel.answers import Answer
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import deciding
from makegood.web.middleware import PageRequest
from makegood.web.notice_items import notice_of
from makegood.web.numbers import version_of
from makegood.web.pages import back_to, go, page, respond, say, say_refused

TABS = ("story", "money", "policy", "steps")


@page(Verb.DISPUTE_VIEW)
def mine(request: PageRequest) -> HttpResponse:
    """What one filed, by tab; or exactly the items of a notice."""
    get, notice = request.GET, notice_of(request)
    ids = notice.dispute_ids if notice else None
    found = lists.mine(
        request.principal,
        get.get("tab", "pending"),
        ids=ids,
        after=get.get("after", ""),
        before=get.get("before", ""),
    )
    settled = notice is not None or found.tab in {"decided", "all"}
    files = request.principal.can(Verb.DISPUTE_CREATE)
    context = {"found": found, "notice": notice, "files": files, "settled": settled}
    return respond(request, "web/disputes/mine.html", context, part="web/disputes/list.html")


@page(Verb.DISPUTE_VIEW)
def dispute(request: PageRequest, number: str) -> HttpResponse:
    """One dispute: for those who decide with the decision and the postings, for others without."""
    detail = details.dispute_detail(request.principal, number)
    tab = request.GET.get("tab", "story")
    context = {"detail": detail, "row": detail.row, "tab": tab if tab in TABS else "story"}
    if not request.principal.can(Verb.DISPUTE_DECIDE):
        return respond(request, "web/disputes/dispute.html", context)
    context |= {
        "money": money_of(request.principal, detail),
        "panel": deciding.panel(request.principal, detail, deciding.remembered(request.principal, detail.row.id)),
        **deciding.following(request.principal, detail.row.id),
    }
    return respond(request, "web/disputes/desk.html", context, part="web/disputes/desk_tab.html")


@page(Verb.DISPUTE_CREATE)
def sent(request: PageRequest, number: str) -> HttpResponse:
    """What was just sent: the number, its place in the line, and what comes next."""
    found = details.visible_dispute(request.principal, number)
    if found.submitted_at is None:
        raise NotFound()
    context = {"detail": details.dispute_detail(request.principal, number), "ahead": claims.place_in_line(found)}
    return respond(request, "web/disputes/sent.html", context)


@require_POST
@page(Verb.DISPUTE_CREATE)
def withdraw(request: PageRequest, number: str) -> HttpResponse:
    """Take a dispute back before it is decided."""
    found = details.visible_dispute(request.principal, number)
    if details.is_sealed(request.principal, found):
        raise details.sealed_refusal(str(found))
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
        if detail.is_sealed:
            raise details.sealed_refusal(detail.row.number)
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
