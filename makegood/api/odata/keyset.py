"""The order of rows, the place of a row in it, and the token that says where to go on.

Every order ends with the row's own id, in the direction of the key before it, so that it is total and an index may
serve it. Null comes before every value: first when ascending, last when descending.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.signing import BadSignature, Signer

from makegood.api.odata.edm import Edm
from makegood.api.odata.errors import BadSkipToken
from makegood.api.odata.shape import Property
from makegood.parties.entries import Principal

_SALT = "makegood.api.odata.skiptoken"
_LONGEST = 40_000
"""A description of 4,000 characters, each written in six, fits in."""
_CASTS = {
    Edm.STRING: "text",
    Edm.DATE: "date",
    Edm.MOMENT: "timestamptz",
    Edm.BOOLEAN: "boolean",
    Edm.DECIMAL: "numeric",
}


@dataclass(frozen=True)
class Key:
    """A key of an order."""

    of: Property
    descending: bool = False

    def ordered(self, sql: str) -> str:
        """The key for ORDER BY, read as ``sql``."""
        if not self.of.nullable:
            return f"{sql} DESC" if self.descending else sql
        return f"{sql} DESC NULLS LAST" if self.descending else f"{sql} NULLS FIRST"

    @property
    def cast(self) -> str:
        """The SQL type of its values as they are compared."""
        return "bigint" if self.of.micros else _CASTS.get(self.of.type, "bigint")


@dataclass(frozen=True)
class Place:
    """Where a page goes on: after the row with these values; ``left`` rows may still come (None: all)."""

    values: tuple[Any, ...]
    left: int | None


def beyond(keys: Sequence[Key], values: Sequence[Any], params: dict[str, Any]) -> str:
    """The condition of the rows after the one with these values; binds them in ``params``."""
    bound = [_bound(key, value, params, place) for place, (key, value) in enumerate(zip(keys, values, strict=True))]
    if not any(key.of.nullable for key in keys) and len({key.descending for key in keys}) == 1:
        columns = ", ".join(key.of.sql for key in keys)
        return f"({columns}) {'<' if keys[0].descending else '>'} ({', '.join(bound)})"
    found = ""
    for key, value, sql in reversed(list(zip(keys, values, bound, strict=True))):
        after, same = _steps(key, value, sql)
        found = f"({after} OR ({same} AND {found}))" if found else after
    return found


def _bound(key: Key, value: Any, params: dict[str, Any], place: int) -> str:
    params[f"after{place}"] = value
    return f"%(after{place})s::{key.cast}"


def _steps(key: Key, value: Any, bound: str) -> tuple[str, str]:
    """What comes after the value in one key, and what is level with it."""
    sql = key.of.sql
    if value is None:
        return ("FALSE" if key.descending else f"{sql} IS NOT NULL"), f"{sql} IS NULL"
    if not key.descending:
        return f"{sql} > {bound}", f"{sql} = {bound}"
    return (f"({sql} < {bound} OR {sql} IS NULL)" if key.of.nullable else f"{sql} < {bound}"), f"{sql} = {bound}"


def query_digest(principal: Principal, *parts: Any) -> str:
    """What a token belongs to: the caller and everything that decides which rows come in which order."""
    caller = ["person", principal.id] if principal.id is not None else ["token", principal.token_id]
    return hashlib.sha256(json.dumps([caller, *parts], default=str).encode()).hexdigest()[:24]


def token_of(digest: str, place: Place) -> str:
    """An opaque, signed token."""
    plain = [value if isinstance(value, int | str | None) else str(value) for value in place.values]
    return Signer(salt=_SALT).sign_object([digest, place.left, plain])


def place_of(digest: str, token: str, keys: Sequence[Key]) -> Place:
    """The place that a token names. Raises BadSkipToken for one that is not ours, or of another query."""
    try:
        if len(token) > _LONGEST:
            raise BadSignature("too long")
        of, left, plain = Signer(salt=_SALT).unsign_object(token)
        if of != digest:
            raise BadSignature("of another query")
        return Place(tuple(_value(key, one) for key, one in zip(keys, plain, strict=True)), left)
    except (BadSignature, ValueError, TypeError, InvalidOperation) as error:
        raise BadSkipToken(field="$skiptoken") from error


def _value(key: Key, plain: Any) -> Any:
    if plain is None or key.of.micros:
        return plain
    if key.of.type is Edm.MOMENT:
        return datetime.fromisoformat(plain)
    if key.of.type is Edm.DATE:
        return date.fromisoformat(plain)
    return Decimal(plain) if key.of.type is Edm.DECIMAL else plain
