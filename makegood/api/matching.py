"""ETag and If-Match: who changes something says which version of it was read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, NoReturn

from makegood.api.errors import BadHeader, MatchFailed, MatchRequired
from makegood.api.http import Request


def etag(version: int | str) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


def digest(content: bytes) -> str:
    """What stands in an ETag for what was shown."""
    return hashlib.blake2b(content, digest_size=9).hexdigest()


def refuse_stale(tag: str, current: Any) -> NoReturn:
    """Refuse a change, with what stands there now and its ETag. Raises MatchFailed."""
    refusal = MatchFailed(etag=tag, headers={"ETag": tag})
    refusal.more = {"current": current}
    raise refusal


def sent_tags(request: Request) -> list[str] | None:
    """The ETags of If-Match with their quotes; None where it takes any. Raises MatchRequired, BadHeader."""
    sent = request.headers.get("if-match")
    if sent is None:
        raise MatchRequired(field="If-Match")
    if sent.strip() == "*":
        return None
    tags = [tag.strip() for tag in sent.split(",")]
    if not all(len(tag) > 2 and tag[0] == tag[-1] == '"' for tag in tags):
        raise BadHeader(field="If-Match", cause="it holds a strong ETag in double quotes, or *")
    return tags


def wanted_version(
    request: Request, current: int, show: Callable[[], Any], *, required: bool, tag: Callable[[], str] | None = None
) -> int | None:
    """The version that If-Match allows; None where any will do. ``show`` renders what stands there now.

    ``tag`` gives its ETag where that is not the version's.
    Raises MatchRequired, MatchFailed (with the current representation), BadHeader.
    """
    if not required and "if-match" not in request.headers:
        return None
    tags = sent_tags(request)
    if tags is None:
        return None
    present = etag(current) if tag is None else tag()
    if present in tags:
        return current
    refuse_stale(present, show())


def is_known(request: Request, tag: str) -> bool:
    """Whether If-None-Match names this ETag, so that 304 will do."""
    sent = request.headers.get("if-none-match", "")
    return sent.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in sent.split(",")]
