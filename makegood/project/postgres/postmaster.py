"""One server process: its options, its start, and the wait until it answers."""

import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from makegood.project import processes
from makegood.project.postgres import sockets
from makegood.project.postgres.account import Account
from makegood.project.postgres.binaries import Binaries
from makegood.project.postgres.errors import StartFailed
from makegood.project.postgres.record import USER

# Recovery after a crash may take minutes; we wait as long as the process lives and makes its way.
READY_WITHIN = 900.0
LONGEST_PAUSE = 0.25
LOG_KEPT_BYTES = 8_000_000
TAIL_LINES = 15
FAST_STOP = ((signal.SIGINT, 90.0), (signal.SIGQUIT, 15.0), (signal.SIGKILL, 5.0))
SCRATCH_STOP = ((signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
ALWAYS = {"jit": "off", "timezone": "UTC", "unix_socket_permissions": "0700", "cluster_name": "makegood"}
SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
SCRATCH = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Plan:
    """What to start, as whom, on which data, and where it listens."""

    binaries: Binaries
    account: Account
    cluster: Path
    socket_dir: Path
    port: int
    log: Path
    tcp: bool
    durable: bool

    def command(self) -> list[str | Path]:
        """The server's command line."""
        options = ALWAYS | (SAFE if self.durable else SCRATCH)
        options |= {
            "listen_addresses": sockets.LOOPBACK if self.tcp else "",
            "port": str(self.port),
            "unix_socket_directories": str(self.socket_dir),
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [self.binaries.program("postgres"), "-D", self.cluster, *words]


def start(plan: Plan) -> subprocess.Popen[bytes]:
    """Start the server and return once it takes connections; nothing else may run on the data (see
    leftovers).

    Raises StartFailed with the end of the log.
    """
    _trim(plan.log)
    sockets.check(plan.socket_dir, plan.account)
    sockets.sweep(plan.socket_dir)
    with plan.log.open("ab") as log:
        process = processes.start_child(
            plan.command(),
            death_signal=signal.SIGINT,
            uid=-1 if plan.account.is_current else plan.account.uid,
            gid=plan.account.gid,
            output=log,
            env={"LC_ALL": "C", "TZ": "UTC"},
            cwd=Path("/"),
        )
    try:
        _wait_until_ready(process, plan)
    except BaseException:
        stop(process, durable=plan.durable)
        raise
    return process


def stop(process: subprocess.Popen[bytes], *, durable: bool) -> None:
    """A fast, clean shutdown, harder if it takes too long; scratch data is simply dropped."""
    processes.stop_child(process, FAST_STOP if durable else SCRATCH_STOP)


def _wait_until_ready(process: subprocess.Popen[bytes], plan: Plan) -> None:
    where = ["-h", str(plan.socket_dir), "-p", str(plan.port), "-U", USER, "-d", "postgres"]
    ask = [str(plan.binaries.program("pg_isready")), "-q", *where]
    give_up = time.monotonic() + READY_WITHIN
    pause = 0.01
    while process.poll() is None:
        if subprocess.run(ask, check=False, stdin=subprocess.DEVNULL).returncode == 0:
            return
        if time.monotonic() > give_up:
            raise StartFailed("The database did not become ready in time.", tail(plan.log))
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
    raise StartFailed("The database did not start.", tail(plan.log))


def tail(log: Path) -> str:
    """The last lines of the log."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-TAIL_LINES:])


def _trim(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.1"))
