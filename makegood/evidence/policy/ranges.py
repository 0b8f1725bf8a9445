"""Pure: which bytes of a file a request gets, after RFC 9110 sections 13 and 14; and which milliseconds those are.

Answered is one range. Several ranges, a unit other than bytes, and a header that cannot be read get the whole file, as
the RFC allows; a range that begins beyond the end gets 416.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WHOLE, PART, UNSATISFIABLE = 200, 206, 416
_RANGE = re.compile(r"bytes[ \t]*=[ \t]*([0-9]*)[ \t]*-[ \t]*([0-9]*)[ \t]*", re.ASCII | re.IGNORECASE)
_LONGEST = 400
"""Characters of a header that is looked at; no range of one file needs as many."""


@dataclass(frozen=True)
class Portion:
    """The bytes ``[start, stop)`` of ``size``, and the status they go out with; nothing of them with 416."""

    status: int
    start: int
    stop: int
    size: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.stop - self.start

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says of it; the length of a body of 416 is not ours to say."""
        said = {"Accept-Ranges": "bytes"}
        if self.status == UNSATISFIABLE:
            return said | {"Content-Range": f"bytes */{self.size}"}
        said["Content-Length"] = str(self.length)
        if self.status == PART:
            said["Content-Range"] = f"bytes {self.start}-{self.stop - 1}/{self.size}"
        return said


def portion(size: int, tag: str, *, method: str = "GET", wanted: str = "", only_if: str = "") -> Portion:
    """What a request gets of ``size`` bytes whose strong ETag is ``tag``.

    ``wanted`` is the header Range and ``only_if`` the header If-Range, empty where not sent. Ranges are for GET alone.
    A date in If-Range never fits, because the answers carry none; neither does a weak tag.
    """
    whole = Portion(WHOLE, 0, size, size)
    if method != "GET" or not wanted or (only_if and only_if.strip() != tag):
        return whole
    found = _RANGE.fullmatch(wanted.strip()) if len(wanted) <= _LONGEST else None
    if found is None or not any(found.groups()):
        return whole
    first, last = (int(text) if text else None for text in found.groups())
    if first is None:
        start, stop = size - min(last or 0, size), size
    elif last is not None and last < first:
        return whole
    else:
        start, stop = first, size if last is None else min(last + 1, size)
    return Portion(PART, start, stop, size) if start < stop else Portion(UNSATISFIABLE, 0, 0, size)


def heard_in(start: int, stop: int, *, size: int, duration_ms: int) -> tuple[int, int]:
    """The milliseconds ``[from, to)`` that bytes ``[start, stop)`` of ``size`` stand for, at an even bit rate.

    Rounded outward, so that nothing that was given out is missing; never empty for bytes that are there.
    """
    if size <= 0 or duration_ms <= 0 or start >= stop:
        return 0, 0
    first = min(start * duration_ms // size, duration_ms - 1)
    return first, max(min(-(-stop * duration_ms // size), duration_ms), first + 1)
