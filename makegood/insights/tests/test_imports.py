"""What imports and corrections do to the roll-up, by their own events: the law holds after each."""

from __future__ import annotations

from pathlib import Path

import pytest

from makegood.imports.entries import Options
from makegood.imports.models import Correction
from makegood.imports.operations import accept_correction, import_calls
from makegood.imports.tests.logs import call, write_csv
from makegood.insights.models import CohortDay
from makegood.insights.selectors.laws import LAWS
from makegood.insights.tests.world import catch_up
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from tests.world import World

Log = list[tuple[str, int, int, int, int]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "calls.csv"


def bring(world: World, path: Path, *calls: dict[str, str]) -> Log:
    """Import calls, read on, and give the days as they are counted then."""
    answer = import_calls(SYSTEM, path=write_csv(path, calls), options=Options(program=world.program.key))
    assert answer.tally.rejected == 0, answer.messages
    return counted()


def counted() -> Log:
    catch_up()
    assert list(broken(LAWS)) == []
    rows = CohortDay.objects.order_by("day")
    found = rows.values_list("day", "charges", "billed", "billed_micros", "payout_micros")
    return [(day.isoformat(), charges, billed, micros, payout) for day, charges, billed, micros, payout in found]


def test_an_import_is_counted_by_its_days(world: World, log: Path) -> None:
    late = {"started_at": "2026-03-03T13:09:14Z", "ended_at": "2026-03-03T13:10:13Z"}
    found = bring(world, log, call(), call(call_id="c2", converted="no"), call(call_id="c3", **late))
    assert found == [
        ("2026-03-02", 2, 1, 99_500_000, 120_000_000),
        ("2026-03-03", 1, 1, 99_500_000, 60_000_000),
    ]


def test_the_same_file_again_changes_nothing(world: World, log: Path) -> None:
    first = bring(world, log, call(), call(call_id="c2"))
    assert bring(world, log, call(), call(call_id="c2")) == first


def test_a_call_that_is_billed_later_and_moved_leaves_its_old_day(world: World, log: Path) -> None:
    bring(world, log, call(converted="no"))
    moved = {"started_at": "2026-03-09T13:09:14Z", "ended_at": "2026-03-09T13:10:13Z"}
    assert bring(world, log, call(**moved)) == [("2026-03-09", 1, 1, 99_500_000, 60_000_000)]


def test_a_corrected_charge_is_counted_once_as_it_stands(world: World, log: Path, manager: Principal) -> None:
    bring(world, log, call())
    bring(world, log, call(revenue="80.00"))
    waiting = list(Correction.objects.values_list("pk", flat=True))
    [answer] = accept_correction(SYSTEM, ids=waiting)
    assert answer.ok, answer
    assert counted() == [("2026-03-02", 1, 1, 80_000_000, 60_000_000)]
