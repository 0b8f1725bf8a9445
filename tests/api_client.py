"""Calls of the web service in this process: the WSGI application alone, no server."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from makegood.api import rate
from makegood.api.application import Application
from makegood.api.routes import ROUTES
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import create_token
from makegood.parties.states import Dimension, Verb
from tests.api_contract import check_answer

UNCOUNTED = ("parties_token", "parties_token_use")
"""Tables that tell when a token was used, and how often in its minute; the minute may be another by then."""


@cache
def application() -> Application:
    """The service as it is served."""
    return Application(ROUTES)


@dataclass(frozen=True)
class Answer:
    """What came back; numbers are decimals."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, fractions as decimals."""
        return json.loads(self.content, parse_float=Decimal)

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.json["code"])

    @property
    def detail(self) -> str:
        """The sentence of a problem."""
        return str(self.json["detail"])


@dataclass(frozen=True)
class ApiClient:
    """Somebody with a token; an empty one sends none."""

    secret: str

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        media: str = "application/json",
    ) -> Answer:
        """One request; ``body`` is JSON, ``raw`` bytes. The answer must be one that the document tells of."""
        content = raw if raw is not None else b"" if body is None else json.dumps(body, default=str).encode()
        parts = urlsplit(path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": quote(parts.query, safe="=&%$'(),+!*/:@;?~"),
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(content),
            "CONTENT_LENGTH": str(len(content)),
        }
        if content:
            environ["CONTENT_TYPE"] = media
        if self.secret:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.secret}"
        for name, value in (headers or {}).items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        started: list[Any] = []
        content_out = application()(environ, lambda status, out: started.extend((status, out)))
        answer = Answer(int(started[0][:3]), dict(started[1]), b"".join(content_out))
        check_answer(method, parts.path, answer.status, answer.headers, answer.content)
        return answer

    def get(self, path: str, **options: Any) -> Answer:
        """GET."""
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """POST; money verbs of the native service want ``headers={"Idempotency-Key": ...}``."""
        return self.send("POST", path, body=body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Answer:
        """PATCH."""
        return self.send("PATCH", path, body=body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Answer:
        """PUT."""
        return self.send("PUT", path, body=body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        """DELETE."""
        return self.send("DELETE", path, **options)


ClientMaker = Callable[..., ApiClient]


def client_for(
    principal: Principal | None,
    *,
    scopes: Collection[str] | None = None,
    grants: Sequence[tuple[Dimension, str]] = (),
    **terms: Any,
) -> ApiClient:
    """A client with a new token for a person (None: for nobody), by default with all the person may do."""
    person = None if principal is None else User.objects.select_related("role").get(pk=principal.id or 0)
    wanted = scopes if scopes is not None else [verb.value for verb in Verb] if person is None else person.role.verbs
    terms = {"per_minute": 1_000_000, **terms}
    made = create_token(SYSTEM, name="test", scopes=wanted, acts_for=person, grants=grants, **terms)
    return ApiClient(made.secret)


@pytest.fixture
def api_client() -> ClientMaker:
    """``api_client(principal, scopes=..., grants=...)``: a client with a token of its own."""
    rate.forget()
    return client_for
