"""Writes journal rows, in the transaction of the change they speak of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from django.db import connection

from makegood.kernel import clock, sql


class Actor(Protocol):
    """Who acts: what the journal needs to know of a principal."""

    @property
    def id(self) -> int | None: ...
    @property
    def label(self) -> str: ...
    @property
    def acting_for(self) -> int | None: ...
    @property
    def request_id(self) -> str: ...
    @property
    def ip(self) -> str | None: ...


@dataclass(frozen=True)
class Change:
    """One change of one object; ``changes`` holds the changed fields (before and after, or the facts)."""

    verb: str
    event: str
    object_kind: str
    object_id: int
    program_id: int | None = None
    customer_id: int | None = None
    vendor_id: int | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


def actor_parameters(actor: Actor) -> dict[str, Any]:
    """The bound parameters that the part ``journal.append_events`` asks for."""
    return {
        "at": clock.now(),
        "principal": actor.id,
        "principal_label": actor.label,
        "acting_for": actor.acting_for,
        "request_id": actor.request_id,
        "ip": actor.ip,
    }


def record_all(actor: Actor, changes: Sequence[Change]) -> None:
    """Write one row per change, in one statement."""
    if not changes:
        return
    events = json.dumps([asdict(change) for change in changes], default=str)
    with connection.cursor() as cursor:
        cursor.execute(sql.load("journal.record_events"), {"events": events, **actor_parameters(actor)})


def record(
    actor: Actor,
    *,
    verb: str,
    event: str,
    object_kind: str,
    object_id: int,
    program_id: int | None = None,
    customer_id: int | None = None,
    vendor_id: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Write one row."""
    record_all(
        actor,
        [Change(verb, event, object_kind, object_id, program_id, customer_id, vendor_id, changes or {})],
    )
