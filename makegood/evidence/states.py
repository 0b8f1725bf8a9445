"""Pure words of evidence: how a file was scanned, where a recording stands."""

from __future__ import annotations

from enum import StrEnum


class ScanState(StrEnum):
    """What a virus scanner said of a file."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"


class RecordingState(StrEnum):
    """Where a recording stands between the source that named it and the player."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"


class SegmentKind(StrEnum):
    """What is heard in a stretch of one channel."""

    SPEECH = "speech"


class AccessVia(StrEnum):
    """Through which door somebody listened."""

    PAGE = "page"
    API = "api"
