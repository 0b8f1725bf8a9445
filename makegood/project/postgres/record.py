"""The note an owner leaves beside the data, so that other commands find its server."""

import fcntl
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from makegood.project.postgres.errors import NotYours

OwnerKind = Literal["background", "command"]

USER = "makegood"
DATABASE = "makegood"
SOCKET_PORT = 5432


@dataclass(frozen=True)
class Layout:
    """Names inside a data directory."""

    data: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own directory, or a link to it."""
        return self.data / "postgres"

    @property
    def lock(self) -> Path:
        """Held by the one owner for as long as it lives."""
        return self.data / "postgres.lock"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.data / "postgres.log"

    @property
    def record(self) -> Path:
        """The owner's note."""
        return self.data / "postgres.json"

    @property
    def socket(self) -> Path:
        """Where the socket lies unless the path is too long or out of reach."""
        return self.data / "socket"


@dataclass(frozen=True)
class Record:
    """Who runs the server and where it listens."""

    owner_pid: int
    owner_kind: OwnerKind
    owner_command: str
    server_pid: int
    version: str
    psql: str
    socket_dir: str
    host: str
    port: int
    password: str = ""

    def dsn(self, database: str = DATABASE) -> str:
        """The address of a database on this server, for DATABASE_URL or psql."""
        if self.host.startswith("/"):
            return f"postgresql://{USER}@/{quote(database)}?host={quote(self.host, safe='')}&port={self.port}"
        return f"postgresql://{USER}:{quote(self.password)}@{self.host}:{self.port}/{quote(database)}"

    def owner(self) -> str:
        """The owner in words."""
        return f"`{self.owner_command}` (process {self.owner_pid})"

    def write(self, path: Path) -> None:
        """Leave the note in one piece, readable by the owner's user only."""
        handle, partial = tempfile.mkstemp(prefix=".postgres.json-", dir=path.parent)
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(self), file, indent=2)
        Path(partial).replace(path)


def read(path: Path) -> Record | None:
    """The note, or None where there is none that we understand. Raises NotYours."""
    try:
        return Record(**json.loads(path.read_text()))
    except PermissionError as refused:
        raise NotYours(path) from refused
    except (FileNotFoundError, ValueError, TypeError):
        return None


class OwnerLock:
    """A kernel lock on a file; it ends with its holder, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free, at once. Raises NotYours."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as refused:
            raise NotYours(self._path) from refused
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def is_held(self) -> bool:
        """Whether anybody holds it now."""
        if self._handle is not None:
            return True
        if not self._path.exists():
            return False
        probe = OwnerLock(self._path)
        if probe.acquire():
            probe.release()
            return False
        return True
