"""The vendor's adjusted calls: as a list, one by one, and as CSV. Nothing here names the buyer or its price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse

from makegood.disputes.selectors.adjusted_calls import (
    AdjustedCall,
    AdjustedFilter,
    adjusted_call,
    adjusted_calls,
    every_adjusted_call,
    mark_of,
    offered_filters,
)
from makegood.disputes.selectors.payouts import changes_of
from makegood.evidence.selectors.recordings import recording_of
from makegood.kernel.paging import moment, whole
from makegood.notifications.selectors import Items
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import exports
from makegood.web.middleware import PageRequest
from makegood.web.notice_items import notice_of
from makegood.web.numbers import row_id
from makegood.web.pages import page, respond
from makegood.web.players import player_of

LONGEST = 200
COLUMNS = (
    "call_id", "sub_id", "occurred_at", "adjusted_at", "time_zone", "campaign", "reason_group", "status",
    *exports.amount_columns("old_payout"), *exports.amount_columns("change"), *exports.amount_columns("new_payout"),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the address asks for, as it was typed, and what it means; what is no day counts as nothing."""

    since: str
    until: str
    sub: str
    campaign: str
    q: str
    wanted: AdjustedFilter

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self.wanted != AdjustedFilter()


def _asked(request: PageRequest) -> Asked:
    get = request.GET
    since, until = _day(get.get("since", "")), _day(get.get("until", ""))
    sub, sought = get.get("sub", "").strip()[:LONGEST], get.get("q", "").strip()[:LONGEST]
    campaign = _campaign(request)
    wanted = AdjustedFilter(
        since=_begins(since, request.zone),
        until=_begins(until + timedelta(days=1), request.zone) if until else None,
        sub_id=sub or None,
        campaign=campaign,
        sought=sought or None,
    )
    return Asked(str(since or ""), str(until or ""), sub, str(campaign or ""), sought, wanted)


def _campaign(request: PageRequest) -> int | None:
    """The campaign that the address names, if the vendor may know it: no other one tells which calls are its own."""
    named = row_id(request.GET.get("campaign", ""))
    offered = offered_filters(request.principal).campaigns if named is not None else ()
    return named if named in {pk for pk, _ in offered} else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 9000 else None


def _begins(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)) if day else None


def _place(mark: str) -> tuple[datetime, int] | None:
    """The place that an address names, within what columns can hold; None, the beginning, for anything else."""
    named = mark_of(mark)
    if named is None:
        return None
    at, pk = moment(named[0].isoformat()), whole(named[1])
    return None if at is None or pk is None else (at, pk)


def _vendor(request: PageRequest) -> None:
    if request.principal.vendor_id is None:
        raise NotFound()


def _exactly(notice: Items | None, wanted: AdjustedFilter) -> AdjustedFilter:
    return replace(wanted, charge_ids=notice.charge_ids) if notice else wanted


@page(Verb.PAYOUT_VIEW)
def adjusted(request: PageRequest) -> HttpResponse:
    """Calls whose payout changed; or exactly those of a notice."""
    _vendor(request)
    notice, asked = notice_of(request), _asked(request)
    found = adjusted_calls(
        request.principal, _exactly(notice, asked.wanted), before=_place(request.GET.get("before", ""))
    )
    context = {
        "found": found,
        "notice": notice,
        "given_back": len(notice.charge_ids) - len(found.rows) if notice and not asked.narrows else 0,
        "paged": "before" in request.GET,
        "asked": asked,
        "offered": offered_filters(request.principal),
    }
    if found.older is not None:
        context["given_back"] = 0
    return respond(request, "web/adjusted/list_page.html", context, part="web/adjusted/list.html")


@page(Verb.PAYOUT_VIEW)
def call(request: PageRequest, charge_id: int) -> HttpResponse:
    """One call: what changed its payout and when; its recording where the program lets vendors hear."""
    _vendor(request)
    row = adjusted_call(request.principal, charge_id)
    heard = recording_of(request.principal, charge_id) is not None
    context = {
        "row": row,
        "changes": changes_of(request.principal, charge_id),
        "player": player_of(request, charge_id) if heard else None,
    }
    return respond(request, "web/adjusted/call.html", context)


@page(Verb.PAYOUT_VIEW)
def export(request: PageRequest) -> StreamingHttpResponse:
    """The same as CSV: what is filtered, all of it."""
    _vendor(request)
    wanted = _exactly(notice_of(request), _asked(request).wanted)
    rows = every_adjusted_call(request.principal, wanted)
    return exports.csv_of(request, "adjusted-calls", COLUMNS, _cells(rows, request.zone))


def _cells(rows: Iterator[AdjustedCall], zone: str) -> Iterator[tuple[exports.Cell, ...]]:
    for row in rows:
        yield (
            exports.text(row.own_id),
            exports.text(row.sub_id),
            exports.moment(row.charge.occurred_at, zone),
            exports.moment(row.at, zone),
            zone,
            exports.text(row.charge.campaign),
            row.group,
            row.status,
            *exports.amount(row.old),
            *exports.amount(row.change),
            *exports.amount(row.new),
        )
