"""The site on a port of this machine: in this process by threads, or as it is served, in processes of its own."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connection

from makegood.parties.entries import Principal
from makegood.project.serving import Site
from makegood.project.wsgi import application
from tests.api_client import Answer, ApiClient, client_for

PATIENCE_S = 60


class Headers(dict[str, str]):
    """Headers by name in any case."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__((name.lower(), value) for name, value in pairs)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or ``default``."""
        return super().get(name.lower(), default)


@dataclass(frozen=True)
class LiveClient(ApiClient):
    """Somebody with a token who calls through a socket that stays open; not for two threads at once."""

    base_url: str = ""
    _connections: list[http.client.HTTPConnection] = field(default_factory=list, repr=False, compare=False)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: Any = None,
        headers: Mapping[str, str] | None = None,
        media: str = "application/json",
    ) -> Answer:
        """One request; an iterator as ``raw`` goes out in chunks."""
        content = raw if raw is not None else None if body is None else json.dumps(body, default=str).encode()
        sent = {"Content-Type": media} if content is not None else {}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        if not self._connections:
            self._connections.append(http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=PATIENCE_S))
        socket_to = self._connections[0]
        socket_to.request(method, path, content, sent | dict(headers or {}))
        answer = socket_to.getresponse()
        return Answer(answer.status, Headers(answer.getheaders()), answer.read())

    def close(self) -> None:
        """Hang up."""
        for socket_to in self._connections:
            socket_to.close()


@dataclass
class LiveService:
    """A running site: where it answers, and clients of it."""

    url: str
    _clients: list[LiveClient] = field(default_factory=list)

    def client(self, principal: Principal | None, **terms: Any) -> LiveClient:
        """A client with a new token; ``terms`` as of :func:`tests.api_client.client_for`."""
        return self.client_of(client_for(principal, **terms).secret)

    def client_of(self, secret: str) -> LiveClient:
        """A client with a token that is there already; an empty one sends none."""
        made = LiveClient(secret, self.url)
        self._clients.append(made)
        return made

    def close(self) -> None:
        """Hang up for every client."""
        for client in self._clients:
            client.close()


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadedWSGIServer):
    """A thread per connection; when it closes, so do its connections, and nothing is left running."""

    daemon_threads = False
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.set_app(application)
        self._open: set[socket.socket] = set()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer what comes over one connection."""
        self._open.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            self._open.discard(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hung up is no error here."""

    def hang_up(self) -> None:
        """End every connection."""
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


@contextmanager
def served_here() -> Iterator[LiveService]:
    """The site in threads of this process; the caller's database is committed to."""
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    service = LiveService(f"http://127.0.0.1:{server.server_address[1]}")
    try:
        yield service
    finally:
        service.close()
        server.shutdown()
        server.hang_up()
        server.server_close()
        thread.join(PATIENCE_S)


@contextmanager
def served_as_shipped() -> Iterator[LiveService]:
    """The site as ``makegood serve`` starts it, on the database of this test."""
    with pytest.MonkeyPatch.context() as patch:
        name = connection.settings_dict["NAME"]
        patch.setenv("DATABASE_URL", urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl())
        patch.setenv("SECRET_KEY", secrets.token_urlsafe(48))
        with Site(port=0, worker=False) as site:
            service = LiveService(site.base_url)
            try:
                yield service
            finally:
                service.close()
