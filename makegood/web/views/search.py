"""The search of the top bar: straight to the one thing that was meant, else a page of what was found."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes.selectors.search import Found
from makegood.disputes.selectors.search import search as found_by
from makegood.parties.errors import NotPermitted
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond

SUGGESTED = 5
FEWEST = 2


def _demand(request: PageRequest) -> None:
    """Who pays or decides, and who is paid. Raises NotPermitted."""
    if not request.principal.can(Verb.CHARGE_VIEW) and request.principal.vendor_id is None:
        raise NotPermitted(verb=Verb.CHARGE_VIEW.value)


def _log(text: str) -> str:
    """The log of calls with that search, at any time."""
    return f"{reverse('calls')}?{urlencode({'q': text, 'range': 'all', 'billed': 'all'})}"


def _only(found: Found) -> str:
    """Where the only thing that was found is; empty when there is more than one, or nothing."""
    if found.count != 1 or found.more or found.adjusted:
        return ""
    if found.disputes:
        return reverse("dispute", args=[found.disputes[0].number_only])
    if found.charges:
        return "" if found.by_ending else reverse("call", args=[found.charges[0].id])
    return _log(str(found.invoices[0].number))


@page()
def search(request: PageRequest) -> HttpResponse:
    """What a number, an id or a caller names among what the person may see."""
    _demand(request)
    found = found_by(request.principal, request.GET.get("q", ""))
    if only := _only(found):
        return go(only)
    context = {"found": found, "log": _log(found.text), "is_paid": request.principal.vendor_id is not None}
    return respond(request, "web/shell/search.html", context)


@page()
def suggest(request: PageRequest) -> HttpResponse:
    """The first few of what is being typed, for the list below the field."""
    _demand(request)
    text = request.GET.get("q", "").strip()
    found = found_by(request.principal, text, SUGGESTED) if len(text) >= FEWEST else Found("")
    return respond(request, "web/shell/suggestions.html", {"found": found, "log": _log(found.text)})
