"""Files between the storage and their rows: what is kept, what is refused, what a scanner says, what is left behind."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from makegood.evidence.errors import files as errors
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import delete_files, keep_file
from makegood.evidence.operations.sweep_files import changed_files, scan_waiting, sweep_files
from makegood.evidence.policy.files import Limits
from makegood.evidence.selectors.files import open_file
from makegood.evidence.states import ScanState
from makegood.evidence.tests import made
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import unchanged

ALL = Limits()
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def kept(principal: Principal, content: bytes = b"some words", name: str = "note.txt") -> File:
    return keep_file(principal, content=content, name=name, limits=ALL)


def test_a_text_is_kept_with_its_hash(buyer: Principal, evidence_here: Path) -> None:
    file = kept(buyer)
    (path,) = stored(evidence_here)
    assert path.read_bytes() == b"some words"
    assert path.name == file.storage_key.rpartition("/")[2] != file.public_id
    digest = hashlib.sha256(b"some words").hexdigest()
    assert (file.sha256, file.received_sha256, file.bytes) == (digest, digest, 10)
    assert (file.uploaded_by_id, file.scan, file.width) == (buyer.id, ScanState.UNSCANNED, None)


def test_an_image_is_kept_as_it_was_written_anew(buyer: Principal, evidence_here: Path) -> None:
    sent = made.image("JPEG", (400, 200))
    file = kept(buyer, sent, "photo.jpg")
    assert file.received_sha256 == hashlib.sha256(sent).hexdigest() != file.sha256
    with open_file(file) as content:
        assert hashlib.sha256(content.read()).hexdigest() == file.sha256
    assert [path.suffix for path in stored(evidence_here)] == ["", ".thumb", ".view"]
    assert (file.width, file.height, file.received_bytes) == (200, 400, len(sent))


def test_what_is_refused_leaves_nothing(buyer: Principal, vendor: Principal, evidence_here: Path) -> None:
    with unchanged(), pytest.raises(errors.TypeNotTaken):
        kept(buyer, b"<svg/>", "a.svg")
    with unchanged(), pytest.raises(NotPermitted):
        kept(vendor)
    assert stored(evidence_here) == []


def test_bytes_are_there_before_the_row_and_go_after_it(
    buyer: Principal, evidence_here: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    class Died(Exception):
        pass

    def die() -> None:
        with transaction.atomic():
            kept(buyer)
            raise Died

    with pytest.raises(Died):
        die()
    assert not File.objects.exists()
    assert len(stored(evidence_here)) == 1
    file = kept(buyer, made.image(), "photo.jpg")
    with django_capture_on_commit_callbacks() as callbacks:
        delete_files([file])
    # The process dies here: the row is gone, the bytes are left over, never the other way around.
    assert File.objects.get().deleted_at is not None
    assert len(stored(evidence_here)) == 4
    for callback in callbacks:
        callback()
    assert len(stored(evidence_here)) == 1


def test_what_no_row_names_is_swept_the_day_after(buyer: Principal, evidence_here: Path) -> None:
    for content in (made.image(), made.image("PNG")):
        kept(buyer, content, "a.jpg")
    orphan, other = File.objects.order_by("pk")
    orphan.delete()
    assert sweep_files() == 0
    with clock.shifted(timedelta(days=1)):
        assert sweep_files() == 1
    assert {path.stem for path in stored(evidence_here)} == {other.storage_key.rpartition("/")[2]}
    assert changed_files(0, 10) == ([], None)


def test_a_file_that_changed_or_went_is_found(buyer: Principal, evidence_here: Path) -> None:
    first, second, third = (kept(buyer, words, "note.txt") for words in (b"one", b"two", b"three"))
    (evidence_here / first.storage_key).write_bytes(b"on")
    (evidence_here / second.storage_key).unlink()
    said, after = changed_files(0, 2)
    assert said == [
        f"{first.public_id} (note.txt) is not what was kept.",
        f"{second.public_id} (note.txt) is not in the storage.",
    ]
    assert changed_files(after or 0, 2) == ([], None)
    with pytest.raises(errors.FileGone):
        open_file(second)
    assert third.pk


Scanner = Callable[[bytes], bytes]


@pytest.fixture
def clamd(settings: Settings) -> Iterator[list[bytes]]:
    """A scanner in a thread that finds EICAR; what it was sent."""
    seen: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD = server.getsockname()

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as sent:
                assert sent.read(10) == b"zINSTREAM\0"
                content = b""
                while size := int.from_bytes(sent.read(4), "big"):
                    content += sent.read(size)
                seen.append(content)
                line.sendall(b"stream: Eicar-Test FOUND\0" if EICAR in content else b"stream: OK\0")

    thread = threading.Thread(target=serve)
    thread.start()
    yield seen
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_a_scanner_looks_at_what_came(buyer: Principal, clamd: list[bytes], evidence_here: Path) -> None:
    long = b"word " * 40_000
    assert kept(buyer, long).scan == ScanState.CLEAN
    assert clamd == [long]
    with unchanged(), pytest.raises(errors.FileInfected) as caught:
        kept(buyer, EICAR, "bill.txt")
    assert caught.value.message == "bill.txt was refused: the virus scanner found Eicar-Test in it."
    assert len(stored(evidence_here)) == 1


def test_what_no_scanner_answered_for_is_scanned_later(
    buyer: Principal, settings: Settings, clamd: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    there = settings.CLAMD
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.CLAMD = closed.getsockname()
    good, bad = kept(buyer), kept(buyer, EICAR, "bill.txt")
    assert {good.scan, bad.scan} == {ScanState.UNSCANNED}
    assert scan_waiting(10) == 0
    settings.CLAMD = there
    assert scan_waiting(10) == 2
    assert scan_waiting(10) == 0
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.scan, bad.scan) == (ScanState.CLEAN, ScanState.INFECTED)
    with pytest.raises(errors.FileQuarantined):
        open_file(bad)
    assert "did not answer" in caplog.text


def test_without_a_scanner_nothing_is_scanned(buyer: Principal, settings: Settings) -> None:
    settings.CLAMD = None
    assert kept(buyer).scan == ScanState.UNSCANNED
    assert scan_waiting(10) == 0


@pytest.mark.parametrize("kind", [errors.FileQuarantined, errors.FileGone, errors.FileInfected])
def test_refusals_say_what_to_do(kind: type[Refusal]) -> None:
    assert "a.txt" in kind(name="a.txt", found="X").message
