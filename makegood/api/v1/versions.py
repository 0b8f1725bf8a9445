"""ETags of resources that count their changes: the version, a dot, and a digest of what was shown.

If-Match is held against the version alone: what moves by itself, such as when something last arrived, stands in
nobody's way.
"""

from __future__ import annotations

from typing import Any, NoReturn, Protocol

import msgspec

from makegood.api.http import Request, Response
from makegood.api.matching import digest, etag, is_known, refuse_stale, sent_tags
from makegood.api.rendering import rendered


class Versioned(Protocol):
    """What counts its changes."""

    @property
    def version(self) -> int:
        """How often it was changed, from 1."""


def tag_of(shown: Versioned) -> str:
    """The strong ETag of a resource as it is shown."""
    content = b"".join(rendered(Response(body=shown)))
    return etag(f"{shown.version}.{digest(content)}")


def answer(request: Request, shown: Versioned, status: int = 200, body: Any = None, **headers: str) -> Response:
    """The resource with its ETag, or ``body`` in its place; 304 where a reader has exactly this already."""
    tag = tag_of(shown)
    if request.method in ("GET", "HEAD") and is_known(request, tag):
        return Response(304, headers={"ETag": tag})
    return Response(status, shown if body is None else body, {"ETag": tag, **headers})


def version_to_change(request: Request, shown: Versioned) -> int | None:
    """The version that a change may be made of; None where any will do.

    Raises MatchRequired, MatchFailed, BadHeader.
    """
    tags = sent_tags(request)
    if tags is None:
        return None
    if str(shown.version) not in [tag[1:-1].partition(".")[0] for tag in tags]:
        changed(shown)
    return shown.version


def changed(shown: Versioned) -> NoReturn:
    """Refuse with the resource as it is now. Raises MatchFailed."""
    refuse_stale(tag_of(shown), msgspec.to_builtins(shown))
