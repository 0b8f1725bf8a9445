"""What somebody still asks after a decision, sent to the named contact with the case."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes import operations
from makegood.disputes.entries import WordsItem
from makegood.disputes.errors import QuestionRequired
from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors.further_left import questions_left
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say

LONGEST = 5_000
UNPROCESSABLE, CONFLICT = 422, 409


@page(Verb.DISPUTE_CREATE)
def further(request: PageRequest, number: str) -> HttpResponse:
    """The question to the contact; sent, it stands in the dispute."""
    detail = details.dispute_detail(request.principal, number)
    left = questions_left(details.visible_dispute(request.principal, number))
    context: dict[str, Any] = {"detail": detail, "row": detail.row, "contact": detail.contact, "text": "", "left": left}
    if request.method != "POST":
        return respond(request, "web/crediting/further.html", context)
    text = request.POST.get("text", "")[:LONGEST]
    (answer,) = operations.ask_further(request.principal, items=[WordsItem(detail.row.id, text)])
    if answer.ok:
        say(request, f"Your question is on its way to {answer.data['contact']}, with the case.", "is-ok")
        return go(f"{reverse('dispute', args=[number])}#story")
    status = UNPROCESSABLE if answer.code == QuestionRequired.code else CONFLICT
    return respond(request, "web/crediting/further.html", context | {"refused": answer, "text": text}, status=status)
