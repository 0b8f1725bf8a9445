"""Who asks, from where, and in which zone they read times; and that what they send is text."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone

from makegood.kernel import ids
from makegood.parties.entries import Preferences, Principal
from makegood.parties.models import User
from makegood.parties.selectors import principal_of
from makegood.parties.states import ZoneFrom
from makegood.web import refusals

MOST_BYTES = 64 * 1024 * 1024
"""What one form may have: five files and some text."""
_ZONES = available_timezones()


class PageRequest(HttpRequest):
    """What views of signed-in people receive: the request with its principal and zone."""

    principal: Principal
    user: User
    zone: str


def zone_of(user: User, cookie: str) -> str:
    """The viewer's zone: one's own, else the customer's or vendor's, else the browser's, else UTC.

    Who wants the browser's gets it as soon as the browser has said which.
    """
    if cookie in _ZONES and Preferences.of(user.preferences).zone_from is ZoneFrom.BROWSER:
        return cookie
    for owner in (user, user.customer, user.vendor):
        if owner is not None and owner.zone is not None:
            return owner.zone.name
    return cookie if cookie in _ZONES else "UTC"


class PrincipalMiddleware:
    """Puts ``request.principal`` and ``request.zone`` on requests of signed-in people.

    The answer of a signed-in page is private and never stored by anybody between.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        asked = cast(PageRequest, request)
        request_id = asked.headers.get("X-Request-Id", "")[:64] or ids.ulid("req")
        asked.principal = principal_of(asked.user, request_id, asked.META.get("REMOTE_ADDR") or None)
        asked.zone = zone_of(asked.user, asked.COOKIES.get("mg_zone", ""))
        with timezone.override(ZoneInfo(asked.zone)):
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SizeMiddleware:
    """Refuses a form that announces more than any page takes, before a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced[:18]) > MOST_BYTES:
            return refusals.too_large(request)
        return self.get_response(request)


def _holds_nul(fields: QueryDict) -> bool:
    return any("\x00" in text for name, values in fields.lists() for text in (name, *values))


class TextMiddleware:
    """Refuses addresses and forms that hold a NUL character: no text has one, and the database takes none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _holds_nul(request.GET) or _holds_nul(request.POST):
            return refusals.not_text(request)
        return self.get_response(request)


class PageGZipMiddleware(GZipMiddleware):
    """Compresses pages and parts of them. Files and recordings go out as they are: their ranges count stored bytes."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, compressed where it is HTML and the browser takes it so."""
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
