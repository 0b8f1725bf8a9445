"""The tour: on to the next stop, or the end of it; and once more from the beginning."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.parties.operations import set_tour
from makegood.web import tours
from makegood.web.middleware import PageRequest
from makegood.web.pages import back_to, go, page


@require_POST
@page()
def turn(request: PageRequest) -> HttpResponse:
    """``act`` is next, end or begin; the answer leads to the stop, or stays where one is."""
    act, stops = request.POST.get("act", ""), tours.stops_of(request.principal.role)
    here = str(request.user.preferences.get(tours.KEY, "0"))
    place = int(here) if here.isdecimal() else -1
    if act == "begin" and stops:
        set_tour(request.principal, place="0")
        return go(stops[0][1])
    if act == "next" and 0 <= place < len(stops) - 1:
        set_tour(request.principal, place=str(place + 1))
        return go(stops[place + 1][1])
    set_tour(request.principal, place=tours.ENDED)
    return go(back_to(request, reverse("home")))
