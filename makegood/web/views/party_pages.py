"""The pages of one buyer and of one vendor, for those who work on disputes."""

from __future__ import annotations

from django.http import HttpResponse

from makegood.disputes.selectors.party_desk import buyer_desk, vendor_desk
from makegood.insights.selectors.party_figures import buyer_figures, vendor_figures
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond


@page(Verb.LEDGER_VIEW)
def buyer(request: PageRequest, customer_id: int) -> HttpResponse:
    """A buyer: rates, limits used, what is asked, the last disputes, callers who come again."""
    desk = buyer_desk(request.principal, customer_id)
    context = {"desk": desk, "figures": buyer_figures(request.principal, customer_id), "kind": "buyer"}
    return respond(request, "web/parties/party.html", context)


@page(Verb.LEDGER_VIEW)
def vendor(request: PageRequest, vendor_id: int) -> HttpResponse:
    """The same of a vendor."""
    desk = vendor_desk(request.principal, vendor_id)
    context = {"desk": desk, "figures": vendor_figures(request.principal, vendor_id), "kind": "vendor"}
    return respond(request, "web/parties/party.html", context)
