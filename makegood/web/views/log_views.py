"""Views that a person saved of a list of charges: saved, renamed, made the default, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import own_views
from makegood.web.log_fields import KEYS
from makegood.web.log_filter import query_of
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, say
from makegood.web.views.calls import PAGE, shown

View = Callable[..., HttpResponseBase]
Shown = Callable[[PageRequest, Refusal | None, str], HttpResponse]


@dataclass(frozen=True)
class Place:
    """A list whose views are kept: its name among saved views and addresses, its keys, and the page that says what was
    refused, with the name that was typed."""

    name: str
    keys: tuple[str, ...]
    shown: Shown


def _on(request: PageRequest, place: Place) -> HttpResponse:
    return go(f"{reverse(place.name)}?{request.GET.urlencode()}")


def _back(place: Place, query: str) -> HttpResponse:
    return go(reverse(place.name) + (f"?{query}" if query else "?view=none"))


def _refused(request: PageRequest, place: Place, query: str, refused: Refusal, name: str) -> HttpResponse:
    request.GET = QueryDict(query or "view=none")
    return place.shown(request, refused, name)


def saving(place: Place) -> View:
    """Keeps the filter of a list under a name; refused, the page comes back with the name and why.

    The links of that page lead on to the list.
    """

    @require_http_methods(["GET", "POST"])
    @page(Verb.CHARGE_VIEW)
    def save(request: PageRequest) -> HttpResponse:
        if request.method != "POST":
            return _on(request, place)
        query = own_views.filter_in(request.POST.get("query", ""), place.keys, query_of)
        try:
            said = own_views.save(request, place.name, query)
        except Refusal as refused:
            return _refused(request, place, query, refused, request.POST.get("name", ""))
        say(request, said, "is-ok")
        return _back(place, query)

    return save


def changing(place: Place) -> View:
    """Renames a view of a list, makes it the default or no longer, or deletes it."""

    @require_http_methods(["GET", "POST"])
    @page(Verb.CHARGE_VIEW)
    def change(request: PageRequest, view_id: int) -> HttpResponse:
        if request.method != "POST":
            return _on(request, place)
        query = own_views.filter_in(request.POST.get("query", ""), place.keys, query_of)
        try:
            said = own_views.change(request, view_id)
        except NotFound:
            raise
        except Refusal as refused:
            return _refused(request, place, query, refused, "")
        say(request, said, "is-ok")
        return _back(place, query)

    return change


CALLS = Place(PAGE, KEYS, shown)
save, change = saving(CALLS), changing(CALLS)
