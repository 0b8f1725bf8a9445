"""The start page by role, and the theme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import back_to, go, page
from makegood.web.shell import THEMES

YEAR = 365 * 24 * 3600


@page()
def home(request: PageRequest) -> HttpResponse:
    """Where one's work starts: the queue, the adjusted calls, or the calls."""
    if request.principal.can(Verb.DISPUTE_DECIDE):
        return go(reverse("queue"))
    if request.principal.vendor_id is not None:
        return go(reverse("adjusted_calls"))
    if request.principal.can(Verb.CHARGE_VIEW):
        return go(reverse("calls"))
    return go(reverse("notices"))


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or the system's own theme in this browser."""
    response = go(back_to(request, "/"))
    if request.POST.get("theme") in dict(THEMES):
        response.set_cookie("mg_theme", request.POST["theme"], max_age=YEAR, samesite="Lax")
    return response
