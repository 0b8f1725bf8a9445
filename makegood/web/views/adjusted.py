"""The vendor's adjusted calls."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse

from makegood.disputes.selectors.adjusted_calls import adjusted_calls, mark_of
from makegood.kernel.paging import moment, whole
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.notice_items import notice_of
from makegood.web.pages import page, respond


def _place(mark: str) -> tuple[datetime, int] | None:
    """The place that an address names, within what columns can hold; None, the beginning, for anything else."""
    named = mark_of(mark)
    if named is None:
        return None
    at, pk = moment(named[0].isoformat()), whole(named[1])
    return None if at is None or pk is None else (at, pk)


@page(Verb.PAYOUT_VIEW)
def adjusted(request: PageRequest) -> HttpResponse:
    """Calls whose revenue changed; or exactly those of a notice."""
    if request.principal.vendor_id is None:
        raise NotFound()
    notice = notice_of(request)
    found = adjusted_calls(
        request.principal,
        charge_ids=notice.charge_ids if notice else None,
        before=_place(request.GET.get("before", "")),
    )
    context = {"found": found, "notice": notice, "paged": "before" in request.GET}
    return respond(request, "web/adjusted/list_page.html", context, part="web/adjusted/list.html")
