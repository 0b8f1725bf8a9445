"""`makegood calendar`: the business days that clocks count by."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from makegood.disputes import operations
from makegood.disputes.policy.public_holidays import public_holidays
from makegood.disputes.selectors.calendars import calendars
from makegood.parties.entries import SYSTEM
from makegood.project.cli.environment import data_option, installed
from makegood.project.problems import OperatorProblem
from makegood.project.tables import table

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEARS = re.compile(r"(\d{4})-(\d{4})")


class BadHolidays(OperatorProblem):
    """A line of the file is no holiday."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f'Line {line}: "{text}" is no day; write it as 2026-12-25,Christmas Day. Nothing was stored.')


class BadWeekday(OperatorProblem):
    """A word is no weekday."""

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text}" is no weekday; write them as mon,tue,wed.')


class BadYears(OperatorProblem):
    """The years cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text}" are no years; write them as 2026-2030.')


class BadPlace(OperatorProblem):
    """Nobody knows the holidays of that place."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"{cause[:1].upper()}{cause[1:]}. Name a country, or one of its regions: US, US-NY, DE-BY.")


@click.group("calendar")
def calendar_group() -> None:
    """When work is done: weekdays, hours and holidays."""


@calendar_group.command("set")
@click.argument("key")
@click.option("--zone", required=True, metavar="ZONE", help="Where the days begin and end: America/New_York.")
@click.option("--name", default="", help="What people call it; the key otherwise.")
@click.option("--weekdays", default="mon,tue,wed,thu,fri", show_default=True, help="The days that are open.")
@click.option("--opens-at", type=click.DateTime(formats=["%H:%M"]), metavar="HH:MM",
              help="When a day begins; midnight otherwise.")  # fmt: skip
@click.option("--closes-at", type=click.DateTime(formats=["%H:%M"]), metavar="HH:MM",
              help="When a day ends; midnight otherwise.")  # fmt: skip
@click.option("--holidays", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="CSV lines: day, name.")  # fmt: skip
@click.option("--holidays-of", "place", metavar="COUNTRY[-REGION]",
              help="The public holidays of a place: US (federal), US-NY, DE-BY. Needs --years.")  # fmt: skip
@click.option("--years", metavar="YEAR-YEAR", default="", help="The years of --holidays-of: 2026-2030.")
@data_option
def set_(
    *,
    key: str,
    zone: str,
    name: str,
    weekdays: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    holidays: Path | None,
    place: str | None,
    years: str,
    data: Path,
) -> None:
    """Make or replace a calendar. Clocks that run keep the deadlines they have."""
    closed = (_public(place, years) if place else {}) | (_read(holidays) if holidays else {})
    begins, ends = (None if at is None else at.time() for at in (opens_at, closes_at))
    with installed(data):
        operations.set_calendar(
            SYSTEM,
            key=key,
            name=name or key,
            zone=zone,
            holidays=closed,
            weekdays=_open_on(weekdays.split(",")),
            opens_at=begins,
            closes_at=ends,
        )
    click.echo(f'The calendar "{key}" has {len(closed)} holidays. A program counts by it with sla.calendar: {key}.')


@calendar_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@data_option
def list_(*, as_json: bool, data: Path) -> None:
    """Show the calendars."""
    with installed(data):
        rows: list[dict[str, Any]] = [
            {
                "key": key,
                "zone": str(days.zone),
                "weekdays": [WEEKDAYS[day] for day in sorted(days.weekdays)],
                "opens_at": days.opens_at.isoformat("minutes") if days.opens_at else "00:00",
                "closes_at": days.closes_at.isoformat("minutes") if days.closes_at else "24:00",
                "holidays": [day.isoformat() for day in sorted(days.holidays)],
            }
            for key, (_, days) in calendars().items()
        ]
    if as_json:
        click.echo(json.dumps(rows))
    elif rows:
        lines = [
            (
                row["key"],
                row["zone"],
                ",".join(row["weekdays"]),
                row["opens_at"],
                row["closes_at"],
                str(len(row["holidays"])),
            )
            for row in rows
        ]
        click.echo(table(("Calendar", "Zone", "Open", "From", "Until", "Holidays"), lines))
    else:
        click.echo("No calendar so far: Monday to Friday count, in each program's zone.")


def _open_on(words: Sequence[str]) -> frozenset[int]:
    days = set()
    for word in words:
        if word.strip().lower() not in WEEKDAYS:
            raise BadWeekday(word)
        days.add(WEEKDAYS.index(word.strip().lower()))
    return frozenset(days)


def _public(place: str, years: str) -> dict[date, str]:
    found = _YEARS.fullmatch(years.strip())
    if found is None or int(found[1]) > int(found[2]):
        raise BadYears(years)
    country, _, region = place.strip().partition("-")
    try:
        return public_holidays(country.upper(), region, int(found[1]), int(found[2]))
    except ValueError as error:
        raise BadPlace(str(error)) from error


def _read(file: Path) -> dict[date, str]:
    """The days of a file by date; the first line that is none is refused."""
    closed = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        for row in reader:
            if not row:
                continue
            try:
                closed[date.fromisoformat(row[0].strip())] = ",".join(row[1:]).strip()
            except ValueError as error:
                raise BadHolidays(reader.line_num, ",".join(row)) from error
    return closed
