"""Scratch places and owners in other processes, for tests of the embedded PostgreSQL."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

import psycopg

OWNER = """
import sys, time
from pathlib import Path
from makegood.project.postgres import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])) as server:
    server.ensure_database()
    print(server.dsn(), flush=True)
    time.sleep(600)
"""
PATIENCE = 60.0


@contextmanager
def place() -> Iterator[Path]:
    """A data directory that the server's user can enter, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="makegood-test-"))
    home.chmod(0o711)
    try:
        yield home / "data"
    finally:
        rmtree(home, ignore_errors=True)


def environment(**changes: str) -> dict[str, str]:
    """Our environment without the run's own database."""
    mine = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "MAKEGOOD_DATA"}}
    return mine | changes


@contextmanager
def owner_elsewhere(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that owns the server, and the address of its database."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data)], stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within some seconds."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


def write_rows(dsn: str, upto: int) -> int:
    """Insert the numbers 1 to `upto`, each in a transaction of its own; how many were acknowledged."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS written (number integer PRIMARY KEY)")
        for number in range(1, upto + 1):
            connection.execute("INSERT INTO written VALUES (%s)", [number])
    return upto


def rows_written(dsn: str) -> int:
    """How many numbers are there."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT count(*) FROM written").fetchone()
    assert row is not None
    return int(row[0])
