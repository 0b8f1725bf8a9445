"""The journal as events: what webhooks tell, to be read at one's own pace."""

from __future__ import annotations

from makegood.api.errors import BadCursor, BadParameter
from makegood.api.http import Request, Response
from makegood.api.routing import Param, Route
from makegood.api.v1 import paging
from makegood.api.v1.representations.event import Events, event
from makegood.journal.selectors import Position, events_after
from makegood.webhooks.events import Message
from makegood.webhooks.selectors.facts import messages_about
from makegood.webhooks.selectors.sight import in_sight
from makegood.webhooks.states import EventType

TAG = "events"
AT_ONCE = 500
MOST_READS = 20
TYPES = frozenset(kind.value for kind in EventType)
FILTERS = (
    Param("after", str, "Where to go on: the next_after of the answer before; without it from the first event."),
    Param("type", str, "Only events of this type, such as dispute.decided; may be repeated."),
)


def listed(request: Request) -> Response:
    """The next events that the caller may hear of."""
    paging.check_known(request, FILTERS)
    limit, types = paging.limit_of(request), frozenset(request.every("type"))
    if unknown := types - TYPES:
        raise BadParameter(field="type", cause=f"there is no event {min(unknown)[:60]!r}")
    position, told = _position(request), list[Message]()
    places: dict[int, Position] = {}
    for _ in range(MOST_READS):
        events = events_after(position, AT_ONCE)
        places.update((one.id, one.position) for one in events)
        heard = [one for one in in_sight(request.principal, messages_about(events)) if not types or one.type in types]
        for message in heard:
            # What one change says stays together, so a page may be a little longer than its limit.
            if len(told) >= limit and message.event_id != told[-1].event_id:
                return _answer(told, places[told[-1].event_id])
            told.append(message)
        position = events[-1].position if events else position
        if len(events) < AT_ONCE:
            break
    return _answer(told, position)


def _answer(told: list[Message], position: Position) -> Response:
    return Response(body=Events([event(message) for message in told], position.text or None))


def _position(request: Request) -> Position:
    text = request.one("after")
    try:
        return Position.read(text) if text else Position()
    except ValueError as error:
        raise BadCursor(field="after") from error


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/v1/events",
        "listEvents",
        listed,
        "Read on in what happened.",
        TAG,
        answer=Events,
        query=(*FILTERS, paging.PARAMS[0]),
        refusals=(BadParameter, BadCursor),
        description="The same payloads as webhooks, in an order that no later commit slips into: who goes on with "
        "next_after misses nothing. Only what the caller may know; a decision is told when it commits.",
    ),
)
