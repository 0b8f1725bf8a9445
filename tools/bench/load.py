"""Sends requests over open connections, one after the other on each, and reads the answers, with little work."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True)
class Driven:
    """What came of it: wall seconds, answers by status, and the seconds each took, sorted."""

    seconds: float
    statuses: Counter[int]
    each_s: Sequence[float]

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.each_s) / self.seconds

    @property
    def p95_s(self) -> float:
        """The time that 95 of 100 answers took at most."""
        return self.each_s[len(self.each_s) * 95 // 100]


class _Line:
    """One connection: what it waits for, and since when."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._since = 0.0

    def send(self, request: bytes) -> None:
        self._received, self._since = b"", time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> tuple[int, float] | None:
        """Status and seconds of an answer that is whole; None while it is not."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError(f"the server hung up after {self._received[:200]!r}")
        self._received += part
        head, end, body = self._received.partition(_END)
        if not end:
            return None
        lower = head.lower()
        start = lower.index(_LENGTH) + len(_LENGTH)
        if len(body) < int(lower[start:].partition(b"\r\n")[0]):
            return None
        return int(head[9:12]), time.perf_counter() - self._since


def drive(host: str, port: int, requests: Sequence[bytes], connections: int) -> Driven:
    """Send every request once, over so many connections."""
    waiting: Iterator[bytes] = iter(requests)
    lines = [_Line(host, port) for _ in range(connections)]
    statuses: Counter[int] = Counter()
    each: list[float] = []
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        for line, request in zip(lines, waiting, strict=False):
            line.send(request)
            selector.register(line.socket, selectors.EVENT_READ, line)
        while selector.get_map():
            for key, _ in selector.select():
                line = key.data
                answer = line.read()
                if answer is None:
                    continue
                statuses[answer[0]] += 1
                each.append(answer[1])
                following = next(waiting, None)
                if following is None:
                    selector.unregister(line.socket)
                else:
                    line.send(following)
        seconds = time.perf_counter() - started
    for line in lines:
        line.socket.close()
    return Driven(seconds, statuses, sorted(each))
