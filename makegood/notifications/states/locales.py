"""The reader's language: from locale to language to English, for words as for numbers, money and dates."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_time
from django.utils import translation

ENGLISH = "en_US"


@lru_cache(maxsize=512)
def known_locale(locale: str) -> str:
    """The locale if CLDR knows it, else its language, else ``en_US``: ``de_AT``, ``de_XX`` gives ``de``."""
    named = locale.strip().replace("-", "_")
    for candidate in (named, named.partition("_")[0]):
        try:
            return str(Locale.parse(candidate))
        except (ValueError, UnknownLocaleError):
            continue
    return ENGLISH


def speaking(locale: str) -> AbstractContextManager[None]:
    """Within it, messages are said in the language of a locale; what has no translation is said in English."""
    return translation.override(translation.to_language(known_locale(locale)))


def locale_in_force() -> str:
    """The locale by which numbers, money and dates are written now."""
    return known_locale(translation.to_locale(translation.get_language() or "en-us"))


def day_and_time(at: datetime, zone: str) -> str:
    """An instant in a zone by the locale in force, with the zone's short name: ``Nov 20, 2026, 4:00 PM EST``."""
    return f"{_datetime(at, ZoneInfo(zone))} {at.astimezone(ZoneInfo(zone)):%Z}"


def _datetime(at: datetime, zone: tzinfo) -> str:
    return format_datetime(at, "medium", tzinfo=zone, locale=locale_in_force()).replace("\u202f", " ")


def time_of_day(at: time) -> str:
    """A local time by the locale in force: ``4:00 PM``, ``16:00``."""
    return format_time(at, "short", locale=locale_in_force()).replace("\u202f", " ")
