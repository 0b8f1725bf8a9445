"""Views that a person saved of the queue: saved, renamed, made the default, deleted."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import own_views
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, say
from makegood.web.queue_fields import KEYS
from makegood.web.queue_filter import query_of
from makegood.web.views.queue import PAGE, shown


def _back(query: str) -> HttpResponse:
    return go(f"{reverse('queue')}?{query or 'tab=pending'}")


@require_http_methods(["GET", "POST"])
@page(Verb.DISPUTE_DECIDE)
def save(request: PageRequest) -> HttpResponse:
    """Keep the filter of the page under a name; refused, the page comes back with the name and why."""
    if request.method != "POST":
        return _back(request.GET.urlencode())
    query = own_views.filter_in(request.POST.get("query", ""), KEYS, query_of)
    try:
        said = own_views.save(request, PAGE, query)
    except Refusal as refused:
        return _refused(request, query, refused, request.POST.get("name", ""))
    say(request, said, "is-ok")
    return _back(query)


@require_http_methods(["GET", "POST"])
@page(Verb.DISPUTE_DECIDE)
def change(request: PageRequest, view_id: int) -> HttpResponse:
    """Rename a view, make it the default or no longer, or delete it."""
    if request.method != "POST":
        return _back(request.GET.urlencode())
    query = own_views.filter_in(request.POST.get("query", ""), KEYS, query_of)
    try:
        said = own_views.change(request, view_id)
    except NotFound:
        raise
    except Refusal as refused:
        return _refused(request, query, refused, "")
    say(request, said, "is-ok")
    return _back(query)


def _refused(request: PageRequest, query: str, refused: Refusal, name: str) -> HttpResponse:
    request.GET = QueryDict(query or "tab=pending")
    return shown(request, refused, name)
