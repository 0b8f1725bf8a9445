"""Keyset paging: "older" and "newer" from the last row seen, never page 4,711."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
R = TypeVar("R")

AFTER, BEFORE = "after", "before"
BIGINT = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Key:
    """One column of an order: its name on the rows, and whether it descends. The last key is unique.

    Columns named ``…_at`` hold moments, all others whole numbers.
    """

    name: str
    descending: bool = False

    @property
    def is_moment(self) -> bool:
        """Whether the column holds moments."""
        return self.name.endswith("_at")


@dataclass(frozen=True)
class Place:
    """Where a page starts: after or before the row with these key values; no values mean the beginning."""

    values: tuple[Any, ...] = ()
    direction: str = AFTER


@dataclass(frozen=True)
class Page(Generic[R]):
    """Rows in order, and the marks of the pages beside this one (empty where there is none)."""

    rows: tuple[R, ...]
    before: str = ""
    after: str = ""

    def with_rows(self, rows: Sequence[Any]) -> Page[Any]:
        """The same place with other rows."""
        return Page(tuple(rows), self.before, self.after)


def mark_of(row: object, keys: Sequence[Key]) -> str:
    """The place of a row, as an address carries it."""
    values = [getattr(row, key.name) for key in keys]
    plain = [{"t": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def moment(text: str) -> datetime | None:
    """The moment that an address names, in UTC; None for anything else, and for one without its zone."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def whole(value: object) -> int | None:
    """A whole number that a column can hold; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value in BIGINT else None


def _value(key: Key, plain: Any) -> datetime | int | None:
    if not key.is_moment:
        return whole(plain)
    text = plain.get("t") if isinstance(plain, dict) else None
    return moment(text) if isinstance(text, str) else None


def _read(mark: str, keys: Sequence[Key]) -> tuple[Any, ...]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (ValueError, RecursionError, binascii.Error):
        return ()
    if not isinstance(plain, list) or len(plain) != len(keys):
        return ()
    values = tuple(_value(key, one) for key, one in zip(keys, plain, strict=True))
    return () if None in values else values


def place_of(after: str, before: str, keys: Sequence[Key]) -> Place:
    """The place two marks of an address name; a mark that is none of ours means the beginning."""
    if before and (values := _read(before, keys)):
        return Place(values, BEFORE)
    return Place(_read(after, keys) if after else (), AFTER)


def beyond(place: Place, keys: Sequence[Key]) -> Q:
    """The rows on the far side of a place that has values, as its direction goes."""
    further = Q()
    same = Q()
    for key, value in zip(keys, place.values, strict=True):
        smaller = key.descending == (place.direction == AFTER)
        further |= same & Q(**{f"{key.name}__{'lt' if smaller else 'gt'}": value})
        same &= Q(**{key.name: value})
    first = keys[0]
    bound = "lte" if first.descending == (place.direction == AFTER) else "gte"
    return Q(**{f"{first.name}__{bound}": place.values[0]}) & further


def page_of(rows: QuerySet[M], keys: Sequence[Key], place: Place, size: int, *, picked_first: bool = False) -> Page[M]:
    """The page of ``size`` rows at a place, in the order of the keys.

    ``picked_first`` is for an order that no index has: keys alone are sorted, and only the rows of the page are read
    whole, in the same statement.
    """
    return page_through((rows,), keys, place, size, picked_first=picked_first)


def page_through(
    parts: Sequence[QuerySet[Any]], keys: Sequence[Key], place: Place, size: int, *, picked_first: bool = False
) -> Page[Any]:
    """The same through several lists, one behind the other: by the keys, every row of one comes before those of the
    next."""
    backward = place.direction == BEFORE
    order = [("-" if key.descending != backward else "") + key.name for key in keys]
    found: list[Any] = []
    for rows in parts[::-1] if backward else parts:
        if len(found) <= size:
            wanted = rows.filter(beyond(place, keys)) if place.values else rows
            chosen = wanted.order_by(*order)[: size + 1 - len(found)]
            found += rows.filter(pk__in=chosen.values("pk")).order_by(*order) if picked_first else chosen
    more = len(found) > size
    found = found[:size][::-1] if backward else found[:size]
    if not found:
        return Page(())
    has_before = more if backward else bool(place.values)
    has_after = True if backward else more
    return Page(
        tuple(found), mark_of(found[0], keys) if has_before else "", mark_of(found[-1], keys) if has_after else ""
    )
