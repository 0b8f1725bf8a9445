"""The running site: web server and worker as children, watched, restarted, stopped in order."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

from makegood.project import processes
from makegood.project.postgres import EmbeddedServer
from makegood.project.problems import OperatorProblem

LOOPBACK = "127.0.0.1"
READY_WITHIN = 60.0
STATEMENT_LIMIT = "30s"
"""How long one statement of a page or a call may run, unless MAKEGOOD_STATEMENT_LIMIT says otherwise."""
LOOK_EVERY = 0.5
STDERR = 2
# The page that everybody sees first; once it answers, the application behind the socket has loaded.
FIRST_PAGE = "/account/login/"
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not bound here, only looked up
STOP = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
# A child that ends this often in a row, sooner than this, will not get better by itself.
MOST_RESTARTS = 5
STEADY_SECONDS = 30.0


class PortTaken(OperatorProblem):
    """Something else listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"Port {port} of {host} is taken. Choose another with --port, or --port 0 for any free one.")


class ChildKeepsEnding(OperatorProblem):
    """A part of the site does not stay up."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The {name} keeps ending; its messages above say why.")


class _Child:
    """One child process that is started again when it ends."""

    def __init__(self, name: str, command: list[str], env: Mapping[str, str]) -> None:
        self.name = name
        self._command = command
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._restarts = 0

    def start(self) -> None:
        self._started = time.monotonic()
        # Everything children say goes to stderr: stdout is for what a command answers, such as JSON.
        self._process = processes.start_child(self._command, death_signal=signal.SIGTERM, env=self._env, output=STDERR)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def look(self) -> None:
        """Start it again if it ended. Raises ChildKeepsEnding."""
        if self.is_alive():
            return
        steady = time.monotonic() - self._started >= STEADY_SECONDS
        self._restarts = 1 if steady else self._restarts + 1
        if self._restarts > MOST_RESTARTS:
            raise ChildKeepsEnding(self.name)
        self._sweep()
        self.start()

    def stop(self) -> None:
        if self._process is not None:
            processes.stop_child(self._process, STOP)
            self._sweep()

    def _sweep(self) -> None:
        """End what the child left in its process group."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


class Site:
    """Web server and, unless told otherwise, worker; a context manager that answers requests when entered.

    The environment must hold DATABASE_URL and MAKEGOOD_DATA (see cli.environment). Raises PortTaken,
    ChildKeepsEnding.
    """

    def __init__(
        self,
        *,
        host: str = LOOPBACK,
        port: int = 8000,
        worker: bool = True,
        database: EmbeddedServer | None = None,
    ) -> None:
        self.host = host
        self.port = port or _free_port(host)
        self._database = database
        here = {} if os.environ.get("MAKEGOOD_HOSTS") else {"MAKEGOOD_URL": self.base_url}
        env = (
            here
            | dict(os.environ)
            | {
                "DJANGO_SETTINGS_MODULE": "makegood.project.settings",
                "PYTHONUNBUFFERED": "1",
            }
        )
        limited = {"MAKEGOOD_STATEMENT_LIMIT": STATEMENT_LIMIT} | env
        self._children = [_Child("web server", _web_command(host, self.port), limited)]
        if worker:
            self._children.append(_Child("worker", [sys.executable, "-m", "makegood.project.cli", "worker"], env))

    @property
    def base_url(self) -> str:
        """Where the site answers."""
        return f"http://{ANY_ADDRESS.get(self.host, self.host)}:{self.port}"

    def __enter__(self) -> Self:
        check_free(self.host, self.port)
        try:
            for child in self._children:
                child.start()
            self._wait_until_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def watch(self, stop: threading.Event) -> None:
        """Keep everything running until told to stop. Raises ChildKeepsEnding."""
        while not stop.wait(LOOK_EVERY):
            if self._database is not None:
                self._database.ensure_running()
            for child in self._children:
                child.look()

    def _wait_until_ready(self) -> None:
        web = self._children[0]
        give_up = time.monotonic() + READY_WITHIN
        while not _answers(self.host, self.port):
            if not web.is_alive() or time.monotonic() > give_up:
                raise ChildKeepsEnding(web.name)
            time.sleep(0.05)

    def _stop(self) -> None:
        for child in self._children:
            child.stop()


def _web_command(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", "2", "--blocking-threads", "4"),
        *("--blocking-threads-idle-timeout", "600", "--log-level", "warning"),
        *("--workers-kill-timeout", "10", "--respawn-failed-workers"),
        "makegood.project.wsgi:application",
    ]


def _answers(host: str, port: int) -> bool:
    """Whether the first page answers, whatever it says."""
    request = f"HEAD {FIRST_PAGE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((ANY_ADDRESS.get(host, host), port), timeout=5) as connection:
            connection.settimeout(30)
            connection.sendall(request.encode())
            return connection.recv(8) == b"HTTP/1.1"
    except OSError:
        return False


def check_free(host: str, port: int) -> None:
    """Raise PortTaken when something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(host, port) from error


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set, instead of interrupting whatever runs."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: told.set())
    return told
