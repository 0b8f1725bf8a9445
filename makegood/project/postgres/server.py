"""The embedded PostgreSQL: started, watched and stopped by one owner."""

import os
import secrets
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from makegood.project.postgres import account as accounts
from makegood.project.postgres import binaries as programs
from makegood.project.postgres import cluster as clusters
from makegood.project.postgres import leftovers, postmaster, sockets
from makegood.project.postgres.errors import AlreadyOwned, NoSuchOwner, NotLinux, OutOfReach
from makegood.project.postgres.postmaster import Plan
from makegood.project.postgres.record import (
    DATABASE,
    SOCKET_PORT,
    USER,
    Layout,
    OwnerKind,
    OwnerLock,
    Record,
    read,
)


class EmbeddedServer:
    """A PostgreSQL of our own in `data_dir`/postgres; use it as a context manager.

    Only one process at a time can own a data directory. If the owner dies, the server stops by itself.
    `durable=False` trades safety for speed and is for tests only. `tcp=True` also listens on a free port of
    127.0.0.1, with a password.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, tcp: bool = False, kind: OwnerKind = "command") -> None:
        self.layout = Layout(data_dir.absolute())
        self._durable = durable
        self._tcp = tcp
        self._kind = kind
        self._lock = OwnerLock(self.layout.lock)
        self._plan: Plan | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._record: Record | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def record(self) -> Record:
        """Who runs the server and where it listens. Raises NoSuchOwner while it is stopped."""
        if self._record is None:
            raise NoSuchOwner
        return self._record

    @property
    def psql_path(self) -> Path:
        """The psql that fits this server. Raises NoSuchOwner while it is stopped."""
        return Path(self.record.psql)

    def dsn(self, database: str = DATABASE) -> str:
        """The address of a database on this server. Raises NoSuchOwner while it is stopped."""
        return self.record.dsn(database)

    def is_alive(self) -> bool:
        """Whether the server process runs; one that was killed is reaped here, never taken for alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Create the data directory if need be and start the server. Raises the classes of errors.py."""
        if sys.platform != "linux":
            raise NotLinux
        if self._record is not None:
            return
        self.layout.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        if not self._lock.acquire():
            raise AlreadyOwned(self.layout.data, describe_owner(self.layout))
        try:
            self._plan = self._prepare()
            self._process = postmaster.start(self._plan)
            self._publish(self._plan, self._process)
        except BaseException:
            self._let_go()
            raise

    def ensure_running(self) -> bool:
        """Start the server again if it was killed under us; whether that was needed. Its address stays the
        same."""
        record = self.record
        if self.is_alive() or self._plan is None:
            return False
        leftovers.clear(self._plan.cluster, record, keep_socket=True)
        self._process = postmaster.start(self._plan)
        self._record = replace(record, server_pid=self._process.pid)
        self._record.write(self.layout.record)
        return True

    def stop(self) -> None:
        """Stop cleanly, harder if that takes too long, and let go of the data directory. Harmless when
        stopped."""
        if self._record is not None:
            self._let_go()

    def ensure_database(self, name: str = DATABASE) -> bool:
        """Create the database if it is missing; whether it was."""
        return ensure_database(self.record, name)

    def _prepare(self) -> Plan:
        binaries = programs.find()
        cluster = clusters.existing(self.layout)
        account = accounts.choose(cluster)
        binaries = programs.within_reach(binaries, account)
        if cluster is None:
            cluster = clusters.create(self.layout, binaries, account, durable=self._durable)
        clusters.check_version(cluster, binaries)
        if not account.can_enter(cluster):
            raise OutOfReach(cluster, account.name)
        leftovers.clear(cluster, read(self.layout.record))
        clusters.write_access_rules(cluster, account, tcp=self._tcp)
        return Plan(
            binaries=binaries,
            account=account,
            cluster=cluster,
            socket_dir=sockets.prepare(self.layout, account),
            port=sockets.free_port() if self._tcp else SOCKET_PORT,
            log=self.layout.log,
            tcp=self._tcp,
            durable=self._durable,
        )

    def _publish(self, plan: Plan, process: subprocess.Popen[bytes]) -> None:
        local = Record(
            owner_pid=os.getpid(),
            owner_kind=self._kind,
            owner_command=_our_command(self._kind),
            server_pid=process.pid,
            version=plan.binaries.version,
            psql=str(plan.binaries.program("psql")),
            socket_dir=str(plan.socket_dir),
            host=str(plan.socket_dir),
            port=plan.port,
        )
        if self._tcp:
            password = secrets.token_urlsafe(24)
            _set_password(local, password)
            local = replace(local, host=sockets.LOOPBACK, password=password)
        local.write(self.layout.record)
        self._record = local

    def _let_go(self) -> None:
        process, plan = self._process, self._plan
        self._process = self._plan = self._record = None
        try:
            if process is not None:
                postmaster.stop(process, durable=self._durable)
        finally:
            if plan is not None:
                sockets.forget(plan.socket_dir)
                self.layout.record.unlink(missing_ok=True)
            self._lock.release()


def _our_command(kind: OwnerKind) -> str:
    """What a person typed to get this process."""
    if kind == "background":
        return "makegood db start"
    program = Path(sys.argv[0]).name
    return " ".join(["makegood" if program == "__main__.py" else program, *sys.argv[1:]])


def describe_owner(layout: Layout) -> str:
    """The present owner in words, for a sentence."""
    record = read(layout.record)
    return record.owner() if record else "another process"


def ensure_database(record: Record, name: str = DATABASE) -> bool:
    """Create the database on a running server if it is missing; whether it was."""
    with psycopg.connect(record.dsn("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return found is None


def _set_password(record: Record, password: str) -> None:
    with psycopg.connect(record.dsn("postgres"), autocommit=True) as connection:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(USER), sql.Literal(password))
        connection.execute(statement)
