"""Parts of the frame: the latest messages below the bell, fresh counters, and the program that lists show."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse
from django.views.decorators.http import conditional_page, require_POST

from makegood.notifications import selectors as notices
from makegood.web import nav, programs
from makegood.web.middleware import PageRequest
from makegood.web.pages import back_to, go, page, respond
from makegood.web.shell import counts_of, unread_text

LATEST = 5
PREFIXES = ("n", "m")
"""The menu stands beside the page and in the drawer; so does each counter."""
_PLACES = frozenset({programs.KEY, "after", "before"})


@page()
def bell(request: PageRequest) -> HttpResponse:
    """The latest messages, and when the next digest comes."""
    context = {
        "cards": notices.cards(request.principal, limit=LATEST),
        "bell": notices.bell(request.principal),
    }
    return respond(request, "web/shell/bell.html", context)


@conditional_page
@page()
def live(request: PageRequest) -> HttpResponse:
    """The counters of the frame; 304 when they say what they said."""
    counts = counts_of(request.principal)
    entries = [
        entry
        for group in nav.groups(request, counts)
        for entry in group.entries
        if entry.pending or entry.name in {"notices", "approvals"}
    ]
    context = {"unread": unread_text(counts.unread), "entries": entries, "prefixes": PREFIXES}
    response = respond(request, "web/shell/live.html", context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _without_place(address: str) -> str:
    """The same page from its beginning, and not narrowed by its address."""
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _PLACES]
    return parts._replace(query=urlencode(kept)).geturl()


@require_POST
@page()
def program(request: PageRequest) -> HttpResponse:
    """Narrow the lists to a program, or show every program again."""
    programs.remember(request, request.POST.get("program", ""))
    return go(_without_place(back_to(request, "/")))
