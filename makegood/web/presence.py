"""Notes in which browsers people are signed in."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from makegood.parties.operations.sessions import note_presence

NOTED_EVERY_SECONDS = 60
_MOST_KNOWN = 10_000
_noted: OrderedDict[tuple[str, str], float] = OrderedDict()


class PresenceMiddleware:
    """Notes a session's address, browser and time, at most once a minute and process."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user, session = request.user, request.session
        if user.is_authenticated and session.session_key and _is_due(session.session_key, _address(request)):
            note_presence(
                user_id=user.pk,
                session_key=session.session_key,
                ip=_address(request),
                user_agent=request.headers.get("User-Agent", ""),
            )
        return self.get_response(request)


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - of a local socket, which has none


def _is_due(key: str, address: str) -> bool:
    now = time.monotonic()
    if now - _noted.get((key, address), -NOTED_EVERY_SECONDS) < NOTED_EVERY_SECONDS:
        return False
    _noted[key, address] = now
    _noted.move_to_end((key, address))
    while len(_noted) > _MOST_KNOWN:
        _noted.popitem(last=False)
    return True
