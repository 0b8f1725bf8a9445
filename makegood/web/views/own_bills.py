"""One's own bills: where a customer's people have their latest bill explained."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from makegood.billing.selectors.own_bills import latest_bills
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond


@require_safe
@page(Verb.CUSTOMER_VIEW)
def bills(request: PageRequest) -> HttpResponse:
    """The latest bill of each customer somebody belongs to; where there is one customer, its bill explained.

    Raises NotFound for people who are nobody's customer: they find bills on the accounts.
    """
    if request.principal.customer_id is None:
        raise NotFound()
    found = latest_bills(request.principal)
    if len(found) == 1:
        return go(reverse("inquiry_bill", args=[found[0].customer_id]))
    return respond(request, "web/inquiries/own.html", {"found": found})
