"""A receiver on this machine: keeps every request and answers as it is told."""

from __future__ import annotations

import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from standardwebhooks import Webhook

CERTIFICATE = Path(__file__).with_name("receiver.pem")
"""For ``hooks.receiver.example``, with its key; made for these tests and trusted by nobody else."""


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: str

    def verified(self, secret: str) -> Any:
        """The message, after the library of the specification has verified it. Raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, dict(self.headers))


@dataclass
class Receiver:
    """What came in, and what is answered next; when nothing is planned, 204."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    replies: deque[tuple[int, dict[str, str], bytes]] = field(default_factory=deque)
    hold: threading.Event | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks?key=1"

    def answers(self, status: int, *, times: int = 1, body: bytes = b"", **headers: str) -> None:
        """Plan answers; header names with underscores for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.extend([(status, named, body)] * times)

    @property
    def ids(self) -> list[str]:
        """The message ids that came, in order."""
        return [got.headers["webhook-id"] for got in self.got]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = cast(_Server, self.server).receiver
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        receiver.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        if receiver.hold is not None:
            receiver.hold.wait(10)
        status, headers, answer = receiver.replies.popleft() if receiver.replies else (204, {}, b"")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(answer)
        except OSError:  # whoever asked has read enough
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.receiver = receiver


@contextmanager
def listening(*, tls: bool = False) -> Iterator[Receiver]:
    """A receiver that listens for the length of the block."""
    receiver = Receiver()
    server = _Server(receiver)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
