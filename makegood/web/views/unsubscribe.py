"""The link below each e-mail: stops messages of its kind, without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from makegood.notifications.operations import stop_mail
from makegood.notifications.states import TITLES, Template
from makegood.parties.errors import NotFound
from makegood.web import refusals
from makegood.web.mailing import reader_of


@csrf_exempt  # mail programs post this by themselves (RFC 8058); the signed token says who and what
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, since scanners follow links; stop on POST."""
    reader = reader_of(token)
    if reader is None or reader[1] not in list(Template):
        return refusals.refused(request, NotFound())
    user_id, template = reader
    done = request.method == "POST" and stop_mail(user_id=user_id, template=template)
    return render(request, "web/notices/unsubscribe.html", {"title": TITLES[Template(template)], "done": done})
