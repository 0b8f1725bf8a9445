"""The plain inquiries of a customer: data used, calls made, payments and balance; each also as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import HttpResponse, StreamingHttpResponse

from makegood.disputes.selectors import account as accounts_read
from makegood.disputes.selectors.balance_entries import Entry, Ledger, ledgers, streamed_entries
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import exports
from makegood.web.account_figures import balance_figure, balance_finding
from makegood.web.account_inquiry import CALLS, DATA, OF, Inquiry, inquiry, subjects
from makegood.web.account_words import SUBKINDS
from makegood.web.figures import Figure
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond
from makegood.web.views.account_pages import today

USAGE_COLUMNS = (
    "service", "kind", "unit", "first_day", "last_day", "records", "quantity", "talk_seconds",
    *exports.amount_columns("charged"), "records_before", "quantity_before", "talk_seconds_before",
    *exports.amount_columns("charged_before"), "time_zone",
)  # fmt: skip
BALANCE_COLUMNS = (
    "at",
    "entry",
    "bill",
    "dispute",
    *exports.amount_columns("amount"),
    *exports.amount_columns("balance"),
    "time_zone",
)
PAYMENTS = "payments"


@page(Verb.CUSTOMER_VIEW)
def data(request: PageRequest, customer_id: int) -> HttpResponse:
    """How much data each service used, by day, beside the period before."""
    return _usage(request, customer_id, DATA)


@page(Verb.CUSTOMER_VIEW)
def calls(request: PageRequest, customer_id: int) -> HttpResponse:
    """Calls by day and service, and the numbers called most."""
    return _usage(request, customer_id, CALLS)


def _usage(request: PageRequest, customer_id: int, subject: str) -> HttpResponse:
    head = accounts_read.account(request.principal, customer_id)
    context = {
        "account": head,
        "found": _inquiry(request, head, subject),
        "subject": subject,
        "subjects": subjects(head.id),
    }
    return respond(request, "web/accounts/usage.html", context, part="web/accounts/usage_body.html")


def _inquiry(request: PageRequest, head: accounts_read.Account, subject: str) -> Inquiry:
    period = request.GET.get("period", "")
    return inquiry(request.principal, head, subject, period, today=today(), zone=request.zone)


@page(Verb.CUSTOMER_VIEW)
def payments(request: PageRequest, customer_id: int) -> HttpResponse:
    """What was billed, paid and credited, one after the other, with the balance after each. The address carries the
    place in the list of one currency."""
    head = accounts_read.account(request.principal, customer_id)
    place = (request.GET.get(name, "") for name in ("currency", "after", "before"))
    found = [(one, _figure(one), balance_finding(one)) for one in ledgers(request.principal, head.id, *place)]
    context = {"account": head, "found": found, "subject": PAYMENTS, "subjects": subjects(head.id)}
    return respond(request, "web/accounts/payments.html", context)


def _figure(ledger: Ledger) -> Figure | None:
    """The balance after the newest entries; none beside older ones."""
    return None if ledger.page.before else balance_figure(ledger)


@page(Verb.CUSTOMER_VIEW)
def export(request: PageRequest, customer_id: int, subject: str) -> StreamingHttpResponse:
    """The table of an inquiry as CSV. Raises NotFound for a subject that is none."""
    head = accounts_read.account(request.principal, customer_id)
    if subject == PAYMENTS:
        rows = _balance_cells(streamed_entries(request.principal, head.id), request.zone)
        return exports.csv_of(request, f"balance-{head.id}", BALANCE_COLUMNS, rows)
    if subject not in OF:
        raise NotFound()
    rows = _usage_cells(_inquiry(request, head, subject), request.zone)
    return exports.csv_of(request, f"{subject}-{head.id}", USAGE_COLUMNS, rows)


def _usage_cells(found: Inquiry, zone: str) -> Iterator[list[exports.Cell]]:
    span = found.span
    for one in found.usage.services:
        cells: list[exports.Cell] = [
            exports.text(one.service), SUBKINDS[one.subkind], exports.text(one.unit), span.first.isoformat(),
            span.last.isoformat(),
        ]  # fmt: skip
        for used in (one.now, one.before):
            quantity = f"{used.quantity.normalize():f}" if used and used.quantity is not None else ""
            cells += [used.count if used else 0, quantity, used.seconds if used else 0]
            cells += exports.amount(used.charged if used else None)
        yield [*cells, zone]


def _balance_cells(entries: Iterable[Entry], zone: str) -> Iterator[list[exports.Cell]]:
    for one in entries:
        yield [
            exports.moment(one.at, zone),
            exports.text(one.words),
            one.bill,
            f"D-{one.dispute}" if one.dispute else "",
            *exports.amount(one.amount),
            *exports.amount(one.running),
            zone,
        ]
