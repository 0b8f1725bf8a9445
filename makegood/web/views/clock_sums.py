"""How the time of a dispute is counted: each clock with its sum, for whoever sees the dispute."""

from __future__ import annotations

from django.http import HttpResponse

from makegood.disputes.selectors.clock_sums import clocks_seen
from makegood.disputes.selectors.detail import dispute_detail, visible_dispute
from makegood.disputes.selectors.promise import promise_of
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web.clock_words import shown
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond


@page(Verb.DISPUTE_VIEW)
def clock(request: PageRequest, number: str) -> HttpResponse:
    """The clocks of one dispute. Who does not decide sees those that concern them."""
    found = visible_dispute(request.principal, number)
    if found.submitted_at is None:
        raise NotFound()
    context = {
        "row": dispute_detail(request.principal, number).row,
        "clocks": shown(clocks_seen(found, decides=request.principal.can(Verb.DISPUTE_DECIDE))),
        "promise": promise_of(found),
    }
    return respond(request, "web/clocks/clock.html", context)
