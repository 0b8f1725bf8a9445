"""The filters of the queue as the lane's address carries them, so that a link leads to the same line."""

from __future__ import annotations

from django.urls import reverse

from makegood.disputes.selectors.queue import QueueQuery
from makegood.web import queue_filter
from makegood.web.middleware import PageRequest
from makegood.web.queue_filter import Asked

_ASKED = "_lane_asked"


def _asked(request: PageRequest) -> Asked:
    """The address, read once per request."""
    found: Asked | None = getattr(request, _ASKED, None)
    if found is None:
        found = queue_filter.read(request)
        setattr(request, _ASKED, found)
    return found


def query_of(request: PageRequest) -> QueueQuery:
    """What the address asks the queue for."""
    return _asked(request).query


def carried(request: PageRequest) -> str:
    """The filters of this address, to go on with: ``?reason=3``, or nothing."""
    said = _asked(request).said
    return f"?{said}" if said else ""


def address(request: PageRequest, number: str, name: str = "lane_dispute") -> str:
    """An address of the lane for a dispute, with the filters of this one."""
    return reverse(name, args=[number]) + carried(request)
