"""The WSGI application of the web service. Thin on purpose: no cookies, no sessions, no templates.

The order of checks is the order of the contract: address, token, rate, scope, permission, body, state, rules.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from threading import local
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, reset_queries
from django.http.request import split_domain_port, validate_host
from psycopg import errors as pg

from makegood.api import idempotency, rate, strict_json
from makegood.api.errors import (
    AddressUnknown,
    BadHeader,
    BadParameter,
    Broken,
    Lost,
    NotAcceptable,
    ServiceAway,
    UnsupportedMediaType,
)
from makegood.api.http import Request, Response
from makegood.api.problems import problem
from makegood.api.rendering import rendered
from makegood.api.routing import Keyed, Route, Router
from makegood.api.signing_in import signed_in
from makegood.kernel import ids
from makegood.kernel.errors import Refusal
from makegood.parties.selectors import demand

logger = logging.getLogger(__name__)
Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]

_LOOK_AGAIN_S = 5.0
_ALWAYS = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
_AWAY = {"Retry-After": "1"}
_connections = local()


class Application:
    """Answers what stands in the table of routes."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.router = Router(tuple(routes))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = _request(environ)
        _look_at_connection()
        response = self.answer(request)
        headers = [("X-Request-Id", request.request_id), *_ALWAYS, *response.headers.items()]
        if "Cache-Control" not in response.headers:
            headers.append(("Cache-Control", "no-store"))
        content = rendered(response)
        if response.status not in (204, 304):
            headers.append(("Content-Type", response.media))
            if isinstance(content, list):
                headers.append(("Content-Length", str(sum(map(len, content)))))
        start_response(f"{response.status} {_REASONS.get(response.status, 'Answer')}", headers)
        return [] if request.method == "HEAD" else content

    def answer(self, request: Request) -> Response:
        """The answer to a request; whatever happens it is one."""
        headers: dict[str, str] = {}
        try:
            response = self._answer(request, headers)
        except Refusal as refusal:
            response = problem(refusal, request.request_id, request.path)
        except DatabaseError as error:
            response = problem(_of_database(error, request), request.request_id, request.path)
        except InterfaceError:
            connection.close()
            response = problem(ServiceAway(headers=_AWAY), request.request_id, request.path)
        except Exception:
            logger.exception("request %s failed", request.request_id)
            response = problem(Broken(number=request.request_id), request.request_id, request.path)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    def _answer(self, request: Request, headers: dict[str, str]) -> Response:
        _check_host(request.headers.get("host", ""))
        _check_path(request)
        route, request.params = self.router.find(request.method, request.path)
        if not route.public:
            request.signed = signed_in(request)
            headers.update(rate.spend(request.signed))
        if route.scope is not None:
            request.subject = route.scope(request)
        if route.verb is not None:
            demand(request.principal, route.verb)
        _check_accepted(request, route)
        if route.body is not None:
            _read_body(request, route)
        if route.keyed is Keyed.NO:
            return route.handler(request)
        return idempotency.answered(request, route, lambda: route.handler(request))


def _request(environ: Environ) -> Request:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name, key in (("content-type", "CONTENT_TYPE"), ("content-length", "CONTENT_LENGTH")):
        if environ.get(key):
            headers[name] = environ[key]
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
    sent = headers.get("x-request-id", "")
    return Request(
        method=environ.get("REQUEST_METHOD", "GET"),
        path=path,
        query_string=environ.get("QUERY_STRING", ""),
        headers=headers,
        stream=environ.get("wsgi.input") or BytesIO(),
        request_id=sent if 0 < len(sent) <= 64 and sent.isascii() and sent.isprintable() else ids.ulid("req"),
        ip=environ.get("REMOTE_ADDR") or None,
        base=f"{_scheme(environ)}://{headers.get('host', 'localhost')}",
    )


def _scheme(environ: Environ) -> str:
    """How the caller came: over TLS where the proxy in front, named in the settings, says so."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if environ.get(name) == secure:
            return "https"
    return str(environ.get("wsgi.url_scheme", "http"))


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _check_host(host: str) -> None:
    """Raise BadHeader for a host that is not this installation's: links in answers are made from it."""
    if host and not _is_ours(host):
        raise BadHeader(field="Host", cause="it is none of this installation's; MAKEGOOD_HOSTS names them")


def _check_path(request: Request) -> None:
    if "\x00" in request.path or "\ufffd" in request.path:
        raise AddressUnknown()


def _check_accepted(request: Request, route: Route) -> None:
    """Raise NotAcceptable when the caller takes nothing of what the route gives; one with */* negotiates by itself."""
    accepted = request.headers.get("accept", "*/*")
    if "*/*" in accepted or not accepted.strip() or route.answer_media == "*/*":
        return
    kinds = [part.partition(";")[0].strip().lower() for part in accepted.split(",")]
    main, _, _ = route.answer_media.partition("/")
    if not {route.answer_media, f"{main}/*", "application/problem+json"} & set(kinds):
        raise NotAcceptable(wanted=accepted[:100])


def _read_body(request: Request, route: Route) -> None:
    """Read the JSON into the route's type. Raises what strict_json raises, UnsupportedMediaType, BodyTooLarge."""
    raw = request.raw(route.limit)
    if not raw.strip() and route.optional_body:
        raw = b"{}"
    elif request.media_type not in route.media:
        kinds = ", ".join(route.media)
        raise UnsupportedMediaType(
            accepted=kinds,
            headers={"Accept-Patch": route.media[0]} if request.method == "PATCH" else {"Accept": kinds},
        )
    request.json = strict_json.decode(raw)
    request.body = strict_json.shaped(request.json, route.body)


def _look_at_connection() -> None:
    """Close a connection that broke or lived too long; ask one that rested for a while whether it still lives."""
    reset_queries()
    if connection.connection is None or connection.in_atomic_block:
        return
    now = monotonic()
    rested = now - getattr(_connections, "used_at", 0.0) > _LOOK_AGAIN_S
    _connections.used_at = now
    if rested and not connection.is_usable():
        connection.close()
    else:
        connection.close_if_unusable_or_obsolete()


def _of_database(error: DatabaseError, request: Request) -> Refusal:
    """What a failure of the database means to the caller."""
    if isinstance(error, IntegrityError):
        logger.warning("request %s lost a race: %s", request.request_id, error)
        return Lost()
    if isinstance(error, OperationalError):
        if not connection.in_atomic_block and isinstance(error.__cause__, pg.OperationalError):
            connection.close_if_unusable_or_obsolete()
        return ServiceAway(headers=_AWAY)
    if isinstance(error.__cause__, pg.DataError):
        logger.warning("request %s holds what no column takes: %s", request.request_id, error)
        return BadParameter(field="request", cause="a value is out of range")
    logger.error("request %s failed", request.request_id, exc_info=error)
    return Broken(number=request.request_id)


_REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    206: "Partial Content",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    410: "Gone",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
    428: "Precondition Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}
