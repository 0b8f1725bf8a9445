"""The background owner behind `makegood db start`: runs the server, restarts it if it is killed, ends on
SIGTERM."""

import signal
import sys
import threading
from pathlib import Path

from makegood.project.postgres.errors import PostgresProblem
from makegood.project.postgres.server import EmbeddedServer

LOOK_EVERY = 0.5


def run(data_dir: Path) -> None:
    """Own the server until told to stop. Raises the classes of errors.py."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: told.set())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with EmbeddedServer(data_dir, kind="background") as server:
        server.ensure_database()
        while not told.wait(LOOK_EVERY):
            server.ensure_running()


if __name__ == "__main__":
    try:
        run(Path(sys.argv[1]))
    except PostgresProblem as problem:
        sys.stderr.write(problem.message + "\n")
        sys.exit(1)
