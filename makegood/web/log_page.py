"""The page of a list of charges that a filter narrows: what stands on each of them, and how it answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes.selectors.call_log import CallLog
from makegood.kernel.errors import Refusal
from makegood.parties.selectors import customers_offered
from makegood.web import log_filter, own_views
from makegood.web.middleware import PageRequest
from makegood.web.pages import is_part, respond

UNREADABLE = 422


def is_open(request: PageRequest) -> bool:
    """Whether the panel of further filters is asked for."""
    return request.GET.get("more") == "1"


def standing(
    request: PageRequest, name: str, asked: log_filter.Asked, found: CallLog, refused: Refusal | None, typed_name: str
) -> dict[str, Any]:
    """What stands on the page called ``name``, whatever its rows are: ranges, saved views, whom it may name.

    ``refused`` says why a view named ``typed_name`` was not saved.
    """
    views = own_views.saved(request, name)
    names_buyers = log_filter.may_name_buyers(request)
    return {
        "found": found,
        "asked": asked,
        "query": asked.wanted.query,
        "ranges": log_filter.range_options(found.log.range, asked.wanted.query.default_range),
        "widened_words": log_filter.range_words(found.log.widened_from),
        "refocus": request.headers.get("HX-Trigger", "").startswith(("drop-", "f-open")),
        "views": views,
        "view": next((view for view in views if view.query == asked.query), None),
        "view_refused": refused,
        "view_name": typed_name,
        "every": "?view=none" if any(view.is_default for view in views) else reverse(name),
        "buyers": customers_offered(request.principal) if is_open(request) and names_buyers else (),
        "names_buyers": names_buyers,
        "party": request.user.customer or "",
        "is_part": is_part(request),
        "zone": request.zone,
    }


def answered(
    request: PageRequest, name: str, asked: log_filter.Asked, context: dict[str, Any], template: str, part: str
) -> HttpResponse:
    """The page, or its part with the address it stands for."""
    refused: Refusal | None = context["view_refused"]
    status = UNREADABLE if asked.errors else refused.status if refused else 200
    response = respond(request, template, context, part=part, status=status)
    if is_part(request):
        more = {"more": "1"} if is_open(request) else {}
        place = {key: request.GET[key] for key in ("after", "before") if request.GET.get(key)}
        response["HX-Push-Url"] = reverse(name) + log_filter.with_more(asked.query, more | place)
    return response
