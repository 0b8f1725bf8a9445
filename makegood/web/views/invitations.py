"""The first page of somebody who was invited: choose a name, a password and a zone, and be in."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from makegood.kernel.errors import Refusal
from makegood.parties.errors import InvitationEnded
from makegood.parties.models import Invitation
from makegood.parties.operations import accept_invitation
from makegood.parties.selectors.invitations import invitation_of
from makegood.web import refusals
from makegood.web.zones import ZONES

FIELDS = {"WEAK_PASSWORD": "password", "UNKNOWN_ZONE": "zone", "NAME_TOO_LONG": "name"}


@never_cache
@sensitive_post_parameters("password")
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """The form behind the link; sent, the person is signed in."""
    if not ratelimit.consume(request, action="invitation"):
        return refusals.too_many(request)
    try:
        invitation = invitation_of(secret)
        if request.method != "POST":
            zone = invitation.user.zone.name if invitation.user.zone else request.COOKIES.get("mg_zone", "")
            return _form(request, invitation, {"name": invitation.user.name, "zone": zone})
        return _accepted(request, invitation, secret)
    except InvitationEnded as ended:
        return render(request, "web/people/invitation_ended.html", {"why": ended.message}, status=ended.status)
    except Refusal as error:
        return refusals.refused(request, error)


def _accepted(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    typed = {name: request.POST.get(name, "").strip() for name in ("name", "zone")}
    try:
        user = accept_invitation(secret, password=request.POST.get("password", ""), **typed)
    except Refusal as refused:
        if refused.code not in FIELDS:
            raise
        return _form(request, invitation, typed, refused)
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, user, "invitation")
    answer: HttpResponse = perform_login(request, user)
    return answer


def _form(
    request: HttpRequest, invitation: Invitation, typed: dict[str, str], refused: Refusal | None = None
) -> HttpResponse:
    context = {
        "invitation": invitation,
        "person": invitation.user,
        "typed": typed,
        "zones": ZONES,
        "refused": refused,
        "field": FIELDS.get(refused.code, "") if refused else "",
    }
    status = refused.status if refused else 200
    return render(request, "web/people/invitation.html", context, status=status)
