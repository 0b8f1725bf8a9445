"""The reader's language: from locale to language to English, for words as for numbers, money and dates."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from django.utils import translation

ENGLISH = "en_US"
SHIPPED = ("en", "de")
"""The languages that messages come in."""
OFFERED = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "pt_BR", "sv", "da", "cs", "ja")
"""The languages that own words can be written in."""


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


def language_of(locale: str) -> str:
    """The language of a locale: ``de`` of ``de_AT``."""
    return known_locale(locale).partition("_")[0]


def language_known(language: str) -> bool:
    """Whether own words can be written in it."""
    return language in OFFERED


def language_name(language: str) -> str:
    """What a language is called in English: ``Portuguese (Brazil)``."""
    return str(Locale.parse(language).get_display_name("en"))


def chain_of(locale: str) -> tuple[str, ...]:
    """The languages whose own words a reader gets, the nearest first. English is the last only where the shipped words
    would be English as well."""
    known = known_locale(locale)
    chain = dict.fromkeys((known, known.partition("_")[0]))
    return tuple(chain) if language_of(locale) in SHIPPED else (*chain, "en")
