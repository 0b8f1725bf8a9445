"""Customers for representatives: find one, see what it was billed, used and paid, and what of it is in dispute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from makegood.billing.selectors.payments import payments_of
from makegood.billing.selectors.usage import Span, spans_of
from makegood.billing.selectors.usage_compared import Usage, usage_compared
from makegood.disputes.selectors import account as accounts_read
from makegood.disputes.selectors.account_bills import Bills, account_bill, account_bills
from makegood.disputes.selectors.account_disputes import account_disputes
from makegood.disputes.selectors.customers_found import accounts_called, accounts_lately
from makegood.kernel import clock
from makegood.parties.states import Verb
from makegood.web.account_figures import bills_figure
from makegood.web.account_tables import services_shown
from makegood.web.filing import may_file
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond

BILLING, DISPUTES = "billing", "disputes"
FEW_BILLS, FEW_PAYMENTS = 12, 5


def today() -> date:
    """The day it is for the viewer."""
    return timezone.localtime(clock.now()).date()


@page(Verb.CUSTOMER_VIEW)
def accounts(request: PageRequest) -> HttpResponse:
    """One box for whatever a caller says; straight to the customer where it can be only one."""
    found = accounts_called(request.principal, request.GET.get("q", ""))
    if found.only is not None and request.GET.get("list") != "1":
        return go(reverse("account", args=[found.only]))
    lately = () if found.text else accounts_lately(request.principal)
    context = {"found": found, "rows": found.rows or lately, "is_lately": not found.text}
    return respond(request, "web/accounts/accounts.html", context, part="web/accounts/list.html")


@page(Verb.CUSTOMER_VIEW)
def account(request: PageRequest, customer_id: int) -> HttpResponse:
    """A customer: its head, and one of its tabs."""
    head = accounts_read.account(request.principal, customer_id)
    tab = DISPUTES if request.GET.get("tab") == DISPUTES else BILLING
    bills = account_bills(request.principal, head.id, today())
    latest = bills.rows[0] if bills.rows else None
    context: dict[str, Any] = {
        "account": head,
        "tab": tab,
        "files": may_file(request),
        "latest": latest,
        "bill_number": latest.issued.bill.number if latest else None,
    }
    context |= _disputes(request, head) if tab == DISPUTES else _billing(request, head, bills)
    return respond(request, "web/accounts/account.html", context, part="web/accounts/tab.html")


@page(Verb.CUSTOMER_VIEW)
def bill(request: PageRequest, customer_id: int, number: int) -> HttpResponse:
    """One bill: every line, how it stands, and what can be done about it."""
    head = accounts_read.account(request.principal, customer_id)
    place = request.GET.get("after", ""), request.GET.get("before", "")
    seen = account_bill(request.principal, customer_id, number, today(), *place)
    context = {"account": head, "seen": seen, "files": may_file(request), "title": f"Bill {number}"}
    return respond(request, "web/accounts/bill.html", context)


def _billing(request: PageRequest, head: accounts_read.Account, bills: Bills) -> dict[str, Any]:
    principal = request.principal
    every = request.GET.get("bills") == "all"
    spans = spans_of(principal, head.id, today())
    usage = _usage(request, head.id, spans)
    return {
        "bills": bills,
        "shown_bills": bills.rows if every else bills.rows[:FEW_BILLS],
        "figure": bills_figure([row.issued for row in bills.rows], _linker(head.id)),
        "usage": usage,
        "services": services_shown(usage, head.number),
        "spans": spans,
        "payments": payments_of(principal, head.id, FEW_PAYMENTS),
    }


def _usage(request: PageRequest, customer_id: int, spans: Sequence[Span]) -> Usage:
    """The usage of the period asked for; without one, of the latest of two that has any."""
    asked = request.GET.get("period", "")
    named = next((n for n, span in enumerate(spans) if span.key == asked), None)
    for at in (0, 1) if named is None else (named,):
        pair = (spans[at], spans[at + 1] if at + 1 < len(spans) else None)
        found = usage_compared(request.principal, customer_id, pair, request.zone)
        if pair[1] is None or any(one.now for one in found.services):
            break
    return found


def _disputes(request: PageRequest, head: accounts_read.Account) -> dict[str, Any]:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    return {"list": account_disputes(request.principal, head.id, after, before)}


def _linker(customer_id: int) -> Any:
    return lambda number: reverse("account_bill", args=[customer_id, number])
