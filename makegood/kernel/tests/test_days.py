"""How days are written."""

from __future__ import annotations

from datetime import date

import pytest

from makegood.kernel.days import day_said, days_said


@pytest.mark.parametrize(("year", "said"), [(None, "5 Nov 2026"), (2026, "5 Nov"), (2027, "5 Nov 2026")])
def test_a_day_names_its_year_unless_it_is_the_present_one(year: int | None, said: str) -> None:
    assert day_said(date(2026, 11, 5), year) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), "1 to 30 Nov"),
        (date(2026, 11, 9), date(2026, 11, 9), "9 Nov"),
        (date(2026, 10, 15), date(2026, 11, 14), "15 Oct to 14 Nov"),
        (date(2025, 12, 15), date(2026, 1, 14), "15 Dec 2025 to 14 Jan"),
        (date(2025, 11, 1), date(2025, 11, 30), "1 to 30 Nov 2025"),
        (date(2025, 10, 15), date(2025, 11, 14), "15 Oct to 14 Nov 2025"),
        (date(2026, 11, 15), date(2027, 1, 14), "15 Nov 2026 to 14 Jan 2027"),
    ],
)
def test_a_stretch_says_month_and_year_once(first: date, last: date, said: str) -> None:
    assert days_said(first, last, 2026) == said
