"""Requests and responses of the web service, straight from WSGI: what a handler sees, and what it gives back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from makegood.api.errors import BadParameter, BodyTooLarge
from makegood.parties.entries import Principal, SignedIn

JSON = "application/json"
PROBLEM = "application/problem+json"
FORM = "multipart/form-data"
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
LONGEST_QUERY = 100
"""How many query parameters an address may have."""


@dataclass
class Request:
    """One request. ``params`` are the parts of the path by name, ``headers`` have lower-case names.

    ``signed`` is set for routes that need a token, ``subject`` is what the route's scope found, ``body`` what the
    route's type made of the JSON, ``json`` the JSON itself.
    """

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    stream: BinaryIO
    request_id: str
    ip: str | None
    base: str = ""
    params: dict[str, str] = field(default_factory=dict)
    signed: SignedIn | None = None
    subject: Any = None
    body: Any = None
    json: Any = None
    _raw: bytes | None = None
    _query: list[tuple[str, str]] | None = None

    @property
    def principal(self) -> Principal:
        """Who asks. Raises RuntimeError on a route that needs no token."""
        if self.signed is None:
            raise RuntimeError("this route knows no principal")
        return self.signed.principal

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the address, in their order. Raises BadParameter for what is not UTF-8 text."""
        if self._query is None:
            self._query = _query_of(self.query_string)
        return self._query

    def every(self, name: str) -> list[str]:
        """The values of a parameter."""
        return [value for key, value in self.query if key == name]

    def one(self, name: str, default: str = "") -> str:
        """The value of a parameter that may stand once. Raises BadParameter for a second one."""
        found = self.every(name)
        if len(found) > 1:
            raise BadParameter(field=name, cause="it is given more than once")
        return found[0] if found else default

    def raw(self, limit: int) -> bytes:
        """The whole body. Raises BodyTooLarge."""
        if self._raw is None:
            self._raw = _read(self.stream, self.headers.get("content-length", ""), limit)
        return self._raw

    @property
    def media_type(self) -> str:
        """The body's type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass
class Response:
    """An answer: ``body`` goes out as JSON, ``content`` as it is."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | Iterable[bytes] | None = None
    media: str = JSON


def _query_of(text: str) -> list[tuple[str, str]]:
    if not text:
        return []
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=LONGEST_QUERY)
    except ValueError as error:
        raise BadParameter(field="query", cause="it is not UTF-8 text, or has too many parts") from error
    if any("\x00" in part for pair in pairs for part in pair):
        raise BadParameter(field="query", cause="it holds a NUL character")
    return pairs


def _read(stream: BinaryIO, announced: str, limit: int) -> bytes:
    """What was sent: as many bytes as announced, or all there is of a body that comes in chunks."""
    length = int(announced) if _LENGTH.fullmatch(announced) else None
    if length is None:
        found = stream.read(limit + 1)
    else:
        found = stream.read(length) if length <= limit else b""
    if max(len(found), length or 0) > limit:
        raise BodyTooLarge(limit=f"{limit:,}")
    return found
