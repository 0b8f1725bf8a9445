"""Recordings are fetched from checked addresses alone, within limits, again and again but not for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
from pytest_django.fixtures import Settings

from makegood.evidence.models import Recording
from makegood.evidence.operations import downloading
from makegood.evidence.operations.attach import attach_recording
from makegood.evidence.operations.downloading import FetchFailed, download
from makegood.evidence.operations.fetch import fetch_due, retry_recordings
from makegood.evidence.selectors.recordings import recording_of
from makegood.evidence.states import RecordingState
from makegood.evidence.tests.sounds import somebody_speaks, written
from makegood.kernel import clock
from makegood.kernel.outside import wire
from makegood.kernel.outside.addresses import Allowed
from makegood.kernel.outside.credentials import read
from makegood.parties.entries import SYSTEM, Principal
from tests.world import ChargeMaker

Answer = tuple[int, Mapping[str, str], bytes]
Maker = Callable[..., Recording]


class Source(ThreadingHTTPServer):
    """A server on this machine: what it says by path, and the headers of each request that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.says: dict[str, Answer] = {}
        self.got: list[tuple[str, Mapping[str, str]]] = []

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"http://{host}:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = cast(Source, self.server)
        server.got.append((self.path, dict(self.headers)))
        status, headers, body = server.says.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def source(settings: Settings) -> Iterator[Source]:
    """A source on the operator's list."""
    settings.FETCH_ALLOW = ("127.0.0.1",)
    with Source() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def make_waiting(make_charge: ChargeMaker) -> Maker:
    """A recording of a new charge that waits at an address."""

    def make(url: str) -> Recording:
        now = clock.now()
        charge = make_charge(recording_url=url)
        return Recording.objects.create(
            public_id=f"rec_{charge.pk}", charge=charge, source_url=url, next_at=now, created_at=now
        )

    return make


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    return written(tmp_path, "call.ulaw", somebody_speaks()).read_bytes()


def test_a_recording_is_fetched(source: Source, make_waiting: Maker, buyer: Principal, sound: bytes) -> None:
    source.says["/a/call"] = (302, {"Location": "../b/call.ulaw?x=1"}, b"")
    source.says["/b/call.ulaw?x=1"] = (200, {"Content-Type": "application/octet-stream"}, sound)
    row = make_waiting(source.url("/a/call"))
    assert fetch_due(limit=5) == 1
    assert fetch_due() == 0
    view = recording_of(buyer, row.charge_id)
    assert view is not None
    assert (view.playable, view.codec, view.public_id) == (True, "raw ulaw", row.public_id)
    assert [path for path, _ in source.got] == ["/a/call", "/b/call.ulaw?x=1"]
    assert {"Cookie", "Authorization"}.isdisjoint(source.got[0][1])


def test_what_is_not_there_is_asked_twice_and_can_be_asked_again(
    source: Source, make_waiting: Maker, buyer: Principal
) -> None:
    row = make_waiting(source.url("/none"))
    assert fetch_due(limit=5) == 1
    row.refresh_from_db()
    assert (row.state, row.tries, row.claimed_until) == (RecordingState.WAITING, 1, None)
    assert row.next_at is not None
    assert row.next_at > clock.now() + timedelta(seconds=50)
    with clock.shifted(timedelta(minutes=2)):
        assert fetch_due(limit=5) == 1
    view = recording_of(buyer, row.charge_id)
    assert view is not None
    assert (view.state, view.sentence) == (
        RecordingState.FAILED,
        "The recording could not be fetched: the source answered 404 Not Found; tried twice.",
    )
    assert fetch_due() == 0
    assert retry_recordings() == 1
    assert fetch_due() == 1
    row.refresh_from_db()
    assert (row.state, row.tries, row.fault) == (RecordingState.WAITING, 1, "HTTP_404")


def test_a_source_in_trouble_is_asked_eight_times(source: Source, make_waiting: Maker) -> None:
    source.says["/busy"] = (503, {}, b"")
    row = make_waiting(source.url("/busy"))
    for day in range(9):
        with clock.shifted(timedelta(days=day)):
            fetch_due()
    row.refresh_from_db()
    assert (row.state, row.tries, row.fault, len(source.got)) == (RecordingState.FAILED, 8, "HTTP_503", 8)


def test_what_is_no_sound_is_said(source: Source, make_waiting: Maker) -> None:
    source.says["/page"] = (200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")
    row = make_waiting(source.url("/page"))
    fetch_due()
    row.refresh_from_db()
    assert (row.fault, row.tries) == ("RECORDING_NOT_AUDIO", 1)
    assert row.fault_detail.startswith("what came cannot be used: this file is no audio")


def test_a_file_that_was_attached_meanwhile_stays(
    source: Source, make_waiting: Maker, sound: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_waiting(source.url("/call.ulaw"))
    other = written(tmp_path, "ulaw.wav", somebody_speaks(2))

    def comes(url: str, into: Path, resolve: wire.Resolve) -> downloading.Downloaded:
        attach_recording(SYSTEM, charge_id=row.charge_id, path=other)
        into.write_bytes(sound)
        return downloading.Downloaded("", "call.ulaw")

    monkeypatch.setattr("makegood.evidence.operations.fetch.download", comes)
    fetch_due()
    row.refresh_from_db()
    assert (row.state, row.codec, row.tries) == (RecordingState.READY, "wav ulaw", 0)


def failure(url: str, into: Path, resolve: wire.Resolve = wire.addresses_of) -> tuple[str, str, int]:
    """Why a download failed: code, words, how often it is worth trying."""
    with pytest.raises(FetchFailed) as caught:
        download(url, into, resolve)
    return caught.value.code, caught.value.detail, caught.value.most


def inside(host: str, port: int) -> Sequence[str]:
    """Every name leads into a private network but one, which leads here."""
    return ["127.0.0.1"] if host == "listed.example" else ["10.0.0.7"]


def test_no_hop_leads_inside(source: Source, tmp_path: Path, settings: Settings) -> None:
    into = tmp_path / "came"
    settings.FETCH_ALLOW = ("listed.example",)
    first = source.url("/", "listed.example")
    for place, rule in (
        ("https://inside.example/", "inside.example leads to an address that is not public (private)"),
        ("https://169.254.169.254/latest/", "169.254.169.254 is not public (link-local)"),
        ("http://inside.example/", "it does not begin with https://"),
        ("file:///etc/passwd", "it does not begin with https://"),
        ("https://user@inside.example/", "it has user info (@)"),
    ):
        source.says["/"] = (301, {"Location": place}, b"")
        told = ("ADDRESS_NOT_ALLOWED", f"its address may not be asked: {rule}", 1)
        assert failure(first, into, inside) == told
        assert failure(place, into, inside) == told
    assert not into.exists()


def test_limits_of_a_download(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    into = tmp_path / "came"
    source.says["/round"] = (302, {"Location": "/round"}, b"")
    assert failure(source.url("/round"), into)[0] == "TOO_MANY_REDIRECTS"
    assert len(source.got) == 4
    source.says["/short"] = (200, {"Content-Length": "10"}, b"12345")
    assert failure(source.url("/short"), into)[:2] == ("BROKE_OFF", "the source broke off after 5 of 10 bytes")
    monkeypatch.setattr(downloading, "MOST_BYTES", 100)
    source.says["/large"] = (200, {}, b"x" * 101)
    source.says["/endless"] = (200, {"Content-Length": "-1", "Transfer-Encoding": "identity"}, b"x" * 1_000)
    assert failure(source.url("/large"), into)[0] == "RECORDING_TOO_LARGE"
    assert failure(source.url("/endless"), into)[0] == "RECORDING_TOO_LARGE"
    monkeypatch.setattr(downloading, "TOTAL_S", 0.0)
    assert failure(source.url("/large"), into)[:2] == ("NO_ANSWER", "no answer within 0 s")


def test_a_host_is_told_its_own_secret_over_tls_alone(source: Source, tmp_path: Path, settings: Settings) -> None:
    settings.FETCH_AUTH = {f"127.0.0.1:{source.server_port}": "Bearer secret", "api.example": "Basic eDp5"}
    source.says["/x"] = (200, {}, b"x")
    download(source.url("/x"), tmp_path / "came")
    assert "Authorization" not in source.got[0][1]
    target, _ = wire.reached("https://api.example/x", lambda host, port: ["93.184.215.14"], Allowed())
    assert downloading._credentials(target) == {"Authorization": "Basic eDp5"}


def test_what_hosts_are_told_is_read_strictly() -> None:
    assert read("") == {}
    assert read('{"api.example:443": "Basic eDp5", "b.example:8443": "Bearer x"}') == {
        "api.example": "Basic eDp5",
        "b.example:8443": "Bearer x",
    }
    for text in ("x", "[]", '{"https://a/": "x"}', '{"a": 1}', '{"a": "x\\r\\nHost: b"}', '{"a": ""}'):
        with pytest.raises(ValueError, match=r"."):
            read(text)
