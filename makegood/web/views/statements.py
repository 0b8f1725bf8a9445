"""Credits by bill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from makegood.disputes.selectors import credits as selector
from makegood.parties.states import Verb
from makegood.web import exports
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import page, respond

ALL = "all"
LONGEST = 200
COLUMNS = (
    "posted_at", "kind", "dispute", "charge", *exports.amount_columns("net"), *exports.amount_columns("tax"),
    *exports.amount_columns("total"), *exports.amount_columns("running"), "bill", "statement", "time_zone",
)  # fmt: skip


def _customer(request: PageRequest) -> int | None:
    """Whose credits: one's own, else those of the customer that the address names."""
    own = request.principal.customer_id
    return own if own is not None else row_id(request.GET.get("customer", ""))


def _period(request: PageRequest, customer_id: int) -> str:
    """The period that the address names; the latest one where it names none."""
    named = request.GET.get("period", "")
    if named:
        return "" if named == ALL else named
    periods = selector.periods_of(request.principal, customer_id=customer_id, zone=request.zone)
    return periods[0].key if periods else ""


@page(Verb.DISPUTE_VIEW)
def credits(request: PageRequest) -> HttpResponse:
    """Credits, reversals and fees of one customer, by the bill they stand on; who sees several chooses one."""
    get, own = request.GET, request.principal.customer_id
    context: dict[str, Any] = {"staff": own is None, "customer": None, "found": None}
    if own is None:
        sought = get.get("q", "")[:LONGEST]
        context |= {"customers": selector.credited(request.principal, sought), "q": sought}
    customer_id = _customer(request)
    if customer_id is not None:
        context["customer"] = selector.credited_customer(request.principal, customer_id)
        context["found"] = selector.credit_page(
            request.principal,
            customer_id=customer_id,
            zone=request.zone,
            period=_period(request, customer_id),
            before=row_id(get.get("before", "")),
        )
    return respond(request, "web/statements/credits.html", context, part="web/statements/list.html")


@page(Verb.DISPUTE_VIEW)
def export(request: PageRequest) -> StreamingHttpResponse:
    """The same as CSV: what is filtered, all of it."""
    customer_id = _customer(request)
    rows: Iterable[selector.CreditRow] = ()
    if customer_id is not None:
        period = _period(request, customer_id) or None
        rows = selector.every_credit(request.principal, customer_id=customer_id, zone=request.zone, period=period)
    return exports.csv_of(request, "credits", COLUMNS, _cells(rows, request.zone))


def _cells(rows: Iterable[selector.CreditRow], zone: str) -> Iterator[list[exports.Cell]]:
    for row in rows:
        yield [
            exports.moment(row.at, zone),
            row.kind.value,
            row.dispute,
            exports.text(row.charge.external_id if row.charge else ""),
            *exports.amount(row.net),
            *exports.amount(row.tax),
            *exports.amount(row.total),
            *exports.amount(row.running),
            row.bill,
            f"S-{row.statement}" if row.statement is not None else "",
            zone,
        ]
