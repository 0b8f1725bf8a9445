"""What happened, as webhooks tell it."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from makegood.webhooks.events import Message


class Event(Struct, frozen=True):
    """One event, exactly as a webhook would bring it; ``data.sequence`` grows with each change of the same dispute."""

    type: str
    timestamp: str
    data: dict[str, Any]


class Events(Struct):
    """Events in reading order. Go on with ``after=next_after``; it is there on the last page too, to be asked again."""

    items: list[Event]
    next_after: str | None


def event(message: Message) -> Event:
    """An event as the service writes it."""
    return Event(**json.loads(message.payload))
