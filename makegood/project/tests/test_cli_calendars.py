"""The commands around calendars: what they print, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from makegood.disputes.models import Calendar
from makegood.project.cli import COMMANDS, calendars
from makegood.project.problems import OperatorProblem
from tests.refusals import unchanged

Ran = Callable[..., Result]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs a command on the test's database, which stands for the installation."""
    monkeypatch.setattr(calendars, "installed", lambda data: nullcontext())
    return lambda *words: CliRunner().invoke(calendars.calendar_group, words)


def test_a_calendar_of_a_file_and_of_the_federal_rule(ran: Ran, tmp_path: Path) -> None:
    assert "calendar" in COMMANDS
    assert ran("list").stdout == "No calendar so far: Monday to Friday count, in each program's zone.\n"
    days = tmp_path / "days.csv"
    days.write_text("2026-12-24,Christmas Eve, half a day\n\n2026-12-25,Christmas\n", encoding="utf-8")
    words = ("--zone", "America/New_York", "--opens-at", "08:30", "--closes-at", "17:00", "--holidays", str(days))
    result = ran("set", "desk", *words, "--holidays-of", "us", "--years", "2026-2026")
    assert result.exit_code == 0, result.output
    assert result.stdout == 'The calendar "desk" has 13 holidays. A program counts by it with sla.calendar: desk.\n'
    calendar = Calendar.objects.get(key="desk")
    assert calendar.holidays.get(on=date(2026, 12, 24)).name == "Christmas Eve, half a day"
    assert calendar.holidays.get(on=date(2026, 12, 25)).name == "Christmas"
    assert ran("list").stdout.splitlines() == [
        "Calendar  Zone              Open                 From   Until  Holidays",
        "desk      America/New_York  mon,tue,wed,thu,fri  08:30  17:00  13",
    ]
    (row,) = json.loads(ran("list", "--json").stdout)
    assert (row["weekdays"], row["closes_at"], len(row["holidays"])) == (
        ["mon", "tue", "wed", "thu", "fri"],
        "17:00",
        13,
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--weekdays", "mon,funday"), '"funday" is no weekday; write them as mon,tue,wed.'),
        (("--holidays-of", "US", "--years", "2030-2026"), '"2030-2026" are no years; write them as 2026-2030.'),
        (("--holidays-of", "US"), '"" are no years; write them as 2026-2030.'),
        (
            ("--holidays-of", "DE-NY", "--years", "2026-2027"),
            'No holidays are known of "NY" in Germany. Name a country, or one of its regions: US, US-NY, DE-BY.',
        ),
    ],
)
def test_what_cannot_be_read_is_refused(ran: Ran, words: tuple[str, ...], sentence: str) -> None:
    with unchanged():
        result = ran("set", "desk", "--zone", "UTC", *words)
    assert isinstance(result.exception, OperatorProblem)
    assert result.exception.message == sentence


def test_a_holiday_file_shows_the_line_that_is_wrong(ran: Ran, tmp_path: Path) -> None:
    days = tmp_path / "days.csv"
    days.write_text("2026-12-24,Christmas Eve\n25.12.2026,Christmas\n", encoding="utf-8")
    with unchanged():
        result = ran("set", "desk", "--zone", "UTC", "--holidays", str(days))
    assert isinstance(result.exception, OperatorProblem)
    assert result.exception.message == (
        'Line 2: "25.12.2026,Christmas" is no day; write it as 2026-12-25,Christmas Day. Nothing was stored.'
    )
