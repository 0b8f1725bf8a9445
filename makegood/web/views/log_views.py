"""Views that a person saved of the log: saved, renamed, made the default, deleted."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from makegood.kernel.errors import Refusal
from makegood.parties import operations
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web.log_fields import KEYS, LONGEST
from makegood.web.log_filter import query_of
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, say
from makegood.web.views.calls import PAGE, shown


def _filter(text: str) -> str:
    """The query string of a filter as the log itself writes it; what is no filter is left out."""
    params = QueryDict(text.removeprefix("?"))
    return query_of({key: params.get(key, "").strip()[:LONGEST] for key in KEYS})


def _on(request: PageRequest) -> HttpResponse:
    return go(f"{reverse('calls')}?{request.GET.urlencode()}")


def _back(query: str) -> HttpResponse:
    return go(reverse("calls") + (f"?{query}" if query else "?view=none"))


@require_http_methods(["GET", "POST"])
@page(Verb.CHARGE_VIEW)
def save(request: PageRequest) -> HttpResponse:
    """Keep the filter of the page under a name; refused, the page comes back with the name and why.

    The links of that page lead on to the log.
    """
    if request.method != "POST":
        return _on(request)
    post, query = request.POST, _filter(request.POST.get("query", ""))
    try:
        view = operations.save_view(
            request.principal,
            page=PAGE,
            name=post.get("name", ""),
            query=query,
            is_default=bool(post.get("default")),
        )
    except Refusal as refused:
        return _refused(request, query, refused, post.get("name", ""))
    say(request, f"Saved as “{view.name}”.", "is-ok")
    return _back(query)


@require_http_methods(["GET", "POST"])
@page(Verb.CHARGE_VIEW)
def change(request: PageRequest, view_id: int) -> HttpResponse:
    """Rename a view, make it the default or no longer, or delete it."""
    if request.method != "POST":
        return _on(request)
    post, query = request.POST, _filter(request.POST.get("query", ""))
    verb, mine = post.get("verb", ""), request.principal
    try:
        if verb == "rename":
            said = f"Renamed to “{operations.rename_view(mine, view_id=view_id, name=post.get('name', '')).name}”."
        elif verb == "delete":
            said = f"“{operations.delete_view(mine, view_id=view_id).name}” is deleted."
        elif verb in {"default", "no_default"}:
            view = operations.set_default_view(mine, view_id=view_id, is_default=verb == "default")
            said = f"“{view.name}” opens first{'' if view.is_default else ' no longer'}."
        else:
            raise NotFound()
    except NotFound:
        raise
    except Refusal as refused:
        return _refused(request, query, refused, "")
    say(request, said, "is-ok")
    return _back(query)


def _refused(request: PageRequest, query: str, refused: Refusal, name: str) -> HttpResponse:
    request.GET = QueryDict(query or "view=none")
    return shown(request, refused, name)
