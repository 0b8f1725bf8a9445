"""Local times around a change of clocks: what never was is refused, what was twice is taken as the later."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.imports.tests.logs import Importer, call, only_charge, rejected, write_csv


def local(text: str, call_id: str = "c1") -> dict[str, str]:
    """A call at a local time."""
    return call(call_id=call_id, started_at=text, ended_at="")


def test_times_around_the_gap(load: Importer, log: Path) -> None:
    rows = [
        local("2026-03-08 01:59:59", "before"),
        local("2026-03-08 02:30:00", "gap"),
        local("2026-03-08 03:00:00", "after"),
    ]
    answer = load(write_csv(log, rows), timezone="America/New_York")
    assert (answer.tally.imported, answer.tally.rejected) == (2, 1)
    (row,) = rejected(log)
    assert (row["code"], row["reason"]) == (
        "NONEXISTENT_TIME",
        '"2026-03-08 02:30:00" in column started_at never happened in America/New_York:'
        " clocks were put forward over it. Is the zone right?",
    )
    assert Charge.objects.get(external_id="before").occurred_at == datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC)
    assert Charge.objects.get(external_id="after").occurred_at == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)


def test_a_time_that_happened_twice_is_the_later_one(load: Importer, log: Path) -> None:
    answer = load(write_csv(log, [local("2026-11-01 01:30:00")]), timezone="America/New_York")
    assert only_charge().occurred_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert answer.messages == (
        "1 calls fell into an hour that happened twice in America/New_York, when clocks were put back;"
        " the later one was taken.",
    )


@pytest.mark.parametrize(
    ("zone", "text", "utc"),
    [
        ("Asia/Kolkata", "2026-03-08 02:30:00", datetime(2026, 3, 7, 21, 0, tzinfo=UTC)),
        ("Australia/Lord_Howe", "2026-04-05 01:45:00", datetime(2026, 4, 4, 15, 15, tzinfo=UTC)),
    ],
)
def test_zones_with_half_hours(load: Importer, log: Path, zone: str, text: str, utc: datetime) -> None:
    load(write_csv(log, [local(text)]), timezone=zone)
    assert only_charge().occurred_at == utc


def test_an_offset_needs_no_zone_and_settles_the_hour(load: Importer, log: Path) -> None:
    load(write_csv(log, [local("2026-11-01T01:30:00-04:00")]))
    assert only_charge().occurred_at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
