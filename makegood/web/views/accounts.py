"""The accounts, and the switch that lets them file disputes."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.parties.errors import NotFound
from makegood.parties.operations import switch_disputing
from makegood.parties.selectors.accounts import accounts
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import back_to, go, page, respond, say


@page(Verb.USER_EDIT)
def customers(request: PageRequest) -> HttpResponse:
    """The customers with their switch; the address carries search, filter and place."""
    get = request.GET
    text, off_only = get.get("q", "").strip()[:100], get.get("off") == "1"
    found = accounts(
        request.principal, text, off_only=off_only, after=get.get("after", ""), before=get.get("before", "")
    )
    context = {"page": found, "text": text, "off_only": off_only}
    return respond(request, "web/admin/customers.html", context, part="web/admin/customers_list.html")


@require_POST
@page(Verb.USER_EDIT)
def switch(request: PageRequest, customer_id: int) -> HttpResponse:
    """Switch disputing on or off for one customer."""
    on = request.POST.get("on") == "1"
    (answer,) = switch_disputing(request.principal, customer_ids=[customer_id], on=on)
    if not answer.ok:
        raise NotFound()
    said = (
        "may file disputes now" if on else "files no disputes from now on; what was filed before is reviewed as usual"
    )
    say(request, f"{answer.data['name']} {said}.", "is-ok")
    return go(back_to(request, reverse("customers")))
