"""What tells whether work goes on: queries with a limit, so that whoever looks sees what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection


class Unit(StrEnum):
    """What a check measures."""

    SECONDS = "seconds"
    COUNT = "count"


@dataclass(frozen=True)
class Check:
    """A query whose rows are (what, number); ``what`` may be empty. It may ask for ``%(now)s``.

    It is fine while no number is above ``most``, in ``unit``; ``advice`` says what to do when one is.
    """

    name: str
    query: str
    unit: Unit
    most: int
    advice: str


@dataclass(frozen=True)
class Reading:
    """One number that a check gave."""

    what: str
    number: int
    is_fine: bool


@dataclass(frozen=True)
class Checked:
    """A check and what it gave; without rows there was nothing to measure."""

    check: Check
    readings: tuple[Reading, ...]

    @property
    def is_fine(self) -> bool:
        """Whether every number is within the limit."""
        return all(reading.is_fine for reading in self.readings)


def look(checks: Iterable[Check], now: datetime) -> tuple[Checked, ...]:
    """Ask every check, in order."""
    found: list[Checked] = []
    with connection.cursor() as cursor:
        for check in checks:
            cursor.execute(check.query, {"now": now})
            rows = [(str(what), int(number or 0)) for what, number in cursor.fetchall()]
            found.append(Checked(check, tuple(Reading(what, n, n <= check.most) for what, n in rows)))
    return tuple(found)
