"""Views that a person saved of a list: what the forms of its page ask for, done and said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from makegood.parties import operations
from makegood.parties.errors import NotFound
from makegood.parties.models import SavedView
from makegood.parties.selectors import saved_views
from makegood.web.log_fields import LONGEST
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part


def saved(request: PageRequest, page: str) -> list[SavedView]:
    """The views that a person saved of a list, by name. Read once per request."""
    kept: dict[str, list[SavedView]] = vars(request).setdefault("_own_views", {})
    if page not in kept:
        kept[page] = saved_views(request.principal, page)
    return kept[page]


def opened_first(request: PageRequest, page: str) -> HttpResponse | None:
    """The way to the view that a person has a list open with; None where the address says anything, or there is none.

    ``page`` is the name of the list among saved views and among routes.
    """
    if request.GET or is_part(request):
        return None
    view = next((one for one in saved(request, page) if one.is_default and one.query), None)
    return go(f"{reverse(page)}?{view.query}") if view else None


def filter_in(text: str, keys: Iterable[str], query_of: Callable[[Mapping[str, str]], str]) -> str:
    """The query string of a filter as its list writes it; what is no filter is left out."""
    params = QueryDict(text.removeprefix("?"))
    return query_of({key: params.get(key, "").strip()[:LONGEST] for key in keys})


def save(request: PageRequest, page: str, query: str) -> str:
    """Keep a filter of a page under the name in the form; says so. Raises what ``save_view`` refuses."""
    name, is_default = request.POST.get("name", ""), bool(request.POST.get("default"))
    view = operations.save_view(request.principal, page=page, name=name, query=query, is_default=is_default)
    return f"Saved as “{view.name}”."


def change(request: PageRequest, view_id: int) -> str:
    """Rename a view, make it the default or no longer, or delete it; says so. Raises NotFound, and what is refused."""
    verb, mine = request.POST.get("verb", ""), request.principal
    if verb == "rename":
        view = operations.rename_view(mine, view_id=view_id, name=request.POST.get("name", ""))
        return f"Renamed to “{view.name}”."
    if verb == "delete":
        return f"“{operations.delete_view(mine, view_id=view_id).name}” is deleted."
    if verb not in {"default", "no_default"}:
        raise NotFound()
    view = operations.set_default_view(mine, view_id=view_id, is_default=verb == "default")
    return f"“{view.name}” opens first{'' if view.is_default else ' no longer'}."
