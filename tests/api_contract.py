"""Holds answers against the document: what a call gives is what its route says it gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from makegood.api.errors import AddressUnknown, MethodNotAllowed
from makegood.api.http import PROBLEM
from makegood.api.openapi.codes import codes_of
from makegood.api.openapi.document import DESCRIBED, document
from makegood.api.routes import ROUTES
from makegood.api.routing import Route, Router

_ROUTER = Router(ROUTES)


@cache
def described() -> dict[str, Any]:
    """The document, once."""
    return document(ROUTES)


@cache
def _validator(path: str, method: str, status: str, media: str) -> Draft202012Validator | None:
    """What checks the body of an answer; None where the document knows no such answer."""
    answers = described()["paths"][path][method]["responses"]
    shared = answers.get(status, {}).get("$ref", "").rpartition("/")[2]
    answers = answers | ({status: described()["components"]["responses"][shared]} if shared else {})
    if status not in answers or (content := answers[status].get("content", {}).get(media)) is None:
        return None
    return Draft202012Validator({**content["schema"], "components": described()["components"]})


def check_answer(method: str, path: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
    """Raise AssertionError when the answer is not one that the document tells of. Addresses beside it are passed."""
    if not path.startswith(DESCRIBED):
        return
    try:
        route, _ = _ROUTER.find(method, path)
    except (AddressUnknown, MethodNotAllowed):
        return
    said = f"{method} {route.path}: {status}"
    media = headers.get("Content-Type", "")
    if status >= 400:
        _check_code(route, said, status, json.loads(content or b"{}"), media)
    if method == "HEAD" or status in (204, 304):
        assert str(status) in described()["paths"][route.path][route.method.lower()]["responses"], said
        return
    validator = _validator(route.path, route.method.lower(), str(status), media)
    assert validator is not None, f"{said} {media} is not in the document; look at the route's status, statuses, media"
    if media.endswith("json") and "ndjson" not in media:
        _check_shape(validator, said, content)


def _check_code(route: Route, said: str, status: int, body: Any, media: str) -> None:
    codes = codes_of(route)
    code = body.get("code")
    assert media == PROBLEM, f"{said} is {media}"
    assert code in codes, f"{said} {code} is not among the refusals of the route {route.name}"
    assert codes[code] == status == body["status"], f"{said} {code} has the status {codes[code]} in the document"


def _check_shape(validator: Draft202012Validator, said: str, content: bytes) -> None:
    found = validator.iter_errors(json.loads(content))
    wrong = [f"{list(error.instance_path)}: {error.message}"[:300] for error in found]
    assert wrong == [], f"{said} does not have the shape that the route says: {wrong[:5]}"
