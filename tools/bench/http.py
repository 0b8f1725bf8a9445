"""Create and adjust over HTTP, beside pgbench running the statements of the same requests, at 1 and 16 connections."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from tools.bench import processor_time
from tools.bench.http_world import INVOICE, WORDS, Desk, build_desk, settle_down, web_server
from tools.bench.load import drive
from tools.bench.recorded import Said, Script, bench, recorded
from tools.bench.report import Measure

SIZE = 3_200
ROUNDS = 3
CONNECTIONS = (1, 16)
TARGET = 0.4
AT_LEAST_OF = 16
"""The connections at which the targets hold; with one the answer waits for the disk."""
MOST_DATABASE = 1.3
MOST_SERVER_MS = 0.7
_WARM = 1_500
_SETTLED_S = 0.3
"""After so long the server has counted what its ended children took."""


@dataclass
class Side:
    """What one side did: operations, wall seconds, and processor seconds of the database and of the web server."""

    done: int = 0
    seconds: float = 0.0
    database_s: float = 0.0
    server_s: float = 0.0

    @property
    def per_second(self) -> float:
        return self.done / self.seconds

    @property
    def database_ms(self) -> float:
        return 1000 * self.database_s / self.done

    @property
    def server_ms(self) -> float:
        return 1000 * self.server_s / self.done


@dataclass
class Prepared:
    """Work that is ready to be sent: requests for us, and a script with its first numbers for pgbench."""

    requests: Sequence[bytes]
    scripted: Callable[[], Script]


@dataclass
class Work:
    """An operation over HTTP: how requests and scripts of it are made, ``size`` at a time."""

    name: str
    ready: Callable[[Desk, int], Prepared]
    sides: dict[int, tuple[Side, Side]] = field(default_factory=dict)


def run(size: int = SIZE, rounds: int = ROUNDS) -> list[Measure]:
    """Both operations in turn with pgbench; every run works on rows of its own."""
    desk = build_desk()
    desk.disputes(_WARM)
    works = [Work("create over HTTP", _creating), Work("adjust over HTTP", _adjusting)]
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder, web_server(Path(folder)) as place:
        for work in works:
            work.sides = {connections: (Side(), Side()) for connections in CONNECTIONS}
            for _ in range(rounds):
                for connections, (ours, theirs) in work.sides.items():
                    count = size if connections > 1 else size // 8
                    ready = work.ready(desk, count)
                    settle_down()
                    _drive(ours, place, ready.requests, connections)
                    script = work.ready(desk, count).scripted()
                    settle_down()
                    _bench(theirs, script, Path(folder), count // connections, connections)
    return [_measure(work, connections) for work in works for connections in CONNECTIONS]


def _drive(side: Side, place: tuple[str, int], requests: Sequence[bytes], connections: int) -> None:
    with _timed(side):
        driven = drive(*place, requests, connections)
    if set(driven.statuses) != {201}:
        raise RuntimeError(f"not everything was done: {driven.statuses}")
    side.done, side.seconds = side.done + len(requests), side.seconds + driven.seconds


def _bench(side: Side, script: Script, folder: Path, each: int, clients: int) -> None:
    with _timed(side):
        benched = bench(script, folder / "script.sql", each=each, clients=clients)
    side.done, side.seconds = side.done + benched.done, side.seconds + benched.done / benched.per_second


@contextmanager
def _timed(side: Side) -> Iterator[None]:
    postmaster, server = _postmaster(), processor_time.child_named("granian")
    database_s, server_s = processor_time.seconds_of(postmaster), processor_time.seconds_of(server)
    yield
    time.sleep(_SETTLED_S)
    side.database_s += processor_time.seconds_of(postmaster) - database_s
    side.server_s += processor_time.seconds_of(server) - server_s


def _postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (os.getpid(),)
    return processor_time.parent_of(pid)


def _creating(desk: Desk, count: int) -> Prepared:
    first, feature = desk.lines(count + 2)
    last = count + 1
    path = f"/api/customer/{desk.world.customer.pk}/dispute"

    def body(place: int) -> dict[str, Any]:
        return {"invoiceNumber": INVOICE, "featureID": feature + place, "amount": "45.00", "description": WORDS}

    def scripted() -> Script:
        desk.asked_here(path, body(0))  # so that what is remembered is
        with recorded() as told:
            desk.asked_here(path, body(last))
        filing = next(n for n, part in enumerate(told) if "INSERT INTO disputes_dispute" in part[0].query)
        public = next(value for value in _ones(told[filing][0]) if str(value).startswith("dsp_"))
        script = Script(
            {
                feature + last: ":feature",
                first + last: ":charge",
                public: "'dsp_' || :feature",
                _filed_on(first + last): ":id",
            }
        )
        script.lines += [f"\\set charge {first + 1} + :n", f"\\set feature {feature + 1} + :n"]
        for n, part in enumerate(told):
            script.add(part, keeps=n == filing)
        return script

    return Prepared([desk.request(path, body(place)) for place in range(1, last)], scripted)


def _adjusting(desk: Desk, count: int) -> Prepared:
    disputes = desk.disputes(count + 1)
    first, number = disputes[0].pk, disputes[0].number
    if disputes[-1].pk - first != count or disputes[-1].number - number != count:
        raise RuntimeError("the numbers of the disputes do not count on")
    body: dict[str, Any] = {}

    def path(place: int) -> str:
        return f"/api/customer/{desk.world.customer.pk}/dispute/{number + place}/adjustment"

    def scripted() -> Script:
        with recorded() as told:
            desk.asked_here(path(count), body)
        script = Script({first + count: ":dispute", f"D-{number + count}": "'D-' || :number"})
        script.lines += [f"\\set dispute {first} + :n", f"\\set number {number} + :n"]
        for part in told:
            script.add(part)
        return script

    return Prepared([desk.request(path(place), body) for place in range(count)], scripted)


def _filed_on(charge_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM disputes_dispute WHERE charge_id = %s", [charge_id])
        (pk,) = cursor.fetchone() or (0,)
    return int(pk)


def _ones(said: Said) -> list[Any]:
    return [value[0] for value in said.values if isinstance(value, list) and len(value) == 1]


def _measure(work: Work, connections: int) -> Measure:
    ours, theirs = work.sides[connections]
    strict = connections == AT_LEAST_OF
    database = ours.database_ms / theirs.database_ms
    return Measure(
        f"{work.name}, {connections} connections",
        ours.done,
        ours.seconds,
        theirs.seconds,
        TARGET if strict else 0.0,
        remarks=(
            f"; pgbench {theirs.per_second:,.0f}/s; database {ours.database_ms:.2f} and {theirs.database_ms:.2f} ms"
            f" ({database:.2f}, target {MOST_DATABASE}), server {ours.server_ms:.2f} ms (target {MOST_SERVER_MS})"
        ),
        holds_besides=not strict or (database <= MOST_DATABASE and ours.server_ms < MOST_SERVER_MS),
    )
