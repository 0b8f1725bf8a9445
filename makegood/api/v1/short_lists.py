"""Pages of lists that are read whole, for they are short: the same cursors as the long ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from makegood.api.errors import BadCursor
from makegood.api.http import Request
from makegood.api.v1.paging import MOST_COUNTED, Listed, flag, limit_of, mark_of, sealed

Row = TypeVar("Row")


def page(request: Request, rows: Sequence[Row], key: Callable[[Row], str]) -> Listed:
    """The page that the address asks for; ``key`` is what a row is known by. Raises BadParameter, BadCursor.

    A list may have lost the row that a cursor names; then it cannot be gone on with.
    """
    size, mark = limit_of(request), mark_of(request)
    start = 0
    if mark:
        start = next((place + 1 for place, row in enumerate(rows) if key(row) == mark), 0)
        if not start:
            raise BadCursor(field="cursor")
    found = tuple(rows[start : start + size])
    more = start + size < len(rows)
    count = min(len(rows), MOST_COUNTED + 1) if flag(request, "count") else None
    return Listed(found, sealed(request, key(found[-1])) if more else None, count)
