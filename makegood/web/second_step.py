"""People of a role that asks for an authenticator app set it up before they see anything else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from makegood.parties.selectors.second_factors import has_totp
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, say

_OPEN = ("/account/", "/static/", "/theme/")


class SecondStepMiddleware:
    """Leads them there from every page; a part of a page leads there too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or request.path.startswith(_OPEN) or not _is_missing(request):  # type: ignore[arg-type]
            return self.get_response(request)
        where = reverse("mfa_activate_totp")
        if is_part(request):
            return HttpResponse(status=204, headers={"HX-Redirect": where})
        say(request, "Your role asks for a second step when signing in. Set it up to go on.")
        return go(where)


def _is_missing(request: PageRequest) -> bool:
    return request.user.role.requires_totp and not has_totp(request.user.pk)
