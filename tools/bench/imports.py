r"""Import a call log beside psql's ``\copy`` of the finished rows into the same table on the same server."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from makegood.imports.entries import Options
from makegood.imports.operations import import_calls
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.project.demo.generator import write
from makegood.project.first_run import KEY, ensure_program
from makegood.project.postgres import binaries
from tools.bench.report import Measure

ROWS = 1_000_000
ROUNDS = 1
TARGET = 0.5
MOST_MB = 200
_FEW = 2_000


def run(rows: int = ROWS, rounds: int = ROUNDS) -> Measure:
    r"""Measure ours and ``\copy`` in turn; both start from an empty table with the same constraints and indexes."""
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder:
        return _measure(Path(folder), rows, rounds)


def _measure(folder: Path, rows: int, rounds: int) -> Measure:
    log, finished = folder / "calls.csv", folder / "finished.tsv"
    ensure_program()
    write(log, folder / "truth.csv", rows=rows, seed=42, now=clock.now(), told=lambda done: None)
    _make_parties(log, folder)
    ours: list[float] = []
    by_hand: list[float] = []
    peaks: list[int] = []
    for _ in range(rounds):
        _empty_table()
        seconds, peak_mb = _import_alone(log)
        ours.append(seconds)
        peaks.append(peak_mb)
        _psql(f"\\copy billing_charge to '{finished}'")
        _empty_table()
        by_hand.append(_seconds(lambda: _psql(f"\\copy billing_charge from '{finished}'")))
        if _charges() != rows:
            raise RuntimeError("the two sides did not load the same rows")
    return Measure(
        "import",
        rows,
        statistics.median(ours),
        statistics.median(by_hand),
        TARGET,
        remarks=f"; ours {_list(ours)}, \\copy {_list(by_hand)}; peak {max(peaks)} MB (target under {MOST_MB} MB)",
        holds_besides=max(peaks) < MOST_MB,
    )


def _list(times: list[float]) -> str:
    return "/".join(f"{t:.1f}" for t in times)


def _make_parties(log: Path, folder: Path) -> None:
    """Import rows from all over the log once, which makes the parties, so that both sides write charges alone."""
    some = folder / "some.csv"
    lines = sum(1 for _ in log.open(encoding="ascii"))
    step = max(1, lines // _FEW)
    with log.open(encoding="ascii") as source, some.open("w", encoding="ascii") as target:
        target.writelines(line for place, line in enumerate(source) if place == 0 or place % step == 1 or step == 1)
    import_calls(SYSTEM, path=some, options=Options(program=KEY, create_parties=True))


def _import_alone(log: Path) -> tuple[float, int]:
    """In a process of its own, so that its memory is its own: seconds of the operation, and peak megabytes."""
    command = [sys.executable, "-m", "tools.bench.import_alone", str(log), "--program", KEY]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer["seconds"], answer["peak_mb"]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _empty_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # tables that are never emptied otherwise
        cursor.execute("TRUNCATE billing_charge CASCADE")
        cursor.execute("RESET session_replication_role")
        cursor.execute("CHECKPOINT")


def _charges() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM billing_charge")
        (count,) = cursor.fetchone() or (0,)
        return int(count)


def _psql(command: str) -> None:
    psql = binaries.find().program("psql")
    subprocess.run(
        [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", os.environ["DATABASE_URL"], "--command", command],
        check=True,
    )
