"""What reviewers go by: the guidelines and reasons of each program, and one guideline by itself."""

from __future__ import annotations

from django.http import HttpResponse

from makegood.disputes.selectors.guidelines import guideline_of, guidelines_of
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond


@page(Verb.DISPUTE_VIEW)
def guidelines(request: PageRequest) -> HttpResponse:
    """Every finding with its guideline and the reasons by category of business, by program."""
    return respond(request, "web/crediting/guidelines.html", {"programs": guidelines_of(request.principal)})


@page(Verb.DISPUTE_VIEW)
def guideline(request: PageRequest, key: str, code: str) -> HttpResponse:
    """One guideline: where letters and decisions lead to."""
    return respond(request, "web/crediting/guideline.html", {"said": guideline_of(request.principal, key, code)})
