"""The queue: what waits, what is mine, what was decided today; in groups, as a file, and what came in meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.disputes.operations.plan_verbs import PERMISSION
from makegood.disputes.selectors import queue_page as selector
from makegood.disputes.selectors.pace import pace_of
from makegood.disputes.selectors.queue import ALONE, TABS, DeskProgram, desk_programs, teams_of
from makegood.disputes.selectors.queue_groups import CASE, QueueGroup, groups_of
from makegood.disputes.selectors.queue_offers import offers_of
from makegood.disputes.selectors.queue_page import QueuePage
from makegood.disputes.states import PlanVerb
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.kernel.paging import moment
from makegood.parties import operations as people
from makegood.parties.entries import Preferences
from makegood.parties.errors import NotFound
from makegood.parties.models import SavedView
from makegood.parties.selectors import customers_offered
from makegood.parties.states import Verb
from makegood.web import own_views, programs, queue_columns, queue_filter
from makegood.web.live import live
from makegood.web.middleware import PageRequest
from makegood.web.notice_items import notice_of
from makegood.web.pages import back_to, go, is_part, page, respond
from makegood.web.queue_export import TYPES, file_of
from makegood.web.queue_fields import GROUP_KEYS

PAGE = queue_columns.PAGE
WORDS = {
    "pending": "Pending",
    "mine": "Mine",
    "info": "Needs info",
    "breaching": "Breaching",
    "signature": "Waiting for signature",
    "decided": "Decided today",
    "all": "All",
}
MORE_WAITING = ((PlanVerb.ASSIGN, "Assign"), (PlanVerb.CLOSE, "Close"))
MORE_SETTLED = ((PlanVerb.REVERSE, "Reverse"), (PlanVerb.REOPEN, "Reopen"), (PlanVerb.CLOSE, "Close"))
MORE_VERBS = (MORE_WAITING[0], *MORE_SETTLED)
COUNTED_VIEWS = 8
"""So many saved views say how many they find; more would make everybody wait."""
UNREADABLE = 422


@require_safe
@page(Verb.DISPUTE_DECIDE)
def queue(request: PageRequest) -> HttpResponse:
    """The page; the address carries its filter and place. Without any it opens with the person's own view, if any."""
    return own_views.opened_first(request, PAGE) or shown(request)


def shown(request: PageRequest, refused: Refusal | None = None, typed_name: str = "") -> HttpResponse:
    """The page; ``refused`` says why a view named ``typed_name`` was not saved."""
    asked, now = queue_filter.read(request), clock.now()
    is_open = request.GET.get("more") == "1" or bool(set(asked.errors) - {"reason", "sla", "status"})
    in_sight = desk_programs(request.principal)
    listed = selector.queue_head if asked.group and asked.query.ids is None else selector.queue_page
    found = listed(request.principal, asked.query, in_sight)
    columns = queue_columns.chosen(Preferences.of(request.user.preferences), found.tab)
    counts = selector.counts_of(request.principal, asked.query)
    offers = offers_of(request.principal, asked.query.program, every=is_open)
    views = own_views.saved(request, PAGE)
    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "notice": notice_of(request),
        "tabs": _tabs(asked, counts),
        "views": _views(request, views),
        "view": next((one for one in views if one.query == asked.said), None),
        "own_views": views,
        "view_refused": refused,
        "view_name": typed_name,
        "columns": columns,
        "heads": [queue_columns.BY_KEY[key] for key in columns],
        "offered": queue_columns.on_offer(found.tab),
        "is_open": is_open,
        "offers": offers,
        "choices": queue_filter.choices(),
        "buyers": customers_offered(request.principal) if is_open else (),
        "programs": programs.met(request) if len(programs.met(request)) > 1 else (),
        "alone": programs.chosen(request),
        "pace": pace_of(request.principal, asked.query.midnight),
        "since": urlencode({"since": now.isoformat()}),
        "noun": asked.noun(found.count),
        "rows_address": asked.grouped(""),
        "caller_address": asked.grouped("caller"),
        "case_address": asked.grouped("case"),
        "teams": _teams(in_sight, asked),
        "vendor_address": asked.grouped("vendor") if request.principal.can(Verb.PAYOUT_VIEW) else "",
        "more_verbs": _more_verbs(request, found.tab),
        "people": (("me", "I have it"), ("nobody", "Nobody has it"), *offers.people),
        "lane": _lane_query(asked),
        "refocus": request.headers.get("HX-Trigger", "").startswith("drop-"),
        "is_part": is_part(request),
        **_groups(request, asked),
    }
    status = UNREADABLE if asked.errors else refused.status if refused else 200
    response = respond(request, "web/queue/queue.html", context, part="web/queue/body.html", status=status)
    if is_part(request):
        response["HX-Push-Url"] = reverse("queue") + _address(request, asked)
    return response


def _more_verbs(request: PageRequest, tab: str) -> list[tuple[str, str]]:
    """The further verbs of a bulk plan that fit a tab and that the person has."""
    waiting = queue_columns.kind_of(tab) == "waiting"
    wanted = MORE_VERBS if tab in {"all", "items"} else MORE_WAITING if waiting else MORE_SETTLED
    return [(verb.value, words) for verb, words in wanted if request.principal.can(PERMISSION[verb])]


def _address(request: PageRequest, asked: queue_filter.Asked) -> str:
    kept = {name: request.GET[name] for name in ("more", "open", "after", "before", "notice") if request.GET.get(name)}
    said = "&".join(part for part in (asked.said, urlencode(kept)) if part)
    return f"?{said}" if said else ""


def _lane_query(asked: queue_filter.Asked) -> str:
    said = queue_filter.query_of(asked.typed, "group")
    return f"?{said}" if said else ""


def _tabs(asked: queue_filter.Asked, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = selector.labels_of(counts)
    kept = {key: text for key, text in asked.typed.items() if key not in {"tab", "status", "sla"}}
    return [
        {
            "key": tab,
            "label": WORDS[tab],
            "href": queue_filter.address_of({**kept, "tab": tab}),
            "count": labels.get(tab, ""),
            "current": tab == asked.query.tab and asked.query.ids is None,
        }
        for tab in TABS
    ]


def _views(request: PageRequest, views: list[SavedView]) -> list[tuple[SavedView, str]]:
    """The saved views, each with how many it finds."""
    queries = [queue_filter.read_query(request, view.query).query for view in views[:COUNTED_VIEWS]]
    counts = selector.counts_together(request.principal, queries)
    labels = [selector.labels_of({"": count})[""] for count in counts]
    return [(view, labels[place] if place < len(labels) else "") for place, view in enumerate(views)]


def _teams(in_sight: Iterable[DeskProgram], asked: queue_filter.Asked) -> list[dict[str, Any]]:
    """The queues of the teams that decide in the programs in sight, as cases."""
    return [
        {
            "label": queue_filter.team_words(team),
            "href": queue_filter.address_of({"team": team, "group": CASE}),
            "current": asked.query.team == team,
        }
        for team in teams_of(in_sight)
    ]


def _groups(request: PageRequest, asked: queue_filter.Asked) -> dict[str, Any]:
    """The groups, and the rows of the one that is open."""
    if not asked.group or asked.query.ids is not None:
        return {"groups": None}
    groups = groups_of(request.principal, asked.query, asked.group)
    wanted = request.GET.get("open", "")
    opened: QueueGroup | None = next((one for one in groups.groups if one.key == wanted), None)
    inside = selector.queue_page(request.principal, opened.query) if opened else None
    return {
        "groups": groups,
        "opened": opened,
        "inside": inside,
        "picked": opened is not None and request.GET.get("pick") == "1",
        "filter_key": GROUP_KEYS.get(asked.group, "vendor"),
        "rest": _rest(request, asked),
    }


def _rest(request: PageRequest, asked: queue_filter.Asked) -> QueuePage | None:
    """Beside cases, the first disputes that were filed by themselves."""
    if asked.group != CASE:
        return None
    return selector.queue_page(request.principal, replace(asked.query, case=ALONE, after="", before=""))


@require_safe
@page(Verb.DISPUTE_DECIDE)
def news(request: PageRequest) -> HttpResponse:
    """What came in since the page was made, and the counters of the tabs; 304 while that is the same."""
    asked = queue_filter.read(request)
    since = moment(request.GET.get("since", ""))
    if since is None:
        raise NotFound()
    arrived = selector.arrived_since(request.principal, asked.query, since)
    counts = selector.counts_of(request.principal, asked.query)
    context = {
        "arrived": selector.labels_of({"": arrived})[""],
        "arrived_one": arrived == 1,
        "address": queue_filter.address_of(asked.typed),
        "tabs": _tabs(asked, counts),
    }
    return live(request, "web/queue/news.html", context)


@require_safe
@page(Verb.DISPUTE_DECIDE)
def export(request: PageRequest, form: str) -> HttpResponseBase:
    """Exactly what the address narrows the queue to, as a file; a filter that cannot be read leads to the page."""
    if form not in TYPES:
        raise NotFound()
    asked = queue_filter.read(request)
    if asked.errors:
        return go(f"{reverse('queue')}?{request.GET.urlencode()}")
    tab = "items" if asked.query.ids is not None else asked.query.tab
    return file_of(request, asked, form, queue_columns.chosen(Preferences.of(request.user.preferences), tab))


@require_POST
@page(Verb.DISPUTE_DECIDE)
def columns(request: PageRequest) -> HttpResponse:
    """Keep which columns the person sees."""
    tab = request.POST.get("tab", TABS[0])
    kept = queue_columns.kept_with(Preferences.of(request.user.preferences), tab, request.POST.getlist("column"))
    people.set_columns(request.principal, page=PAGE, columns=() if "reset" in request.POST else kept)
    return go(back_to(request, reverse("queue")))
