"""Pure: stretches of one channel, from voice probabilities to what a player can jump to. Times in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from makegood.evidence.states import SegmentKind

STARTS_AT = 50
"""Speech begins with a probability (percent) of at least this .."""
ENDS_BELOW = 35
"""and goes on until it falls below this."""
LEAST_SPEECH_MS = 250
LEAST_SILENCE_MS = 300
PAD_MS = 60


class Segment(NamedTuple):
    """A stretch ``[start_ms, end_ms)`` of channel ``ch`` (0 or 1)."""

    ch: int
    start_ms: int
    end_ms: int
    kind: SegmentKind = SegmentKind.SPEECH


def speech_of(percents: Iterable[int], *, frame_ms: int, ch: int, duration_ms: int) -> list[Segment]:
    """Speech in one channel, from the probability (0 to 100) of each frame: hysteresis, merged, short ones dropped.

    Each stretch is padded a little on both sides, within the recording.
    """
    runs: list[tuple[int, int]] = []
    begun: int | None = None
    place = 0
    for place, percent in enumerate(percents, start=1):
        at = (place - 1) * frame_ms
        if begun is None and percent >= STARTS_AT:
            begun = at
        elif begun is not None and percent < ENDS_BELOW:
            runs.append((begun, at))
            begun = None
    if begun is not None:
        runs.append((begun, place * frame_ms))
    long_enough = [(start, end) for start, end in merged(runs, LEAST_SILENCE_MS) if end - start >= LEAST_SPEECH_MS]
    padded = [(max(0, start - PAD_MS), min(duration_ms, end + PAD_MS)) for start, end in long_enough]
    return [Segment(ch, start, end) for start, end in merged(padded, 0)]


def merged(runs: Sequence[tuple[int, int]], gap_ms: int) -> list[tuple[int, int]]:
    """Ordered stretches with those put together that are less than ``gap_ms`` apart, or overlap."""
    found: list[tuple[int, int]] = []
    for start, end in runs:
        if found and start - found[-1][1] < max(gap_ms, 1):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def speech_ms(segments: Iterable[Segment]) -> int:
    """For how long anybody speaks: the stretches of all channels, overlaps counted once."""
    runs = sorted((one.start_ms, one.end_ms) for one in segments)
    return sum(end - start for start, end in merged(runs, 0))


def written(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    """As the row keeps them."""
    return [{"ch": s.ch, "start_ms": s.start_ms, "end_ms": s.end_ms, "kind": s.kind.value} for s in segments]


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Segment, ...]:
    """As the row kept them."""
    return tuple(
        Segment(int(one["ch"]), int(one["start_ms"]), int(one["end_ms"]), SegmentKind(one["kind"])) for one in kept
    )
