"""`makegood serve` as a whole: it answers, heals, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from makegood.project import processes
from makegood.project.postgres.record import read
from makegood.project.serving import PortTaken, Site
from makegood.project.tests.servers import environment, eventually, place

pytestmark = pytest.mark.slow

SHEET = "/static/tabler/tabler.min.css"


@dataclass(frozen=True)
class Served:
    """A running `makegood serve`."""

    process: subprocess.Popen[str]
    base_url: str
    data: Path

    def answers(self) -> bool:
        """Whether a style sheet comes back."""
        try:
            with urllib.request.urlopen(self.base_url + SHEET, timeout=10) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except OSError:
            return False

    def descendants(self) -> set[int]:
        """Every live process below it."""
        found = {self.process.pid}
        for _ in range(4):
            found |= {pid for pid in _everybody() if _parent(pid) in found}
        return found - {self.process.pid}


def _everybody() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@contextmanager
def served(data: Path) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-m", "makegood.project.cli", "serve", "--port", "0", "--data", str(data)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(MAKEGOOD_TESTING="0", PYTHONUNBUFFERED="1"),
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        address = re.search(r"http://[0-9.:]+", said)
        assert address, said
        yield Served(process, address[0], data)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def data() -> Iterator[Path]:
    with place() as directory:
        yield directory


def test_site_answers_heals_its_database_and_stops_on_ctrl_c(data: Path) -> None:
    with served(data) as site:
        assert site.answers()
        below = site.descendants()
        assert len(below) > 3
        first = read(data / "postgres.json")
        assert first is not None
        os.kill(first.server_pid, signal.SIGKILL)
        assert eventually(lambda: (now := read(data / "postgres.json")) is not None and now != first)
        assert site.answers()
        below |= site.descendants()
        site.process.send_signal(signal.SIGINT)
        assert site.process.wait(60) == 0
        assert site.process.stdout is not None
        assert site.process.stdout.read() == "Stopped.\n"
        assert [pid for pid in below if processes.is_alive(pid)] == []


def test_killed_command_takes_everything_along(data: Path) -> None:
    with served(data) as site:
        below = site.descendants()
        site.process.kill()
        assert eventually(lambda: not any(processes.is_alive(pid) for pid in below))


def test_taken_port_is_said_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        site = Site(port=other.getsockname()[1])
        with pytest.raises(PortTaken, match="Choose another with --port"), site:
            pass
