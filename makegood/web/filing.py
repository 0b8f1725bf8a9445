"""Who may file: the permission, and the switch "Dispute Calls" of one's own account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponseBase

from makegood.disputes.errors import DisputingOff
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond

P = ParamSpec("P")
View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def may_file(request: HttpRequest) -> bool:
    """Whether the person files disputes: granted, and not switched off for the account one belongs to.

    Asks the database at most once per request.
    """
    asked = cast(PageRequest, request)
    if not asked.principal.can(Verb.DISPUTE_CREATE):
        return False
    customer = asked.user.customer
    return customer is None or customer.dispute_permission


def filing_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page that files disputes: asks for the permission, and says plainly where disputing is switched off."""

    @page(Verb.DISPUTE_CREATE)
    @wraps(view)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_file(request):
            return respond(request, "web/claims/off.html", {"off": DisputingOff()}, status=DisputingOff.status)
        return view(request, *args, **kwargs)

    return guarded
