"""Taking decisions back, from whatever page the bar that offers it stands on."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.entries import Ref
from makegood.kernel.answers import accepted, refused
from makegood.parties.states import Verb
from makegood.web import undoing
from makegood.web.middleware import PageRequest
from makegood.web.pages import back_to, go, page, say, say_refused


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
