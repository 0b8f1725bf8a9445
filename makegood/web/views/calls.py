"""The charge log and one call of it."""

from __future__ import annotations

from django.http import HttpResponse

from makegood.billing.selectors import LogQuery
from makegood.disputes.selectors import call_log as selector
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import page, respond

RANGES = (
    ("1d", "Last 24 hours"),
    ("4d", "Last 4 days"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
    ("all", "Any time"),
)
STATUSES = (
    ("", "Any review status"),
    ("none", "Not disputed"),
    ("pending", "Pending"),
    ("accepted", "Accepted"),
    ("accepted_partial", "Accepted Partial"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
)


def _query(request: PageRequest) -> LogQuery:
    get = request.GET
    text = get.get("q", "").strip()[:100]
    billed_only = get.get("billed", "all" if text else "") != "all"
    program = row_id(get.get("program", "")) or 0
    return LogQuery(get.get("range", ""), text, billed_only, program, get.get("after", ""), get.get("before", ""))


def _programs(request: PageRequest) -> list[Program]:
    """What staff may narrow the log to; a customer has its own charges before it anyway."""
    if request.principal.customer_id is not None:
        return []
    return list(programs_visible_to(request.principal).order_by("name"))


@page(Verb.CHARGE_VIEW)
def log(request: PageRequest) -> HttpResponse:
    """The charge log; the address carries range, status, search and place."""
    query, status = _query(request), request.GET.get("status", "")
    found = selector.call_log(request.principal, query, status)
    context = {
        "found": found,
        "query": query,
        "status": status,
        "status_word": dict(STATUSES).get(status, ""),
        "range_word": dict(RANGES).get(found.log.range, ""),
        "widened": not query.range and not query.text and found.log.range == "all",
        "programs": _programs(request),
        "ranges": RANGES,
        "statuses": STATUSES,
        "files": request.principal.can(Verb.DISPUTE_CREATE),
        "staff": request.principal.can(Verb.DISPUTE_DECIDE),
    }
    return respond(request, "web/calls/log.html", context, part="web/calls/list.html")


@page(Verb.CHARGE_VIEW)
def call(request: PageRequest, charge_id: int) -> HttpResponse:
    """One call: its facts and its disputes; inside the list, its row opened or closed in place."""
    context = {
        "row": selector.call_row(request.principal, charge_id),
        "is_open": request.GET.get("open") != "0",
        "history": selector.disputes_of(request.principal, charge_id),
        "files": request.principal.can(Verb.DISPUTE_CREATE),
        "staff": request.principal.can(Verb.DISPUTE_DECIDE),
    }
    return respond(request, "web/calls/call.html", context, part="web/calls/row.html")
