"""How I sign in: password, second step, sessions, and what happened lately."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.parties.errors import NotFound
from makegood.parties.operations.sessions import end_sessions
from makegood.parties.selectors.second_factors import has_totp, recovery_codes_left
from makegood.parties.selectors.sessions import sessions_of
from makegood.web import security_story
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say


@page()
def security(request: PageRequest) -> HttpResponse:
    """One's own way in."""
    user = request.user
    context = {
        "tab": "security",
        "totp": has_totp(user.pk),
        "codes": recovery_codes_left(user.pk),
        "sessions": sessions_of(user.pk, request.session.session_key),
        "story": security_story.of(user.pk),
        "required": user.role.requires_totp,
    }
    return respond(request, "web/people/security.html", context)


@require_POST
@page()
def end_others(request: PageRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    ended = end_sessions(request.principal, but=request.session.session_key or "")
    words = "You are signed in here alone." if not ended else "You were signed out everywhere else."
    say(request, words, "is-ok")
    return go(reverse("security"))


@require_POST
@page()
def end_one(request: PageRequest, session_id: int) -> HttpResponse:
    """Sign out of one other browser."""
    if not end_sessions(request.principal, but=request.session.session_key or "", only=[session_id]):
        raise NotFound()
    say(request, "That browser is signed out.", "is-ok")
    return go(reverse("security"))
