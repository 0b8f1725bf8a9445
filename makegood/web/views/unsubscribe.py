"""The link below each e-mail: stops messages of its kind, without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from makegood.notifications.operations import stop_mail
from makegood.notifications.selectors.recipients import locale_of
from makegood.notifications.selectors.texts import own_words, title_of
from makegood.notifications.states import Template, speaking
from makegood.parties.errors import NotFound
from makegood.web import refusals
from makegood.web.mailing import reader_of


@csrf_exempt  # mail programs post this by themselves (RFC 8058); the signed token says who and what
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, since scanners follow links; stop on POST."""
    reader = reader_of(token)
    locale = locale_of(reader[0]) if reader is not None else None
    if reader is None or locale is None or reader[1] not in list(Template):
        return refusals.refused(request, NotFound())
    user_id, template = reader
    done = request.method == "POST" and stop_mail(user_id=user_id, template=template)
    with speaking(locale):
        return render(request, "web/notices/unsubscribe.html", {**_words(Template(template), locale), "done": done})


def _words(template: Template, locale: str) -> dict[str, str]:
    return {
        "language": get_language() or "en",
        "title": title_of(template, own_words(locale)),
        "asks": gettext("Stop getting these messages by e-mail? They still stand under Notifications."),
        "button": gettext("Stop the e-mails"),
        "stopped": gettext("You will not get these by e-mail any more."),
        "back": gettext("They still stand under Notifications, where you can turn the e-mails on again."),
    }
