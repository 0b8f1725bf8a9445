"""Find the server that runs on a data directory, or run it; start and stop one in the background."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from makegood.project import processes
from makegood.project.postgres import postmaster
from makegood.project.postgres.errors import AlreadyOwned, OwnedByCommand, OwnerNotReady, StartFailed
from makegood.project.postgres.record import DATABASE, Layout, OwnerLock, Record, read
from makegood.project.postgres.server import EmbeddedServer, ensure_database

PAUSE = 0.05
STOP_WITHIN = 120.0


@dataclass(frozen=True)
class Attachment:
    """A database to work with and, where we run its server ourselves, that server."""

    dsn: str
    psql: str
    server: EmbeddedServer | None = None


@contextmanager
def attach_or_start(data_dir: Path, database: str = DATABASE) -> Iterator[Attachment]:
    """A database on the server of this data directory, which is run by somebody already or by us until the
    block ends.

    With DATABASE_URL set, that one instead. Raises the classes of errors.py.
    """
    elsewhere = os.environ.get("DATABASE_URL")
    if elsewhere:
        yield Attachment(elsewhere, psql="psql")
        return
    server = EmbeddedServer(data_dir)
    try:
        server.start()
    except AlreadyOwned:
        record = wait_for_record(Layout(data_dir.absolute()))
        ensure_database(record, database)
        yield Attachment(record.dsn(database), record.psql)
        return
    with server:
        server.ensure_database(database)
        yield Attachment(server.dsn(database), str(server.psql_path), server)


def running(data_dir: Path) -> Record | None:
    """The present owner's note, or None while nobody runs the server. Raises NotYours."""
    layout = Layout(data_dir.absolute())
    record = read(layout.record)
    if record is None or not OwnerLock(layout.lock).is_held() or not processes.is_alive(record.server_pid):
        return None
    return record


def wait_for_record(layout: Layout, within: float = postmaster.READY_WITHIN) -> Record:
    """The note of an owner that may still be starting. Raises OwnerNotReady."""
    lock = OwnerLock(layout.lock)
    give_up = time.monotonic() + within
    while lock.is_held() and time.monotonic() < give_up:
        record = running(layout.data)
        if record is not None:
            return record
        time.sleep(PAUSE)
    raise OwnerNotReady


def start_in_background(data_dir: Path) -> tuple[Record, bool]:
    """Leave a server running after we end; its note, and whether it was us who started it. Raises
    StartFailed."""
    layout = Layout(data_dir.absolute())
    if OwnerLock(layout.lock).is_held():
        return wait_for_record(layout), False
    layout.data.mkdir(mode=0o711, parents=True, exist_ok=True)
    words = layout.data / "postgres.owner.log"
    with words.open("wb") as output:
        owner = subprocess.Popen(
            [sys.executable, "-m", "makegood.project.postgres.owner", str(layout.data)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    while owner.poll() is None:
        record = running(layout.data)
        if record is not None and record.owner_pid == owner.pid:
            return record, True
        time.sleep(PAUSE)
    raise StartFailed(words.read_text().strip() or "The database did not start.", "")


def stop_in_background(data_dir: Path) -> Record | None:
    """Stop the server left running before; its note, or None when nothing ran. Raises OwnedByCommand,
    OwnerNotReady."""
    layout = Layout(data_dir.absolute())
    if not OwnerLock(layout.lock).is_held():
        return None
    record = wait_for_record(layout, within=10.0)
    if record.owner_kind != "background":
        raise OwnedByCommand(record.owner())
    os.kill(record.owner_pid, signal.SIGTERM)
    _until(lambda: not processes.is_alive(record.owner_pid), STOP_WITHIN)
    return record


def _until(done: Callable[[], bool], within: float) -> None:
    give_up = time.monotonic() + within
    while not done():
        if time.monotonic() > give_up:
            raise OwnerNotReady
        time.sleep(PAUSE)
