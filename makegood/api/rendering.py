"""Answers as bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from makegood.api.http import Response


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise NotImplementedError(type(value))


_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=_plain)


def rendered(response: Response) -> Iterable[bytes]:
    """The body, in one piece unless it is a stream."""
    if response.content is not None:
        return [response.content] if isinstance(response.content, bytes) else response.content
    return [] if response.body is None else [_ENCODER.encode(response.body)]


def utc(at: datetime | None) -> str | None:
    """A moment as the native service writes it: ``2026-03-01T12:30:00.123456Z``."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def zoned(at: datetime | None, zone: str) -> str | None:
    """A moment as IDI writes it: the zone's offset and seven decimals, ``2016-09-09T13:35:09.1568620-04:00``."""
    if at is None:
        return None
    text = at.astimezone(ZoneInfo(zone)).isoformat(timespec="microseconds")
    return f"{text[:26]}0{text[26:]}"
