"""Public holidays of countries and their parts, as the ``holidays`` library knows them.

They are a proposal: a calendar keeps the days that were taken over from it, so a newer library moves no old deadline.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays
from babel import Locale

FEDERAL = "US"
_ENGLISH, _LONGEST_NAME = "en_US", 200
FIRST_YEAR, LAST_YEAR = 1971, 2199


@lru_cache(maxsize=1)
def countries() -> tuple[tuple[str, str], ...]:
    """Code and English name of every country that is known, by name."""
    names = Locale.parse(_ENGLISH).territories
    known = holidays.list_supported_countries(include_aliases=False)
    return tuple(sorted(((code, names.get(code, code)) for code in known), key=lambda one: one[1]))


@lru_cache(maxsize=64)
def regions(country: str) -> tuple[tuple[str, str], ...]:
    """Code and name of the parts of a country that have holidays of their own, by name. Empty for none, or nowhere."""
    if country not in dict(countries()):
        return ()
    known = holidays.country_holidays(country)
    names = {code: name for name, code in getattr(known, "subdivisions_aliases", {}).items()}
    return tuple(sorted(((code, names.get(code, code)) for code in known.subdivisions), key=lambda one: one[1]))


def public_holidays(country: str, region: str, first: int, last: int) -> dict[date, str]:
    """Days and English names in the years ``first`` to ``last``, oldest first; of the whole country without a region.

    A holiday that is kept on another day is there twice, on its own day too. Of the United States without a region it
    is the federal calendar (5 U.S.C. 6103). Raises ValueError for a country, a region or years that are not known.
    """
    if country not in dict(countries()):
        raise ValueError(f'no holidays are known of the country "{country}"')
    if region and region not in dict(regions(country)):
        raise ValueError(f'no holidays are known of "{region}" in {dict(countries())[country]}')
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        raise ValueError(f"years are from {FIRST_YEAR} to {LAST_YEAR}, the first one first")
    languages = holidays.country_holidays(country).supported_languages
    found = holidays.country_holidays(
        country,
        subdiv=region or None,
        years=range(first, last + 1),
        language=_ENGLISH if _ENGLISH in languages else None,
        categories=("government",) if country == FEDERAL and not region else None,
    )
    return {day: found[day][:_LONGEST_NAME] for day in sorted(found) if first <= day.year <= last}


def place_words(country: str, region: str) -> str:
    """``Bavaria, Germany``, ``Germany``; ``United States, federal`` for its federal calendar."""
    name = dict(countries()).get(country, country)
    if region:
        return f"{dict(regions(country)).get(region, region)}, {name}"
    return f"{name}, federal" if country == FEDERAL else name
