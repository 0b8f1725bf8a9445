"""The health page: what is fine, what is not, and the query that decided it; proof on demand."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.parties.states import Verb
from makegood.web import health as checks
from makegood.web.live import live
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, page, respond, say


@page(Verb.HEALTH_VIEW)
def health(request: PageRequest) -> HttpResponse:
    """Every check of every app; its part asks again by itself."""
    context = {"health": checks.health(request.principal)}
    if is_part(request):
        return live(request, "web/health/checks.html", context)
    return respond(request, "web/health/health.html", context)


@page(Verb.HEALTH_VIEW)
def ledger(request: PageRequest) -> HttpResponse:
    """The trial balance per currency, added up this moment, with every law of the ledger."""
    return respond(request, "web/health/ledger.html", {"proof": checks.ledger_now(request.principal)})


@require_POST
@page(Verb.HEALTH_VIEW)
def prove(request: PageRequest) -> HttpResponse:
    """Ask the worker to prove every law now."""
    checks.ask_for_proof(request.principal)
    say(request, "The worker begins within a minute. This page shows what it found.", "is-ok")
    return go(reverse("health"))
