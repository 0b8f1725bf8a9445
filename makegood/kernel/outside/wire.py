"""A connection to an address that was checked, with one deadline for everything and an end to what is read."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from makegood.kernel.outside.addresses import Address, Allowed
from makegood.kernel.outside.urls import AddressNotAllowed, Target, checked_addresses, parse_url

CONNECT_S = 5.0

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to addresses; raises OSError."""


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses the system's resolver knows for a host, without repeats. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def reached(url: str, resolve: Resolve, allowed: Allowed) -> tuple[Target, tuple[Address, ...]]:
    """Where a request to ``url`` goes, once it may. Raises AddressNotAllowed, and OSError for an unknown name."""
    target = parse_url(url)
    try:
        found = [str(target.literal)] if target.literal is not None else resolve(target.host, target.port)
    except UnicodeError as error:
        raise AddressNotAllowed(rule="its host is no name of the DNS") from error
    return target, checked_addresses(target, found, allowed)


def tls_context() -> ssl.SSLContext:
    """What the other side has to prove: a valid certificate for the host of the address."""
    return ssl.create_default_context()


def connected(target: Target, addresses: Sequence[Address], deadline: float) -> socket.socket:
    """A connection to the first of the checked addresses that takes one; no name is looked up here."""
    problem: OSError = OSError("no address")
    for address in addresses:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        link = socket.socket(family, socket.SOCK_STREAM)
        try:
            link.settimeout(min(time_left(deadline), CONNECT_S))
            link.connect((str(address), target.port))
            if target.scheme == "https":
                link.settimeout(time_left(deadline))
                link = tls_context().wrap_socket(link, server_hostname=target.host)
        except OSError as error:
            link.close()
            problem = error
        else:
            return link
    raise problem


def time_left(deadline: float) -> float:
    """Seconds until a time of the monotonic clock. Raises TimeoutError once there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@dataclass(frozen=True)
class Bounds:
    """How long a request may take, and how much is read of its answer, headers and all.

    ``deadline`` is a time of the monotonic clock; ``idle_s`` is how long the other side may say nothing.
    """

    deadline: float
    most_bytes: int
    idle_s: float | None = None

    def wait(self) -> float:
        """How long to wait for the next bytes. Raises TimeoutError."""
        left = time_left(self.deadline)
        return left if self.idle_s is None else min(left, self.idle_s)


def ask(
    link: socket.socket, method: str, target: Target, bounds: Bounds, headers: Mapping[str, str], body: bytes = b""
) -> http.client.HTTPResponse:
    """Send one request on a connection and read the head of the answer. Raises OSError, HTTPException."""
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = cast(socket.socket, _Wire(link, bounds))
    connection.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
    own = {"Host": target.authority, "User-Agent": "makegood", "Connection": "close"}
    for name, value in {**own, **headers}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    return connection.getresponse()


def problem_of(error: Exception, seconds: float) -> str:
    """What went wrong with a request that had so many seconds, in a few words."""
    match error:
        case TimeoutError():
            return f"no answer within {seconds:.0f} s"
        case socket.gaierror():
            return f"the name was not found: {error.strerror}"
        case ssl.SSLError():
            return f"no secure connection: {error.reason or error}"
        case OSError():
            return f"no connection: {error.strerror or type(error).__name__}"
        case _:
            return f"no HTTP answer: {type(error).__name__}"


class _Wire:
    """A socket as the HTTP library sees it."""

    def __init__(self, link: socket.socket, bounds: Bounds) -> None:
        self._link = link
        self._bounds = bounds

    def sendall(self, data: bytes) -> None:
        """Send everything before the deadline. Raises TimeoutError."""
        self._link.settimeout(time_left(self._bounds.deadline))
        self._link.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What can be read."""
        return io.BufferedReader(_Reading(self._link, self._bounds))

    def close(self) -> None:
        """Whoever opened the connection closes it."""


class _Reading(io.RawIOBase):
    """Reads so many bytes before the deadline; then it looks like the end."""

    def __init__(self, link: socket.socket, bounds: Bounds) -> None:
        self._link = link
        self._bounds = bounds
        self._room = bounds.most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stubs' Buffer cannot be sliced
        if self._room <= 0:
            return 0
        self._link.settimeout(self._bounds.wait())
        count = self._link.recv_into(memoryview(buffer)[: self._room])
        self._room -= count
        return count
