"""Parameters and headers of a call as the document tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from makegood.api.routing import Keyed, Param, Route

_NAMES = re.compile(r"\{(\w+)\}")
_INTEGER_ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**53 - 1}
_TEXT_ID = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
_KEY_ABOUT = (
    "1 to 255 visible ASCII characters, bare or in double quotes. The same key with the same request gets the stored "
    "answer again, with Idempotency-Replayed: true."
)
_KEY = {"type": "string", "pattern": "^[!#-+.-~-]{1,255}$"}
_MATCH_ABOUT = "The ETag of the version that was read; the change is made to no other."
_MATCH = {"type": "string", "pattern": r'^("[!#-+.-~-]{1,64}"|\*)$'}
_TAG = '"7"'
_KNOWN_ABOUT = "An ETag that is known already; 304 when it still holds."
_SHARED = {"If-Match": "IfMatch", "If-None-Match": "IfNoneMatch"}
_HEADERS: Mapping[str, tuple[str, str]] = {
    "X-Request-Id": ("string", "The number of this request; the caller's own if it sent one."),
    "Location": ("string", "Where the made thing can be read."),
    "ETag": ("string", "The version of the representation."),
    "Idempotency-Replayed": ("string", "true when this is the stored answer of the key's first request."),
    "Retry-After": ("integer", "After how many seconds to try again."),
    "RateLimit-Limit": ("integer", "How many requests a minute the token may make."),
    "RateLimit-Remaining": ("integer", "How many of them are left."),
    "RateLimit-Reset": ("integer", "In how many seconds the next minute begins."),
    "RateLimit-Policy": ("string", "The rule behind it."),
    "WWW-Authenticate": ("string", "The forms of the header Authorization that are read."),
    "Accept-Patch": ("string", "The patch documents that are read."),
    "Allow": ("string", "The methods of this address."),
    "Accept-Ranges": ("string", "bytes, where a part can be asked for."),
    "Content-Range": ("string", "Which bytes of how many these are."),
}
_COUNTED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy")
_OF_STATUS: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    409: ("Retry-After",),
    412: ("ETag",),
    416: ("Accept-Ranges", "Content-Range"),
    429: ("Retry-After", *_COUNTED),
    503: ("Retry-After",),
}


def headers() -> dict[str, Any]:
    """The component of every header that answers carry."""
    return {name: {"description": about, "schema": {"type": kind}} for name, (kind, about) in _HEADERS.items()}


def of_answer(route: Route, status: int) -> dict[str, Any]:
    """The headers of an answer below 400, by reference."""
    names = ["X-Request-Id"]
    names += [] if route.public else _COUNTED
    names += ["Location"] if status in (201, 202) else []
    ranged = any(param.name == "Range" for param in route.query)
    names += ["ETag"] if status in (200, 201, 206, 304) and (route.answer is not None or ranged) else []
    names += ["Accept-Ranges"] if ranged and status in (200, 206) else []
    names += ["Content-Range"] if status == 206 else []
    names += ["Idempotency-Replayed"] if route.keyed is not Keyed.NO else []
    return _references(names)


def of_problem(status: int) -> dict[str, Any]:
    """The headers of a refusal, by reference."""
    return _references(["X-Request-Id", *_OF_STATUS.get(status, ())])


def _references(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def parameters() -> dict[str, Any]:
    """The components of the headers that requests may carry."""
    optional = {"in": "header", "required": False}
    return {
        "IdempotencyKey": {"name": "Idempotency-Key", "description": _KEY_ABOUT, "schema": _KEY, **optional},
        "IdempotencyKeyRequired": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": _KEY_ABOUT,
            "schema": _KEY,
        },
        "IfMatch": {"name": "If-Match", "description": _MATCH_ABOUT, "schema": _MATCH, "example": _TAG, **optional},
        "IfMatchRequired": {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": _MATCH_ABOUT,
            "schema": _MATCH,
            "example": _TAG,
        },
        "IfNoneMatch": {
            "name": "If-None-Match",
            "description": _KNOWN_ABOUT,
            "schema": {"type": "string"},
            "example": _TAG,
            **optional,
        },
    }


def of_request(route: Route, kinds: Mapping[Param, dict[str, Any]]) -> list[dict[str, Any]]:
    """Everything of a call that stands outside its body; ``kinds`` are the schemas of the route's own parameters."""
    told = {(param.place, param.name) for param in route.query}
    found = [
        {"name": name, "in": "path", "required": True, "schema": _INTEGER_ID if name.endswith("ID") else _TEXT_ID}
        for name in _NAMES.findall(route.path)
        if ("path", name) not in told
    ]
    found += [_own(param, kinds[param]) for param in route.query if param.name not in _SHARED]
    shared = [_SHARED[param.name] for param in route.query if param.name in _SHARED]
    if route.keyed is not Keyed.NO:
        shared.append("IdempotencyKeyRequired" if route.keyed is Keyed.REQUIRED else "IdempotencyKey")
    if route.matched:
        shared.append("IfMatchRequired")
    elif 304 in route.statuses:
        shared.append("IfNoneMatch")
    return found + [{"$ref": f"#/components/parameters/{name}"} for name in dict.fromkeys(shared)]


def _own(param: Param, schema: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": param.name, "in": param.place, "schema": schema}
    if param.about:
        made["description"] = param.about
    if param.required or param.place == "path":
        made["required"] = True
    if param.example is not None:
        made["example"] = param.example
    return made
