"""The embedded PostgreSQL: what it is, how fast it starts, who may own it, how it stops."""

import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest

from makegood.project import processes
from makegood.project.postgres import EmbeddedServer, attach_or_start, binaries
from makegood.project.postgres import account as accounts
from makegood.project.postgres.errors import (
    AlreadyOwned,
    NoSuchOwner,
    NotACluster,
    OtherMajorVersion,
    StartFailed,
    UnsafeSocketDirectory,
)
from makegood.project.processes import NotMainThread
from makegood.project.tests.servers import PATIENCE, place

COLD_START_SECONDS = 2.0
COLD_START_SHARE = 1.7
"""Of the time of initdb alone."""


@pytest.fixture
def data() -> Iterator[Path]:
    with place() as directory:
        yield directory


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with place() as directory, EmbeddedServer(directory) as running:
        running.ensure_database()
        yield running


def show(dsn: str, name: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def cold_start() -> float:
    with place() as directory:
        begun = time.monotonic()
        with EmbeddedServer(directory):
            return time.monotonic() - begun


def created_by_hand() -> float:
    """What initdb alone takes here and now, as whom the server runs: most of a cold start is this."""
    account = accounts.choose(None)
    program = binaries.within_reach(binaries.find(), account).program("initdb")
    with place() as directory:
        account.take(directory.parent)
        begun = time.monotonic()
        answer = account.run(program, "-D", directory, "--locale=C", "--data-checksums")
        taken = time.monotonic() - begun
    assert answer.returncode == 0, answer.stdout
    return taken


def test_cold_start_takes_less_than_two_seconds() -> None:
    # The best of a few, as what else the machine is doing only ever adds. Where even initdb is slow, so may we be.
    taken: list[float] = []
    shares: list[float] = []
    while len(taken) < 5 and min(taken, default=COLD_START_SECONDS) >= COLD_START_SECONDS:
        taken.append(cold_start())
        if taken[-1] >= COLD_START_SECONDS:
            shares.append(taken[-1] / created_by_hand())
    assert min(taken) < COLD_START_SECONDS or min(shares) < COLD_START_SHARE, (taken, shares)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
    ],
)
def test_setting(server: EmbeddedServer, setting: str, value: str) -> None:
    assert show(server.dsn(), setting) == value


def test_version_is_18_or_newer_and_locale_is_builtin(server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        assert connection.info.server_version >= 180000
    assert row == ("b", "C.UTF-8")


def test_scratch_server_gives_up_safety_for_speed(data: Path) -> None:
    with EmbeddedServer(data, durable=False) as scratch:
        assert show(scratch.dsn("postgres"), "fsync") == "off"


def test_server_never_runs_as_root_and_its_socket_is_private(server: EmbeddedServer) -> None:
    owner = Path(f"/proc/{server.record.server_pid}").stat().st_uid
    directory = Path(server.record.host).stat()
    assert owner != 0
    assert directory.st_uid == owner
    assert stat.S_IMODE(directory.st_mode) == 0o700
    assert stat.S_IMODE(server.layout.record.stat().st_mode) == 0o600


def test_access_rules_trust_nobody(server: EmbeddedServer) -> None:
    rules = (server.layout.cluster / "pg_hba.conf").read_text()
    assert "trust" not in rules
    assert "local all makegood peer map=makegood" in rules
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg.connect(server.dsn("postgres").replace("makegood@", "postgres@"))


def test_ensure_database_creates_once(server: EmbeddedServer) -> None:
    assert server.ensure_database("second one") is True
    assert server.ensure_database("second one") is False
    with psycopg.connect(server.dsn("second one")) as connection:
        assert connection.info.dbname == "second one"


def test_tcp_listens_on_this_machine_and_wants_the_password(data: Path) -> None:
    with EmbeddedServer(data, durable=False, tcp=True) as listening:
        dsn = listening.dsn("postgres")
        assert show(dsn, "listen_addresses") == "127.0.0.1"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(dsn.replace(listening.record.password, "guess"))


def test_clean_stop_leaves_no_process_and_frees_the_directory(data: Path) -> None:
    server = EmbeddedServer(data)
    server.start()
    pid = server.record.server_pid
    server.stop()
    server.stop()
    assert not processes.is_alive(pid)
    assert processes.working_in(data / "postgres") == []
    assert not server.layout.record.exists()
    assert "database system is shut down" in server.layout.log.read_text()
    with EmbeddedServer(data):
        assert "was not properly shut down" not in server.layout.log.read_text()


def test_stopped_server_has_no_address(data: Path) -> None:
    with pytest.raises(NoSuchOwner, match=r"The database is not running\."):
        EmbeddedServer(data).dsn()


def test_second_owner_fails_at_once_and_disturbs_nothing(server: EmbeddedServer) -> None:
    begun = time.monotonic()
    with pytest.raises(AlreadyOwned, match=f"process {os.getpid()}"):
        EmbeddedServer(server.layout.data).start()
    assert time.monotonic() - begun < PATIENCE / 2  # it does not wait for the lock
    assert show(server.dsn(), "fsync") == "on"


def test_second_command_attaches_to_the_owner(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    with attach_or_start(server.layout.data, "attached") as place_found:
        assert place_found.server is None
        assert show(place_found.dsn, "fsync") == "on"
    assert server.is_alive()


def test_command_alone_owns_the_server_for_its_life(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    with attach_or_start(data) as place_found:
        assert place_found.server is not None
        pid = place_found.server.record.server_pid
        assert show(place_found.dsn, "fsync") == "on"
    assert not processes.is_alive(pid)


def test_database_url_selects_another_server(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    with attach_or_start(data) as place_found:
        assert place_found.dsn == "postgresql://elsewhere/db"
    assert not data.exists()


def test_other_major_version_is_refused_with_the_way_out(data: Path) -> None:
    cluster = data / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("16\n")
    os.chown(cluster, *((65534, 65534) if os.geteuid() == 0 else (-1, -1)))
    with pytest.raises(OtherMajorVersion) as refused:
        EmbeddedServer(data).start()
    for words in ("PostgreSQL 16", "PostgreSQL 18", "pg_dump", "pg_restore", "Nothing was changed"):
        assert words in refused.value.message
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


def test_directory_that_is_something_else_is_refused(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "holiday.jpg").write_text("")
    with pytest.raises(NotACluster, match="is not a PostgreSQL data directory"):
        EmbeddedServer(data).start()


def test_socket_directory_open_to_others_is_refused(data: Path) -> None:
    with EmbeddedServer(data, durable=False):
        pass
    (data / "socket").chmod(0o755)
    with pytest.raises(UnsafeSocketDirectory, match="mode 0700"):
        EmbeddedServer(data, durable=False).start()


def test_failed_start_shows_the_end_of_the_log_and_lets_go(data: Path) -> None:
    with EmbeddedServer(data, durable=False):
        pass
    configuration = data / "postgres" / "postgresql.conf"
    intact = configuration.read_text()
    configuration.write_text(intact + "shared_buffers = 'a lot'\n")
    with pytest.raises(StartFailed, match="shared_buffers"):
        EmbeddedServer(data, durable=False).start()
    configuration.write_text(intact)
    with EmbeddedServer(data, durable=False) as again:
        assert again.is_alive()


def test_interrupted_creation_is_begun_anew(data: Path) -> None:
    partial = data / "postgres.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    with EmbeddedServer(data, durable=False) as server:
        assert server.is_alive()
    assert not partial.exists()


def test_long_path_puts_the_socket_elsewhere(data: Path) -> None:
    long = data / ("deep-" * 12) / ("deeper-" * 8)
    long.mkdir(parents=True, mode=0o755)
    with EmbeddedServer(long, durable=False) as server:
        directory = Path(server.record.host)
        assert not directory.is_relative_to(long)
        assert show(server.dsn("postgres"), "jit") == "off"
    assert not directory.exists()


def test_directory_closed_to_other_users_is_worked_around(data: Path) -> None:
    data.parent.chmod(0o700)
    with EmbeddedServer(data, durable=False) as server:
        home = server.layout.cluster.resolve().parent
        # Ordinary users run the server as themselves; root must find a home that the server's user can enter.
        assert server.layout.cluster.is_symlink() == (os.geteuid() == 0)
        assert show(server.dsn("postgres"), "jit") == "off"
    with EmbeddedServer(data, durable=False) as again:
        assert again.layout.cluster.resolve().parent == home
    rmtree(home)


def test_other_threads_may_not_start_a_server(data: Path) -> None:
    problems: list[Exception] = []

    def start() -> None:
        try:
            EmbeddedServer(data, durable=False).start()
        except NotMainThread as problem:
            problems.append(problem)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(problems) == 1
