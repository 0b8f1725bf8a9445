"""Lists of the native service: a limit, an opaque cursor for one list and one caller, and a count on demand."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet

from makegood.api.errors import BadCursor, BadParameter
from makegood.api.http import Request
from makegood.api.routing import Param
from makegood.api.v1.representations.shapes import MoreThan
from makegood.kernel.paging import Key, Place, page_of, place_of

M = TypeVar("M", bound=Model)
R = TypeVar("R")

USUAL, MOST = 50, 200
MOST_COUNTED = 10_000
_SIGNED = 16
_OWN = frozenset({"cursor", "limit", "count"})

PARAMS = (
    Param("limit", int, f"How many of them: 1 to {MOST}, by default {USUAL}.", example=USUAL),
    Param("cursor", str, "Where to go on: the next_cursor of the page before, with the same filters."),
    Param("count", bool, f"Whether to say how many there are in all; exact up to {MOST_COUNTED:,}."),
)


@dataclass(frozen=True)
class Listed:
    """The members of a page beside its items; ``count`` is None unless it was asked for."""

    rows: tuple[Any, ...]
    next_cursor: str | None
    count: int | None

    def with_rows(self, rows: Sequence[Any]) -> Listed:
        """The same page with other rows."""
        return replace(self, rows=tuple(rows))

    @property
    def has_more_than_counted(self) -> bool:
        """Whether there are more than MOST_COUNTED."""
        return self.count is not None and self.count > MOST_COUNTED


def check_known(request: Request, filters: Sequence[Param]) -> None:
    """Raise BadParameter for a parameter that the list does not have: a mistyped filter must not pass silently."""
    known = {param.name for param in (*filters, *PARAMS)}
    for name, _ in request.query:
        if name not in known:
            raise BadParameter(field=name[:60], cause="this list has no such parameter")


def limit_of(request: Request) -> int:
    """How many rows were asked for. Raises BadParameter."""
    text = request.one("limit", str(USUAL))
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST):
        raise BadParameter(field="limit", cause=f"it is a whole number from 1 to {MOST}")
    return int(text)


def flag(request: Request, name: str) -> bool | None:
    """A yes or no of the address; None where it is not given. Raises BadParameter."""
    text = request.one(name)
    if not text:
        return None
    if text not in ("true", "false"):
        raise BadParameter(field=name, cause="it is true or false")
    return text == "true"


def page(request: Request, rows: QuerySet[M], order: Sequence[Key]) -> Listed:
    """The page of a scoped list that the address asks for. Raises BadParameter, BadCursor."""
    size = limit_of(request)
    wants_count = flag(request, "count")
    found = page_of(rows, order, place(request, order), size)
    count = rows.order_by()[: MOST_COUNTED + 1].count() if wants_count else None
    return Listed(found.rows, sealed(request, found.after) if found.after else None, count)


def place(request: Request, order: Sequence[Key]) -> Place:
    """Where the page begins. Raises BadCursor."""
    mark = mark_of(request)
    found = place_of(mark, "", order) if mark else Place()
    if mark and not found.values:
        raise BadCursor(field="cursor")
    return found


def sealed(request: Request, mark: str) -> str:
    """The mark of a place as a cursor that only this caller can use, and only for this list."""
    raw = mark.encode()
    return _encoded(_signature(request, raw) + raw)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def mark_of(request: Request) -> str:
    """The mark inside the cursor that was sent; empty where none was. Raises BadCursor."""
    text = request.one("cursor")
    if not text:
        return ""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadCursor(field="cursor") from error
    if _encoded(raw) != text:  # the last letter has bits that decoding leaves out
        raise BadCursor(field="cursor")
    signature, mark = raw[:_SIGNED], raw[_SIGNED:]
    if not mark or not hmac.compare_digest(signature, _signature(request, mark)):
        raise BadCursor(field="cursor")
    return mark.decode()


def _signature(request: Request, mark: bytes) -> bytes:
    filters = sorted((name, value) for name, value in request.query if name not in _OWN)
    bound = repr((request.principal.token_id, request.path, filters)).encode()
    key = b"makegood cursor" + settings.SECRET_KEY.encode()
    return hmac.new(key, bound + b"\x00" + mark, hashlib.sha256).digest()[:_SIGNED]


def answered(found: Listed, kind: Callable[..., R], render: Callable[[Any], Any]) -> R:
    """A page as the service writes it; ``kind`` is its struct."""
    members: dict[str, Any] = {"items": [render(row) for row in found.rows], "next_cursor": found.next_cursor}
    if found.has_more_than_counted:
        members["count"] = MoreThan(MOST_COUNTED)
    elif found.count is not None:
        members["count"] = found.count
    return kind(**members)
