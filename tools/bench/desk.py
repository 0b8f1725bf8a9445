"""`python -m tools.bench.at_the_desk`: the manager's pages on the large demo, in milliseconds on the server.

Makes `makegood demo --size large` in DATA first where it is not there (some minutes). Each page is asked many times in
this process, with other disputes, filters and places each time; what a network and a browser add is not in it. Beside
each page stands what the same rows and figures take in hand-written SQL (desk_by_hand.sql).
"""

from __future__ import annotations

import gc
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

import click
from django.db import connection, reset_queries, transaction
from django.test import Client

from makegood.parties.selectors import person_called
from makegood.project import assets
from makegood.project.cli.demo import prepare
from makegood.project.cli.environment import installed
from makegood.project.demo.seeding import SIZES
from tools.bench.desk_table import HEAD, Timed

TARGET_MS = 150
TIMES = 60
WARM = 5
ENOUGH_CHARGES, ENOUGH_DISPUTES = 1_000_000, 100_000
_OLDER = re.compile(r'rel="next" href="([^"]+)"')


_BY_HAND = Path(__file__).with_name("desk_by_hand.sql")
RUNS_BY_HAND = 9

Values = Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A page to measure: its addresses one after the other, the part of desk_by_hand.sql that asks the same of the
    database (empty where none is written) with its values; ``posts`` is the form that is sent, to be taken back."""

    name: str
    paths: Iterator[str]
    by_hand: str = ""
    values: Values = field(default_factory=dict)
    posts: Values | None = None


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("var/large"), show_default=True)
@click.option("--times", default=TIMES, show_default=True, help="How often each page is asked.")
@click.option("--seed", default=7, show_default=True, help="Another seed asks for other disputes.")
def desk(*, data: Path, times: int, seed: int) -> None:
    """Measure; exits with 1 when a page misses its target."""
    with installed(data, migrated=False) as place:
        prepare(place.data, rows=SIZES["large"], seed=42, reset=False)
        assets.collect_if_stale()
        charges, disputes = _counts()
        click.echo(f"{charges:,} charges, {disputes:,} disputes.")
        if charges < ENOUGH_CHARGES or disputes < ENOUGH_DISPUTES:
            raise click.ClickException("The demo is too small to say anything.")
        client = Client(SERVER_NAME="localhost")
        client.force_login(person_called("manager@demo.example"))
        rng = Random(seed)  # noqa: S311 - which disputes are looked at
        client.get("/queue/")
        # As the server does (makegood.project.wsgi).
        gc.collect()
        gc.freeze()
        click.echo(HEAD)
        missed = [found.name for found in _measured(client, rng, times) if not found.holds]
    if missed:
        click.echo(f"{len(missed)} above {TARGET_MS} ms at p95: {', '.join(missed)}.")
    sys.exit(1 if missed else 0)


def _measured(client: Client, rng: Random, times: int) -> Iterator[Timed]:
    for asked in _pages(client, rng):
        found = _timed(client, asked, list(islice(asked.paths, times + WARM)))
        click.echo(found.line())
        yield found


def _counts() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM billing_charge), (SELECT count(*) FROM disputes_dispute)")
        charges, disputes = cursor.fetchone() or (0, 0)
    return charges, disputes


def _labels(where: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT label FROM disputes_dispute WHERE {where} ORDER BY id")  # noqa: S608 - ours
        return [label for (label,) in cursor.fetchall()]


def _disputed(whose: str, column: str) -> list[object]:
    """Whose calls are disputed: customers or vendors, by one of their columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT p.{column} FROM disputes_dispute d JOIN billing_charge c ON c.id = d.charge_id"  # noqa: S608
            f" JOIN parties_{whose} p ON p.id = c.{whose}_id ORDER BY 1"
        )
        return [value for (value,) in cursor.fetchall()]


def _pages(client: Client, rng: Random) -> Iterator[Asked]:
    waiting = _labels("stage = 'pending'")
    decided = _labels("stage IN ('resolved', 'closed')")
    vendors, buyers = _disputed("vendor", "id"), _disputed("customer", "number")

    def one_of(values: Sequence[object], path: str) -> Iterator[str]:
        while True:
            yield path.format(rng.choice(values))

    yield Asked("queue, by deadline", _again("/queue/"), "queue")
    yield Asked("queue, four pages deep", _deep(client, "/queue/", 4))
    yield Asked("queue, everything", _again("/queue/?tab=all"))
    yield Asked("queue, everything, deep", _deep(client, "/queue/?tab=all", 4))
    yield Asked("queue, decided today", _again("/queue/?tab=decided"))
    yield Asked("queue, one vendor", one_of(vendors, "/queue/?vendor={}"))
    yield Asked("queue, one buyer", one_of(buyers, "/queue/?buyer={}"))
    yield Asked("queue, by caller", _again("/queue/?group=caller"))
    yield Asked("queue, by vendor", _again("/queue/?group=vendor"))
    yield Asked("lane", one_of(waiting, "/lane/{}/"), "lane", {"label": waiting[0]})
    press = {"kind": "accept", "pressed": "accept"}
    yield Asked("lane, key to next case", one_of(waiting, "/lane/{}/decide/"), posts=press)
    yield Asked("detail, waiting", one_of(waiting, "/disputes/{}/"), "detail", {"label": waiting[0]})
    yield Asked("detail, decided", one_of(decided, "/disputes/{}/"), "detail", {"label": decided[0]})
    for tab in ("money", "policy", "similar", "audit"):
        yield Asked(f"detail, {tab}", one_of(decided, "/disputes/{}/?tab=" + tab))
    yield Asked("quality", _again("/quality/"))
    for by in ("vendor", "campaign", "buyer", "reason"):
        yield Asked(f"quality, by {by}", _again(f"/quality/?by={by}"), "quality", {"by": by})
    yield Asked("exposure", _again("/exposure/"))
    yield Asked("approvals", _again("/approvals/"))


def _again(path: str) -> Iterator[str]:
    while True:
        yield path


def _deep(client: Client, path: str, pages: int) -> Iterator[str]:
    """The addresses of the pages behind the first, as its links lead there."""
    found, here = [], path
    for _ in range(pages):
        link = _OLDER.search(client.get(here).content.decode())
        if link is None:
            break
        here = path.partition("?")[0] + link[1].replace("&amp;", "&")
        found.append(here)
    while found:
        yield from found


def _timed(client: Client, asked: Asked, paths: Sequence[str]) -> Timed:
    took: list[tuple[float, float]] = []
    statements = 0
    for place, path in enumerate(paths):
        took.append(_seconds(lambda path=path: _answered(client, path, asked.posts)))  # type: ignore[misc]
        if place == WARM:
            statements = _statements(client, path, asked.posts)
    kept = took[WARM:]
    each = sorted(round(wall * 1000) for wall, _ in kept)
    cpu = round(statistics.median(own for _, own in kept) * 1000)
    by_hand = _by_hand(asked.by_hand, asked.values) if asked.by_hand else 0.0
    return Timed(asked.name, each, cpu, statements, by_hand, TARGET_MS)


def _seconds(work: Callable[[], None]) -> tuple[float, float]:
    """Wall seconds, and seconds of this process's own work."""
    wall, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - own


def _answered(client: Client, path: str, posts: Values | None) -> None:
    """Ask for a page, or send a form as htmx does; what the form did is taken back."""
    if posts is None:
        response = client.get(path)
    else:
        with transaction.atomic():
            response = client.post(path, posts, headers={"HX-Request": "true"})
            transaction.set_rollback(True)
    if response.status_code != 200:
        raise click.ClickException(f"{path} answered {response.status_code}")


def _statements(client: Client, path: str, posts: Values | None) -> int:
    reset_queries()
    connection.force_debug_cursor = True
    try:
        _answered(client, path, posts)
        return len(connection.queries)
    finally:
        connection.force_debug_cursor = False


def _by_hand(name: str, values: Values) -> float:
    """The median milliseconds of the hand-written statements of that name, their rows read."""
    text = _BY_HAND.read_text().partition(f"-- name: {name}\n")[2].partition("-- name:")[0]
    statements = [one for one in text.split(";\n") if one.strip()]
    times = []
    for _ in range(RUNS_BY_HAND):
        started = time.perf_counter()
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, values)
                cursor.fetchall()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000
