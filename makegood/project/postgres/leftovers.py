"""What an earlier owner that died leaves behind: a server still closing, its workers, a stale process-id
file."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from makegood.project import processes
from makegood.project.postgres import sockets
from makegood.project.postgres.errors import StartFailed, StrangerRunning
from makegood.project.postgres.record import Record

# A server that lost its owner closes by itself; it is told again after a moment, and harder after a minute.
PATIENCE = ((2.0, signal.SIGINT), (60.0, signal.SIGQUIT), (90.0, signal.SIGKILL))
GIVE_UP = 120.0
PAUSE = 0.02


def clear(cluster: Path, previous: Record | None, *, patience: float = 1.0, keep_socket: bool = False) -> None:
    """Wait until nothing runs on the data, then drop the stale process-id file and socket directory.

    Call it only while holding the owner's lock. `patience` scales the waiting. Raises StrangerRunning,
    StartFailed.
    """
    pid_file = cluster / "postmaster.pid"
    steps = list(PATIENCE)
    started = time.monotonic()
    while running := processes.working_in(cluster):
        server = _first_line(pid_file)
        if server in running and (previous is None or previous.server_pid != server):
            raise StrangerRunning(cluster, server)
        waited = time.monotonic() - started
        if steps and waited >= steps[0][0] * patience:
            _tell(running if server not in running else [server], steps.pop(0)[1])
        if waited > GIVE_UP * patience:
            raise StartFailed(f"An earlier PostgreSQL (process {running[0]}) on {cluster} does not stop.", "")
        time.sleep(PAUSE)
    # Nothing works in this directory any more, so the file names no server of ours. Its number may meanwhile
    # belong to another program, and PostgreSQL would then refuse to start.
    pid_file.unlink(missing_ok=True)
    if previous is not None and not keep_socket:
        sockets.forget(Path(previous.socket_dir))


def _first_line(path: Path) -> int:
    try:
        return int(path.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _tell(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
