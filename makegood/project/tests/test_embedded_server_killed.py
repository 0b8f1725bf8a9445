"""kill -9 of the server and of its owner: nothing acknowledged is lost, nothing stray stays."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from makegood.project import processes
from makegood.project.postgres import EmbeddedServer
from makegood.project.postgres.errors import StrangerRunning
from makegood.project.postgres.record import read
from makegood.project.tests.servers import (
    environment,
    eventually,
    owner_elsewhere,
    place,
    rows_written,
    write_rows,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def data() -> Iterator[Path]:
    with place() as directory:
        yield directory


def test_killed_server_starts_again_with_every_acknowledged_row(data: Path) -> None:
    with EmbeddedServer(data) as server:
        server.ensure_database()
        dsn = server.dsn()
        acknowledged = 0

        def write() -> None:
            nonlocal acknowledged
            with suppress(psycopg.OperationalError), psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute("CREATE TABLE written (number integer PRIMARY KEY)")
                while True:
                    connection.execute("INSERT INTO written VALUES (%s)", [acknowledged + 1])
                    acknowledged += 1

        writer = threading.Thread(target=write)
        writer.start()
        assert eventually(lambda: acknowledged >= 100)
        first = server.record.server_pid
        os.kill(first, signal.SIGKILL)
        writer.join()

        # It may take a moment until the killed one is dead: then it is started again, and once.
        assert eventually(server.ensure_running)
        assert server.record.server_pid != first
        assert server.dsn() == dsn
        assert rows_written(dsn) in {acknowledged, acknowledged + 1}
        assert not processes.is_alive(first)
    assert processes.working_in(data / "postgres") == []


def test_zombie_of_a_killed_server_is_not_taken_for_alive(data: Path) -> None:
    with EmbeddedServer(data, durable=False) as server:
        assert server.ensure_running() is False
        os.kill(server.record.server_pid, signal.SIGKILL)
        assert eventually(lambda: not server.is_alive())
        assert server.ensure_running() is True
        assert server.is_alive()


def test_killed_owner_takes_the_server_along_and_keeps_the_data(data: Path) -> None:
    with owner_elsewhere(data) as (owner, dsn):
        acknowledged = write_rows(dsn, 200)
        record = read(data / "postgres.json")
        assert record is not None
        owner.kill()
        owner.wait()
        assert eventually(lambda: not processes.is_alive(record.server_pid))
    assert eventually(lambda: processes.working_in(data / "postgres") == [])
    with EmbeddedServer(data) as server:
        assert rows_written(server.dsn()) == acknowledged


def test_next_owner_may_follow_a_killed_one_at_once(data: Path) -> None:
    with owner_elsewhere(data) as (owner, dsn):
        acknowledged = write_rows(dsn, 50)
        owner.kill()
        owner.wait()
        with EmbeddedServer(data) as server:
            assert rows_written(server.dsn()) == acknowledged


def test_owner_and_server_killed_together_leave_a_file_that_hinders_nobody(data: Path) -> None:
    with owner_elsewhere(data) as (owner, dsn):
        acknowledged = write_rows(dsn, 50)
        record = read(data / "postgres.json")
        assert record is not None
        os.kill(record.server_pid, signal.SIGKILL)
        owner.kill()
        owner.wait()
    assert eventually(lambda: processes.working_in(data / "postgres") == [])
    # As if another program had been given the dead server's number meanwhile.
    stale = data / "postgres" / "postmaster.pid"
    stale.write_text(stale.read_text().replace(str(record.server_pid), str(os.getpid()), 1))
    with EmbeddedServer(data) as server:
        assert rows_written(server.dsn()) == acknowledged


def test_server_that_is_not_ours_is_left_alone(data: Path) -> None:
    with EmbeddedServer(data, durable=False) as server:
        account, binaries = server.record, Path(server.record.psql).parent
        identity = Path(f"/proc/{account.server_pid}").stat()
    drop = os.geteuid() == 0
    stranger = subprocess.Popen(
        [binaries / "postgres", "-D", data / "postgres", "-k", data / "socket", "-c", "listen_addresses="],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=identity.st_uid if drop else None,
        group=identity.st_gid if drop else None,
        extra_groups=[] if drop else None,
    )
    try:
        assert eventually((data / "postgres" / "postmaster.pid").exists)
        with pytest.raises(StrangerRunning, match=f"process {stranger.pid}"):
            EmbeddedServer(data).start()
        assert stranger.poll() is None
    finally:
        stranger.send_signal(signal.SIGINT)
        stranger.wait()


def makegood(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "makegood.project.cli", *arguments, "--data", str(data)],
        check=False,
        capture_output=True,
        text=True,
        env=environment(),
        stdin=subprocess.DEVNULL,
    )


def test_db_start_status_stop_by_command(data: Path) -> None:
    assert makegood(data, "db", "status").returncode == 1
    started = makegood(data, "db", "start")
    try:
        assert (started.returncode, started.stderr) == (0, "")
        record = read(data / "postgres.json")
        assert record is not None
        assert record.dsn() in makegood(data, "db", "status").stdout
        assert "is already run by `makegood db start`" in makegood(data, "db", "start").stdout
        os.kill(record.server_pid, signal.SIGKILL)
        assert eventually(lambda: (now := read(data / "postgres.json")) is not None and now != record)
    finally:
        stopped = makegood(data, "db", "stop")
    assert stopped.stdout == "PostgreSQL stopped.\n"
    assert processes.working_in(data / "postgres") == []
    assert makegood(data, "db", "stop").stdout == "PostgreSQL was not running.\n"


def test_db_stop_does_not_stop_another_command(data: Path) -> None:
    with owner_elsewhere(data) as (owner, _):
        answer = makegood(data, "db", "stop")
        assert answer.returncode == 1
        assert f"process {owner.pid}" in answer.stderr
        assert "Stop that command instead." in answer.stderr


def test_failure_is_one_sentence_and_no_traceback(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    answer = makegood(data, "db", "start")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "is not a PostgreSQL data directory" in answer.stderr
