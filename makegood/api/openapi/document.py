"""The document: one operation per route."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from makegood.api.http import FORM, JSON, PROBLEM
from makegood.api.openapi import parameters
from makegood.api.openapi.codes import codes_of, common, takes_json
from makegood.api.openapi.schemas import PATCH, described
from makegood.api.problems import page_of
from makegood.api.routing import Param, Route

VERSION = "1.0.0"
"""Of the service, not of the program: new members raise the middle number."""
DESCRIBED = "/api/"
"""Addresses under it are in the document; /odata/$metadata describes the others."""
PATCH_MEDIA = "application/json-patch+json"
_ABOUT = """Two faces over the same disputes: the IDI CostGuard resources under `/api`, and the native service under
`/api/v1`. Reads for reports are OData under `/odata`, described by `/odata/$metadata`.

Every call but this document wants a token: `Authorization: Bearer mg_...`, or IDI's `Authorization: WRAP
access_token="mg_..."`. What the token may not see answers as what does not exist: 404, in the same words. Every problem
is `application/problem+json` with a stable `code`, and its `type` is a page that explains it. POST and PATCH take an
`Idempotency-Key`; repeating a request with its key is safe."""
_TEXT, _BINARY = {"type": "string"}, {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": _BINARY}}
"""What is sent as a form is one file."""
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer mg_...`"},
    "wrap": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": 'IDI\'s form, quotes required: `WRAP access_token="mg_..."`',
    },
}


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """OpenAPI 3.1.0 of the routes under /api/."""
    told = [route for route in routes if route.path.startswith(DESCRIBED)]
    kinds: list[Any] = []
    for route in told:
        kinds += [param.kind for param in route.query]
        kinds += [_body_kind(route), *(kind for _, kind in _answers(route))]
    schemas, components = described(kinds)
    rest = iter(schemas)
    paths: dict[str, Any] = {}
    for route in told:
        params = {param: next(rest) for param in route.query}
        body = next(rest)
        answers = {status: next(rest) for status, _ in _answers(route)}
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, params, body, answers)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "makegood",
            "version": VERSION,
            "summary": "Disputes over billed calls, leads, usage records and invoice charges.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This installation"}],
        "security": [{"bearer": []}, {"wrap": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in told)],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {f"Problem{status}": _problem(status, codes) for status, codes in common().items()},
            "parameters": parameters.parameters(),
            "headers": parameters.headers(),
            "securitySchemes": _SECURITY,
        },
    }


def _body_kind(route: Route) -> Any:
    if route.body is not None:
        return route.body
    return None if takes_json(route) else str


def _answers(route: Route) -> list[tuple[int, Any]]:
    """Every status below 400 with its type."""
    return sorted({route.status: route.answer, **route.statuses}.items())


def _operation(
    route: Route, params: dict[Param, dict[str, Any]], body: dict[str, Any], answers: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    codes = codes_of(route)
    made: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary.rstrip("."),
        "tags": [route.tag],
        "x-problem-codes": list(codes),
    }
    about = [route.description] if route.description else []
    if route.verb is not None:
        about.append(f"Permission: `{route.verb.value}`.")
        made["x-permission"] = route.verb.value
    if about:
        made["description"] = "\n\n".join(about)
    if found := parameters.of_request(route, params):
        made["parameters"] = found
    if route.body is not None or not takes_json(route):
        made["requestBody"] = _request_body(route, body)
    if route.public:
        made["security"] = []
    made["responses"] = {str(status): _answer(route, status, schema) for status, schema in answers.items()}
    for status in sorted(set(codes.values())):
        own = [code for code, of in codes.items() if of == status]
        shared = not route.public and common().get(status) == own
        answer = {"$ref": f"#/components/responses/Problem{status}"} if shared else _problem(status, own)
        made["responses"].setdefault(str(status), answer)
    return made


def _request_body(route: Route, schema: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if PATCH_MEDIA in route.media and route.body is Any:
        schema = PATCH
    for media in route.media:
        content[media] = {"schema": _FORM if media == FORM else schema}
        if route.examples:
            content[media]["examples"] = {
                name.replace(" ", "-"): {"summary": name, "value": value} for name, value in route.examples.items()
            }
    return {"required": not route.optional_body, "content": content}


def _answer(route: Route, status: int, schema: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"description": HTTPStatus(status).phrase, "headers": parameters.of_answer(route, status)}
    if status in (204, 304):
        return made
    shape = schema if route.answer_media == JSON or schema else _TEXT if _is_text(route.answer_media) else _BINARY
    content: dict[str, Any] = {"schema": shape}
    if route.answer_example is not None and status == route.status:
        content["example"] = route.answer_example
    return made | {"content": {route.answer_media: content}}


def _is_text(media: str) -> bool:
    return media.startswith("text/") or media.endswith("json")


def _problem(status: int, codes: Sequence[str]) -> dict[str, Any]:
    links = ", ".join(f"[`{code}`]({page_of(code)})" for code in codes)
    return {
        "description": f"{HTTPStatus(status).phrase}: {links}",
        "headers": parameters.of_problem(status),
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
