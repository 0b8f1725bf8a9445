"""A connection that drops answers: what was asked arrives, what is said back may not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

_BLOCK = 65536
_PATIENCE_S = 30


@dataclass
class Dropper:
    """Forwards one request per connection, then cuts the answer with some probability: at once, or in the middle."""

    url: str
    upstream: tuple[str, int]
    probability: float
    random: Random
    forwarded: int = 0
    dropped: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._pass_on, args=(connection,)).start()

    def _pass_on(self, connection: socket.socket) -> None:
        with connection, socket.create_connection(self.upstream, timeout=_PATIENCE_S) as server:
            connection.settimeout(_PATIENCE_S)
            server.sendall(_request(connection))
            answer = b"".join(iter(lambda: server.recv(_BLOCK), b""))
            with self.lock:
                self.forwarded += 1
                cut = self.random.random() < self.probability
                self.dropped += cut
                length = self.random.choice((0, len(answer) // 2)) if cut else len(answer)
            with suppress(OSError):
                connection.sendall(answer[:length])


def _request(connection: socket.socket) -> bytes:
    """One request, as its Content-Length says."""
    sent = b""
    while b"\r\n\r\n" not in sent:
        sent += connection.recv(_BLOCK)
    head, _, body = sent.partition(b"\r\n\r\n")
    (length,) = [
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    while len(body) < length:
        body += connection.recv(_BLOCK)
    return head + b"\r\n\r\n" + body


@contextmanager
def dropping(url: str, *, probability: float, seed: int) -> Iterator[Dropper]:
    """Something before the service at ``url`` that drops answers; its clients ask for ``Connection: close``."""
    place = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        own = f"http://127.0.0.1:{listener.getsockname()[1]}"
        dropper = Dropper(own, (place.hostname or "", place.port or 0), probability, Random(seed))  # noqa: S311 - chance, not secrecy
        thread = threading.Thread(target=dropper.serve, args=(listener,))
        thread.start()
        try:
            yield dropper
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(_PATIENCE_S)
