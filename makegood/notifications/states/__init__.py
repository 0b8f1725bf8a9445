"""Pure words of notifications: the messages, whom each is for, and what each says in the reader's language."""

from makegood.notifications.states.locales import day_and_time, known_locale, locale_in_force, speaking
from makegood.notifications.states.sentences import TELLING_EACH, Facts, line, sentence
from makegood.notifications.states.templates import (
    ABOUT_NO_DISPUTE,
    FILINGS,
    PROFILES,
    QUESTIONS,
    SIDES,
    SIGNATURES,
    TAKEN_BACK,
    TITLES,
    TO_SUBMITTER,
    Side,
    Template,
    counts_charges,
)

__all__ = [
    "ABOUT_NO_DISPUTE",
    "FILINGS",
    "PROFILES",
    "QUESTIONS",
    "SIDES",
    "SIGNATURES",
    "TAKEN_BACK",
    "TELLING_EACH",
    "TITLES",
    "TO_SUBMITTER",
    "Facts",
    "Side",
    "Template",
    "counts_charges",
    "day_and_time",
    "known_locale",
    "line",
    "locale_in_force",
    "sentence",
    "speaking",
]
