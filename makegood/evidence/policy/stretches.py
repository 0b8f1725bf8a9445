"""Pure: stretches of a recording, in milliseconds ``[from, to)``: cut to it, put together, and what they cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from makegood.evidence.policy.segments import merged

Stretch = tuple[int, int]


def clipped(stretches: Iterable[Stretch], duration_ms: int) -> list[Stretch]:
    """Those parts that lie inside the recording."""
    inside = ((max(0, start), min(end, duration_ms)) for start, end in stretches)
    return [(start, end) for start, end in inside if start < end]


def united(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same milliseconds, each once, in order; stretches that touch are one."""
    return merged(sorted(stretches), 0)


def length(stretches: Iterable[Stretch]) -> int:
    """How many milliseconds they cover, each counted once."""
    return sum(end - start for start, end in united(stretches))


def common(some: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What lies in both."""
    shared: list[Stretch] = []
    mine, theirs = united(some), united(others)
    i = j = 0
    while i < len(mine) and j < len(theirs):
        start, end = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
        if start < end:
            shared.append((start, end))
        if mine[i][1] <= theirs[j][1]:
            i += 1
        else:
            j += 1
    return shared
