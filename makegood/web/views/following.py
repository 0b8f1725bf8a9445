"""My disputes: what one filed, what waits for one's answer, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date

from makegood.disputes.selectors import mine as lists
from makegood.parties.states import Verb
from makegood.web import exports, programs
from makegood.web.filing import may_file
from makegood.web.live import live
from makegood.web.middleware import PageRequest
from makegood.web.notice_items import notice_of
from makegood.web.pages import page, respond

LONGEST = 200
COLUMNS = (
    "dispute", "charge", "received_at", "customer", "reason", *exports.amount_columns("asked"),
    *exports.amount_columns("credited"), "status", "sent_at", "decided_at", "due_at", "last_message", "time_zone",
)  # fmt: skip


def _day(text: str) -> datetime | None:
    """The beginning of the day that an address names, in the viewer's zone; None for anything else."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time())) if day and day.year in range(1970, 9999) else None


def _query(request: PageRequest) -> lists.MineQuery:
    get, program = request.GET, programs.chosen(request)
    last = _day(get.get("until", ""))
    return lists.MineQuery(
        tab=lists.tab_of(get.get("tab", "")),
        program=program.pk if program else None,
        reason=get.get("reason", "")[:LONGEST],
        since=_day(get.get("since", "")),
        until=_day((last + timedelta(days=1, hours=12)).strftime("%Y-%m-%d")) if last else None,
        text=get.get("q", "")[:LONGEST],
        after=get.get("after", ""),
        before=get.get("before", ""),
    )


@page(Verb.DISPUTE_VIEW)
def mine(request: PageRequest) -> HttpResponse:
    """What one filed, by tab; or exactly the items of a notice."""
    notice = notice_of(request)
    wanted = replace(_query(request), ids=notice.dispute_ids if notice else None)
    found = lists.mine(request.principal, wanted)
    context: dict[str, Any] = {
        "found": found,
        "notice": notice,
        "files": may_file(request),
        "settled": notice is not None or found.tab in {"decided", "all"},
        "staff": request.principal.customer_id is None,
        "wanted": wanted,
        "typed": {name: request.GET.get(name, "")[:LONGEST] for name in ("since", "until", "q")},
        "reasons": lists.reasons_met(request.principal, wanted.program),
    }
    return respond(request, "web/disputes/mine.html", context, part="web/disputes/list.html")


@page(Verb.DISPUTE_VIEW)
def counts(request: PageRequest) -> HttpResponse:
    """The counters of the tabs, asked again every minute; 304 while nothing changed."""
    program = programs.chosen(request)
    found = lists.counts_of(request.principal, program.pk if program else None)
    return live(request, "web/disputes/counts.html", {"counts": found, "fresh": True})


@page(Verb.DISPUTE_VIEW)
def export(request: PageRequest) -> StreamingHttpResponse:
    """The list as CSV: what is filtered, all of it."""
    notice = notice_of(request)
    wanted = replace(_query(request), ids=notice.dispute_ids if notice else None)
    rows = _cells(lists.every(request.principal, wanted), request.zone)
    return exports.csv_of(request, "disputes", COLUMNS, rows)


def _cells(rows: Iterator[lists.Followed], zone: str) -> Iterator[list[exports.Cell]]:
    for one in rows:
        row, charge = one.row, one.row.charge
        yield [
            row.number,
            exports.text(charge.external_id),
            exports.moment(charge.occurred_at, zone),
            exports.text(charge.customer),
            exports.text(row.reason),
            *exports.amount(row.asked),
            *exports.amount(row.credited),
            exports.text(row.word.label),
            exports.moment(row.submitted_at, zone),
            exports.moment(row.decided_at, zone),
            exports.moment(one.due.at if one.due else None, zone),
            exports.text(one.said.body if one.said else ""),
            zone,
        ]
