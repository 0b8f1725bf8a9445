"""Holidays of countries and regions, as they are proposed to calendars."""

from __future__ import annotations

from datetime import date

import pytest

from makegood.disputes.policy.public_holidays import countries, place_words, public_holidays, regions


def test_the_federal_calendar_is_the_published_one() -> None:
    found = public_holidays("US", "", 2026, 2027)
    assert [(day.isoformat(), name) for day, name in found.items() if day.year == 2026 and day.weekday() < 5] == [
        ("2026-01-01", "New Year's Day"),
        ("2026-01-19", "Birthday of Martin Luther King, Jr."),
        ("2026-02-16", "Washington's Birthday"),
        ("2026-05-25", "Memorial Day"),
        ("2026-06-19", "Juneteenth National Independence Day"),
        ("2026-07-03", "Independence Day (observed)"),
        ("2026-09-07", "Labor Day"),
        ("2026-10-12", "Columbus Day"),
        ("2026-11-11", "Veterans Day"),
        ("2026-11-26", "Thanksgiving Day"),
        ("2026-12-25", "Christmas Day"),
    ]
    # January 1, 2028 is a Saturday, so it is observed in the year before; July 4, 2027 is a Sunday.
    assert {date(2027, 12, 31), date(2027, 7, 5)} <= found.keys()
    assert place_words("US", "") == "United States, federal"


def test_a_region_has_days_of_its_own() -> None:
    epiphany = date(2026, 1, 6)
    assert public_holidays("DE", "BY", 2026, 2026)[epiphany] == "Epiphany"
    assert epiphany not in public_holidays("DE", "", 2026, 2026)
    assert ("BY", "Bayern") in regions("DE")
    assert dict(countries())["IN"] == "India"
    assert (place_words("DE", "BY"), place_words("DE", "")) == ("Bayern, Germany", "Germany")
    assert regions("XX") == ()


@pytest.mark.parametrize(
    ("country", "region", "first", "last", "sentence"),
    [
        ("XX", "", 2026, 2026, 'no holidays are known of the country "XX"'),
        ("DE", "NY", 2026, 2026, 'no holidays are known of "NY" in Germany'),
        ("DE", "", 2027, 2026, "years are from 1971 to 2199"),
        ("DE", "", 1800, 2026, "years are from 1971 to 2199"),
    ],
)
def test_what_is_not_known_is_refused(country: str, region: str, first: int, last: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        public_holidays(country, region, first, last)
