"""A check tells what can still be contested, by rule and by likely reason, and stores nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from makegood.imports.entries import CheckAnswer, Options
from makegood.imports.operations import check_calls
from makegood.imports.tests.logs import Importer, call, write_csv
from makegood.imports.tests.test_import_calls import stored
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from tests.world import World

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


def billed(call_id: str, hours_ago: int, **facts: str) -> dict[str, str]:
    """A call billed so long ago, from a caller of its own."""
    at = NOW - timedelta(hours=hours_ago)
    number = sum(map(ord, call_id))
    return call(
        call_id=call_id,
        started_at=(at - timedelta(minutes=1)).isoformat(),
        ended_at=at.isoformat(),
        **{"caller": f"+1202555{number:04d}", "campaign_id": "K1", "billable_after_s": "30", **facts},
    )


def checked(world: World, path: Path, window_hours: int | None = None) -> CheckAnswer:
    """What a check of the file says at noon of that day."""
    with clock.frozen(NOW):
        return check_calls(SYSTEM, path=path, options=Options(program=world.program.key), window_hours=window_hours)


@pytest.fixture
def path(log: Path) -> Path:
    """Six calls: two plain, one late, one unbilled, one short, one unanswered."""
    return write_csv(
        log,
        [
            billed("plain", 10),
            billed("edge", 46),
            billed("late", 72),
            billed("free", 10, converted="no"),
            billed("short", 10, connected_s="4"),
            billed("unheard", 10, connected_s="0", answered="no"),
        ],
    )


def test_without_a_window_everything_billed_can_be_contested(world: World, path: Path) -> None:
    answer = checked(world, path)
    assert (answer.contestable.calls, answer.contestable.sums) == (5, {"USD": 497_500_000})
    assert (answer.closes_at, answer.has_window) == (None, False)
    assert [(found.code, found.calls) for found in answer.rules] == [("NOT_BILLED", 1)]


def test_a_window_closes_call_by_call(world: World, path: Path) -> None:
    answer = checked(world, path, window_hours=48)
    assert (answer.contestable.calls, answer.contestable.sums) == (4, {"USD": 398_000_000})
    assert answer.closes_at == NOW + timedelta(hours=2)
    rules = {found.code: (found.calls, dict(found.sums), found.sentence) for found in answer.rules}
    assert rules == {
        "NOT_BILLED": (1, {"USD": 0}, "Only billed items can be disputed."),
        "WINDOW_EXPIRED": (1, {"USD": 99_500_000}, "Billed 3 days ago; the limit is 2 days."),
    }


def test_likely_reasons_are_told_once_per_call(world: World, log: Path) -> None:
    rows = [
        billed("unheard", 10, connected_s="0", answered="no", caller="anonymous"),
        billed("gone", 10, connected_s="4"),
        billed("brief", 10, connected_s="20"),
        billed("first", 30, caller="+12025550100"),
        billed("again", 10, caller="+12025550100"),
        billed("elsewhere", 9, caller="+12025550100", campaign_id="K2"),
        billed("hidden", 10, caller=""),
        billed("fine", 10),
    ]
    answer = checked(world, write_csv(log, rows))
    assert [(found.code, found.reason, found.calls) for found in answer.signs] == [
        ("NOT_CONNECTED", "TECHNICAL", 1),
        ("HUNG_UP_IMMEDIATELY", "TECHNICAL", 1),
        ("BELOW_BILLABLE_DURATION", "NOT_QUALIFIED", 1),
        ("DUPLICATE", "DUPLICATE", 1),
        ("WITHHELD", "SPAM", 1),
    ]


def test_a_check_stores_nothing_and_writes_no_rejects(world: World, log: Path) -> None:
    path = write_csv(log, [billed("a", 10, buyer_id="N1"), billed("b", 10, revenue="x")])
    before = stored()
    answer = checked(world, path)
    assert (answer.contestable.calls, answer.imported.tally.rejected) == (1, 1)
    assert stored() == before
    assert not log.with_name("calls.rejects.csv").exists()


def test_calls_that_were_imported_before_are_judged_too(world: World, load: Importer, path: Path) -> None:
    load(path, create_parties=True)
    assert checked(world, path, window_hours=48).contestable.calls == 4


def test_the_answer_as_json(world: World, path: Path) -> None:
    said = checked(world, path, window_hours=48).as_json()
    assert said["contestable"] == {"calls": 4, "sums": {"USD": "398.00"}}
    assert said["next_window_closes_at"] == "2026-03-05T14:00:00+00:00"
    assert said["billed"] == {"calls": 5, "sums": {"USD": "497.50"}}
    assert said["by_likely_reason"][0] == {
        "code": "NOT_CONNECTED",
        "reason": "TECHNICAL",
        "sentence": "Billed although nobody answered.",
        "calls": 1,
        "sums": {"USD": "99.50"},
    }
