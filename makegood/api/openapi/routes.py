"""The addresses that give the document itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec

from makegood.api.http import Request, Response
from makegood.api.matching import etag, is_known
from makegood.api.openapi.document import document
from makegood.api.openapi.older import older
from makegood.api.routing import Route

_FRESH = "no-cache"


def describing(routes: Sequence[Route]) -> tuple[Route, ...]:
    """The routes that describe ``routes`` and themselves."""
    own: list[Route] = []
    newest = cache(lambda: _encoded(document((*routes, *own))))
    oldest = cache(lambda: _encoded(older(document((*routes, *own)))))
    for path, name, version, make in (
        ("/api/openapi.json", "getOpenapi", "3.1", newest),
        ("/api/openapi-3.0.json", "getOpenapi30", "3.0", oldest),
    ):
        own.append(
            Route(
                method="GET",
                path=path,
                name=name,
                handler=_handler(make),
                summary=f"This document as OpenAPI {version}",
                tag="Description",
                public=True,
                answer=dict[str, Any],
                statuses={304: None},
            )
        )
    return tuple(own)


def _encoded(made: dict[str, Any]) -> tuple[bytes, str]:
    text = msgspec.json.encode(made)
    return text, etag(hashlib.sha256(text).hexdigest()[:32])


def _handler(make: Callable[[], tuple[bytes, str]]) -> Callable[[Request], Response]:
    def handler(request: Request) -> Response:
        text, tag = make()
        headers = {"ETag": tag, "Cache-Control": _FRESH}
        if is_known(request, tag):
            return Response(304, headers=headers)
        return Response(200, headers=headers, content=text)

    return handler
