"""Idempotency-Key: the answer is kept in the transaction of the effect, and given again to every repeat."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from makegood.api.errors import KeyInProgress, KeyMalformed, KeyRequired
from makegood.api.http import Request, Response
from makegood.api.rendering import rendered
from makegood.api.routing import Keyed, Route
from makegood.journal.errors import KeyInUse
from makegood.journal.operations import Kept, kept_answer

_QUOTED = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"', re.ASCII)
_BARE = re.compile(r"[\x21\x23-\x2b\x2d-\x7e]{1,255}", re.ASCII)
_KEPT_HEADERS = ("Location", "ETag")


def key_of(request: Request, keyed: Keyed) -> str | None:
    """The key of a request; None where none was sent. Raises KeyMalformed, KeyRequired."""
    sent = request.headers.get("idempotency-key")
    if sent is None:
        if keyed is Keyed.REQUIRED:
            raise KeyRequired()
        return None
    if found := _QUOTED.fullmatch(sent):
        key = re.sub(r"\\(.)", r"\1", found[1])
        if 1 <= len(key) <= 255:
            return key
    elif _BARE.fullmatch(sent):
        return sent
    raise KeyMalformed()


def fingerprint(request: Request) -> str:
    """SHA-256 of what was asked: of the JSON whatever the order of its members, else of the bytes."""
    if request.json is not None:
        text = json.dumps(_canonical(request.json), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
    return hashlib.sha256(request._raw or b"").hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_canonical(member) for member in value]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    plain = format(Decimal(value), "f")
    return {"number": plain.rstrip("0").rstrip(".") if "." in plain else plain}


def answered(request: Request, route: Route, run: Callable[[], Response]) -> Response:
    """Run the call, or give the answer that its key was given before.

    Answers of 400 and above are not kept, so a corrected repeat runs afresh. Raises KeyReused, KeyInProgress,
    KeyMalformed, KeyRequired.
    """
    key = key_of(request, route.keyed)
    if key is None:
        return run()
    asked = f"{route.method} {route.path_of(request.params)}?{request.query_string}"

    def keep() -> Kept | Response:
        response = run()
        if response.status >= 400:
            return response
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        text = b"".join(rendered(response)).decode()
        return Kept({"status": response.status, "headers": headers, "text": text, "media": response.media})

    owner = -(request.principal.token_id or 0)
    try:
        given = kept_answer(owner, key=key, path=asked.rstrip("?"), request_hash=fingerprint(request), run=keep)
    except KeyInUse as error:
        raise KeyInProgress(headers={"Retry-After": "1"}) from error
    if isinstance(given, Response):
        return given
    again = {"Idempotency-Replayed": "true"} if given.replayed else {}
    answer = given.answer
    return Response(
        answer["status"], headers=answer["headers"] | again, content=answer["text"].encode(), media=answer["media"]
    )
