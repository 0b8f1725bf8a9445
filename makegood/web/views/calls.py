"""The log of charges: its list, one charge of it, what is selected, and the same as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from makegood.billing.selectors import charged_total, kinds_of
from makegood.disputes.selectors import call_log as selector
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import log_filter, log_page, own_views, programs
from makegood.web.filing import may_file
from makegood.web.log_export import TYPES, file_of
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import go, is_part, page, respond
from makegood.web.players import player_of

PAGE = "calls"
"""The name of this page among saved views, and of its address."""
MOST_SELECTED = 200


def _address_named(name: str) -> str:
    """The address of a page that an installation may lack; empty then."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _ways_to_file(request: PageRequest) -> dict[str, Any]:
    """Whether the person files disputes, and where many are filed at once."""
    files = may_file(request)
    return {
        "files": files,
        "switched_off": request.principal.can(Verb.DISPUTE_CREATE) and not files,
        "many": _address_named("dispute_many") if files else "",
        "returns": _address_named("returns") if files else "",
        "staff": request.principal.customer_id is None,
    }


@require_safe
@page(Verb.CHARGE_VIEW)
def log(request: PageRequest) -> HttpResponse:
    """The log; the address carries its filter and place. Without any it opens with the person's own view, if any."""
    return own_views.opened_first(request, PAGE) or shown(request)


def shown(request: PageRequest, refused: Refusal | None = None, typed_name: str = "") -> HttpResponse:
    """The page of the log; ``refused`` says why a view named ``typed_name`` was not saved."""
    kinds = kinds_of(request.principal)
    is_open = log_page.is_open(request)
    asked = log_filter.read(request, kinds, with_choices=is_open)
    found = selector.call_log(request.principal, asked.wanted)
    context = {
        **log_page.standing(request, PAGE, asked, found, refused, typed_name),
        "kind": asked.wanted.query.kind,
        "tabs": _tabs(kinds, asked),
        "is_open": is_open or bool(set(asked.errors) - {"range", "from", "to", "billed", "status"}),
        "programs": programs.met(request) if len(programs.met(request)) > 1 else (),
        **_ways_to_file(request),
    }
    return log_page.answered(request, PAGE, asked, context, "web/calls/log.html", "web/calls/body.html")


def _tabs(kinds: tuple[Any, ...], asked: log_filter.Asked) -> list[tuple[str, str, bool]]:
    """The kinds of charges as tabs: address, words, whether it is shown. None where there is one kind."""
    if len(kinds) < 2:
        return []
    kept = {key: text for key, text in asked.typed.items() if key not in {"kind", "status", "outcome", "campaign"}}
    shown_kind = asked.wanted.query.kind
    return [
        (log_filter.address_of({**kept, "kind": kind or "all"}), log_filter.NOUNS[kind][1], kind == shown_kind)
        for kind in (*kinds, None)
    ]


@require_safe
@page(Verb.CHARGE_VIEW)
def call(request: PageRequest, charge_id: int) -> HttpResponse:
    """One charge: its facts and what became of it; inside the list, its row opened or closed in place."""
    part = is_part(request)
    context = {
        "row": selector.call_row(request.principal, charge_id),
        "is_open": request.GET.get("open") != "0",
        "is_picked": request.GET.get("charge") == str(charge_id),
        "history": selector.history_of(request.principal, charge_id),
        "player": None if part else player_of(request, charge_id),
        "is_page": not part,
        **_ways_to_file(request),
    }
    return respond(request, "web/calls/call.html", context, part="web/calls/row.html")


@require_safe
@page(Verb.CHARGE_VIEW)
def selected(request: PageRequest) -> HttpResponse:
    """What the selected charges come to; those out of scope do not count."""
    named = [pk for text in request.GET.getlist("charge")[:MOST_SELECTED] if (pk := row_id(text)) is not None]
    count, totals = charged_total(request.principal, named)
    return respond(request, "web/calls/selected.html", {"count": count, "totals": totals})


@require_safe
@page(Verb.CHARGE_VIEW)
def export(request: PageRequest, form: str) -> HttpResponseBase:
    """Exactly what the address narrows the log to, as a file; a filter that cannot be read leads to the page."""
    if form not in TYPES:
        raise NotFound()
    asked = log_filter.read(request, kinds_of(request.principal), with_choices=False)
    if asked.errors:
        return go(f"{reverse('calls')}?{request.GET.urlencode()}")
    return file_of(request, asked, form, files=may_file(request))
