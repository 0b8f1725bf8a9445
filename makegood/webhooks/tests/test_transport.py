"""One request: to the checked address, with the name of the host, in time, and no more than needed."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from pytest_django.fixtures import Settings

from makegood.kernel.outside import wire
from makegood.webhooks.operations import transport
from makegood.webhooks.operations.transport import MOST_READ, send
from makegood.webhooks.tests.receiver import CERTIFICATE, listening


@pytest.fixture(autouse=True)
def _listed(settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = ("127.0.0.0/8", "::1/128")


def here(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    """A resolver that knows these addresses for every host."""
    return lambda host, port: addresses or ("127.0.0.1",)


@contextmanager
def raw(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says whatever ``talk`` says to the first who comes; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            link, _ = server.accept()
            with link:
                asked = b""
                while not asked.partition(b"\r\n\r\n")[2] and (more := link.recv(65536)):
                    asked += more  # what is left unread would reset the connection
                try:
                    talk(link)
                except OSError:  # whoever asked is gone
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


def test_the_connection_goes_to_the_checked_address_and_nothing_is_looked_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def once(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("a second look-up")

    with listening() as receiver:
        monkeypatch.setattr(socket, "getaddrinfo", never)
        outcome = send(f"http://changing.example:{receiver.port}/", "{}", {}, once)
        assert (outcome.status, outcome.ok, outcome.error) == (204, True, "")
        assert receiver.got[0].headers["host"] == f"changing.example:{receiver.port}"
    assert asked == ["changing.example"]


def test_a_name_with_several_addresses_is_tried_in_turn() -> None:
    with listening() as receiver:
        outcome = send(f"http://two.example:{receiver.port}/", "{}", {}, here("127.0.0.9", "127.0.0.1"))
    assert outcome.ok


def test_the_certificate_has_to_be_that_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def trusting() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=CERTIFICATE)

    with listening(tls=True) as receiver:
        right = f"https://hooks.receiver.example:{receiver.port}/"
        assert send(right, "{}", {}, here()).error == "no secure connection: CERTIFICATE_VERIFY_FAILED"
        monkeypatch.setattr(wire, "tls_context", trusting)
        assert send(right, "{}", {}, here()).ok
        wrong = send(f"https://other.example:{receiver.port}/", "{}", {}, here())
        assert wrong.error == "no secure connection: CERTIFICATE_VERIFY_FAILED"
        assert len(receiver.got) == 1


def test_an_answer_that_drips_is_cut_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_S", 0.3)
    done = threading.Event()

    def drip(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not done.wait(0.05):
            link.sendall(b"y")

    with raw(drip) as url:
        begun = time.monotonic()
        outcome = send(url, "{}", {})
        taken = time.monotonic() - begun
        done.set()
    assert (outcome.status, outcome.error) == (None, "no answer within 0 s")
    assert 0.25 < taken < 20  # it would drip for ever
    assert outcome.duration_ms >= 250


def test_no_more_than_64_kb_are_read() -> None:
    def flood(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(40):
            link.sendall(b"X-Filling: " + b"y" * 8_000 + b"\r\n")
        link.sendall(b"Retry-After: 60\r\n\r\nanswer")

    with raw(flood) as url:
        outcome = send(url, "{}", {})
    assert (outcome.status, outcome.retry_after, outcome.answer, outcome.error) == (200, None, "", "")
    assert MOST_READ == 65_536


@pytest.mark.parametrize(
    ("answer", "status", "text", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nshort", 200, "short", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbroken", 200, "", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n", 200, "whole", ""),
        (b"hello\r\n\r\n", None, "", "no HTTP answer: BadStatusLine"),
        (b"", None, "", "no connection: RemoteDisconnected"),
    ],
)
def test_strange_answers(answer: bytes, status: int | None, text: str, error: str) -> None:
    with raw(lambda link: link.sendall(answer)) as url:
        outcome = send(url, "{}", {})
    assert (outcome.status, outcome.answer, outcome.error) == (status, text, error)


def test_nobody_there_and_no_such_name() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}/", "{}", {}).error == "no connection: Connection refused"
    refused = send("https://no.example/", "{}", {}, unknown)
    assert refused.error == "the name was not found: Name or service not known"
