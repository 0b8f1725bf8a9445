"""Where the server listens: a socket in a directory nobody else may enter, or a free port of this machine."""

import shutil
import socket
import stat
import tempfile
from pathlib import Path

from makegood.project.postgres.account import Account
from makegood.project.postgres.errors import UnsafeSocketDirectory
from makegood.project.postgres.record import SOCKET_PORT, Layout

LOOPBACK = "127.0.0.1"
# The kernel allows 107 bytes for the whole path of a socket.
LONGEST_PATH = 100
TEMPORARY = Path(tempfile.gettempdir())
PREFIX = "makegood-"


def prepare(layout: Layout, account: Account) -> Path:
    """A 0700 directory of the server's user, beside the data if possible. Raises UnsafeSocketDirectory."""
    directory = layout.socket
    name = directory / f".s.PGSQL.{SOCKET_PORT}"
    if len(bytes(name)) > LONGEST_PATH or not account.can_enter(layout.data):
        directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=TEMPORARY))
        account.take(directory)
    elif not directory.is_symlink() and not directory.exists():
        directory.mkdir(mode=0o700)
        account.take(directory)
    check(directory, account)
    return directory


def check(directory: Path, account: Account) -> None:
    """Raises UnsafeSocketDirectory unless only the server's user may enter."""
    state = directory.lstat()
    private = stat.S_ISDIR(state.st_mode) and not state.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if not private or state.st_uid != account.uid:
        raise UnsafeSocketDirectory(directory, account.name)


def sweep(directory: Path) -> None:
    """Remove what a killed server left: its lock file names a process that may still count as one until
    reaped.

    Call it only when nothing runs on the data any more.
    """
    for path in directory.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)


def forget(directory: Path) -> None:
    """Remove a temporary socket directory; the one beside the data stays."""
    if directory.parent == TEMPORARY and directory.name.startswith(PREFIX):
        shutil.rmtree(directory, ignore_errors=True)


def free_port() -> int:
    """A port of this machine that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
