"""Processor time of processes and all they started, from /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _FIRST_TIME, _LAST_TIME = 1, 11, 15
"""Places after the name in /proc/PID/stat: the parent; own and ended children's user and system time."""


def parent_of(pid: int) -> int:
    """The process that started this one."""
    return int(_fields(Path("/proc") / str(pid))[_PARENT])


def child_named(word: str) -> int:
    """The child of this process that has ``word`` in its command."""
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and word.encode() in _command(place) and parent_of(int(place.name)) == os.getpid():
            return int(place.name)
    raise RuntimeError(f"no child of this process is called {word}")


def _command(place: Path) -> bytes:
    try:
        return (place / "cmdline").read_bytes()
    except OSError:  # it ended while we were looking
        return b""


def _fields(place: Path) -> list[str]:
    return (place / "stat").read_text().rpartition(")")[2].split()


def seconds_of(root: int) -> float:
    """User and system seconds of a process, of those below it, and of those below it that have ended."""
    below: dict[int, list[int]] = defaultdict(list)
    times: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = _fields(place)
            except OSError:  # it ended while we were looking
                continue
            below[int(fields[_PARENT])].append(int(place.name))
            times[int(place.name)] = sum(map(int, fields[_FIRST_TIME:_LAST_TIME]))
    ticks, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        ticks += times.get(pid, 0)
        waiting += below[pid]
    return ticks / _TICKS
