"""The vendor's payout statement, by month and currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import HttpResponse, StreamingHttpResponse

from makegood.disputes.selectors import payouts as selector
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import exports
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond

COLUMNS = (
    "posted_at", "time_zone", "call_id", "sub_id", "kind", *exports.amount_columns("change"),
    *exports.amount_columns("running"),
)  # fmt: skip


def _statement(request: PageRequest) -> selector.PayoutStatement:
    if request.principal.vendor_id is None:
        raise NotFound()
    return selector.payout_statement(request.principal, zone=request.zone, period=request.GET.get("period", ""))


@page(Verb.PAYOUT_VIEW)
def payouts(request: PageRequest) -> HttpResponse:
    """One month: what was taken back and what was given back, per currency."""
    return respond(
        request, "web/adjusted/payouts.html", {"found": _statement(request)}, part="web/adjusted/statement.html"
    )


@page(Verb.PAYOUT_VIEW)
def export(request: PageRequest) -> StreamingHttpResponse:
    """The same month as CSV, all of it."""
    found = _statement(request)
    key = found.period.key if found.period else ""
    lines: Iterable[selector.PayoutLine] = ()
    if key:
        lines = selector.every_payout_line(request.principal, zone=request.zone, period=key)
    return exports.csv_of(request, f"payouts-{key}" if key else "payouts", COLUMNS, _cells(lines, request.zone))


def _cells(lines: Iterable[selector.PayoutLine], zone: str) -> Iterator[tuple[exports.Cell, ...]]:
    for line in lines:
        yield (
            exports.moment(line.at, zone),
            zone,
            exports.text(line.own_id),
            exports.text(line.sub_id),
            line.words,
            *exports.amount(line.change),
            *exports.amount(line.running),
        )
