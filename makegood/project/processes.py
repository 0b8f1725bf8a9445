"""Child processes that cannot outlive us, and questions about processes by way of /proc."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from makegood.project.problems import OperatorProblem

LAUNCHER = Path(__file__).with_name("launch.py")
PROC = Path("/proc")


class NotMainThread(OperatorProblem):
    """Child processes are started from the main thread only: the kernel ends them together with the thread
    that did."""


def start_child(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals,
    uid: int = -1,
    gid: int = -1,
    output: IO[bytes] | int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program, as another user if wanted, that receives `death_signal` as soon as this process is
    gone.

    It gets a session of its own, so Ctrl-C in a terminal reaches only us and we decide the order of stopping.
    Raises NotMainThread.
    """
    if threading.current_thread() is not threading.main_thread():
        raise NotMainThread
    prefix = [
        sys.executable,
        "-I",
        "-S",
        str(LAUNCHER),
        str(os.getpid()),
        str(int(death_signal)),
        str(uid),
        str(gid),
    ]
    return subprocess.Popen(
        [*prefix, *(str(part) for part in command)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=None if env is None else dict(env),
        cwd=cwd,
        start_new_session=True,
    )


def stop_child(child: subprocess.Popen[bytes], steps: Sequence[tuple[signal.Signals, float]]) -> int:
    """Send each signal in turn, waiting its seconds, until the child is gone; returns its exit status."""
    for number, seconds in steps:
        if child.poll() is not None:
            break
        child.send_signal(number)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    return child.wait()


def is_alive(pid: int) -> bool:
    """Whether the process exists and is not a zombie waiting to be reaped."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def working_in(directory: Path) -> list[int]:
    """Ids of the live processes whose working directory is this one: a PostgreSQL and all its workers are."""
    wanted = str(directory.resolve())
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            here = os.readlink(entry / "cwd")
        except OSError:
            continue
        if here == wanted and is_alive(int(entry.name)):
            found.append(int(entry.name))
    return sorted(found)
