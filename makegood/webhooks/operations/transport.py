"""One request to a receiver: to the address that was checked, within 15 s, reading at most 64 kB, following nothing."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import cast

from django.conf import settings

from makegood.webhooks.errors import UrlNotAllowed
from makegood.webhooks.policy.addresses import Address, allowed_from
from makegood.webhooks.policy.urls import Target, checked_addresses, parse_url

TIMEOUT_S = 15.0
CONNECT_S = 5.0
MOST_READ = 64 * 1024
KEPT = 1024

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to addresses; raises OSError."""


@dataclass(frozen=True)
class Outcome:
    """What came of a request: the status, or the error where none came; the first kB of the answer."""

    duration_ms: int
    status: int | None = None
    answer: str = ""
    error: str = ""
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status <= 299


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses the system's resolver knows for a host, without repeats. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def checked(url: str, resolve: Resolve) -> tuple[Target, tuple[Address, ...]]:
    """Where a request to ``url`` goes, once it may. Errors: WEBHOOK_URL_NOT_ALLOWED. Raises OSError without a name."""
    target = parse_url(url)
    try:
        found = [str(target.literal)] if target.literal is not None else resolve(target.host, target.port)
    except UnicodeError as error:
        raise UrlNotAllowed(rule="its host is no name of the DNS") from error
    return target, checked_addresses(target, found, allowed_from(settings.WEBHOOK_ALLOW))


def send(url: str, body: str, headers: Mapping[str, str], resolve: Resolve = addresses_of) -> Outcome:
    """Post a body to an address that is checked now, and connect to what was checked. Never raises for the receiver."""
    begun = time.monotonic()
    try:
        target, addresses = checked(url, resolve)
        outcome = _post(target, addresses, body.encode(), headers, begun + TIMEOUT_S)
    except UrlNotAllowed as refusal:
        outcome = Outcome(0, error=str(refusal))
    except TimeoutError:
        outcome = Outcome(0, error=f"no answer within {TIMEOUT_S:.0f} s")
    except socket.gaierror as error:
        outcome = Outcome(0, error=f"the name was not found: {error.strerror}")
    except ssl.SSLError as error:
        outcome = Outcome(0, error=f"no secure connection: {error.reason or error}")
    except OSError as error:
        outcome = Outcome(0, error=f"no connection: {error.strerror or type(error).__name__}")
    except http.client.HTTPException as error:
        outcome = Outcome(0, error=f"no HTTP answer: {type(error).__name__}")
    taken = int((time.monotonic() - begun) * 1000)
    return Outcome(taken, outcome.status, outcome.answer, outcome.error[:300].replace("\0", ""), outcome.retry_after)


def _post(
    target: Target, addresses: Sequence[Address], body: bytes, headers: Mapping[str, str], deadline: float
) -> Outcome:
    with closing(_connected(target, addresses, deadline)) as link:
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = cast(socket.socket, _Wire(link, deadline))
        connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
        own = {"Host": target.authority, "Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in {**own, "User-Agent": "makegood", "Connection": "close", **headers}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        # The status is there; an answer that breaks off, lingers or is too long changes nothing.
        answer = b""
        with suppress(OSError, http.client.HTTPException):
            while len(answer) < KEPT and (part := response.read1(KEPT - len(answer))):
                answer += part
        text = answer.decode("utf-8", "replace").replace("\0", "\ufffd")
        return Outcome(0, status=response.status, answer=text, retry_after=response.getheader("Retry-After"))


def tls_context() -> ssl.SSLContext:
    """What receivers have to prove: a valid certificate for the host of the address."""
    return ssl.create_default_context()


def _connected(target: Target, addresses: Sequence[Address], deadline: float) -> socket.socket:
    """A connection to the first of the checked addresses that takes one; no name is looked up here."""
    problem: OSError = OSError("no address")
    for address in addresses:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        link = socket.socket(family, socket.SOCK_STREAM)
        try:
            link.settimeout(min(_left(deadline), CONNECT_S))
            link.connect((str(address), target.port))
            if target.scheme == "https":
                link.settimeout(_left(deadline))
                link = tls_context().wrap_socket(link, server_hostname=target.host)
        except OSError as error:
            link.close()
            problem = error
        else:
            return link
    raise problem


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Wire:
    """A socket as the HTTP library sees it, with one deadline for everything and an end to what is read."""

    def __init__(self, link: socket.socket, deadline: float) -> None:
        self._link = link
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Send everything before the deadline. Raises TimeoutError."""
        self._link.settimeout(_left(self._deadline))
        self._link.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What can be read."""
        return io.BufferedReader(_Reading(self._link, self._deadline))

    def close(self) -> None:
        """Whoever opened the connection closes it."""


class _Reading(io.RawIOBase):
    """Reads up to 64 kB before the deadline; then it looks like the end."""

    def __init__(self, link: socket.socket, deadline: float) -> None:
        self._link = link
        self._deadline = deadline
        self._room = MOST_READ

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stubs' Buffer cannot be sliced
        if self._room <= 0:
            return 0
        self._link.settimeout(_left(self._deadline))
        count = self._link.recv_into(memoryview(buffer)[: self._room])
        self._room -= count
        return count
