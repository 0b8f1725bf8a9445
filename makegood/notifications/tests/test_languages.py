"""Messages in the reader's language: plural rules, fallback, and numbers, money and times by the reader's locale."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from makegood.notifications.states import Template, day_and_time, known_locale, line, sentence, speaking
from makegood.notifications.tests.world import World, deliver, minutes, sentences
from makegood.parties.models import User

AT = datetime(2026, 11, 24, 21, 5, tzinfo=UTC)
ACCEPTED = {"label": "D-7", "outcome": "accepted", "micros": 1_234_500_000, "currency": "EUR"}


@pytest.mark.parametrize(
    ("locale", "one", "many"),
    [
        ("en_US", "1 new dispute submitted by Buyers", "1,200 new disputes submitted by Buyers"),
        ("de_DE", "1 neue Reklamation von Käufern eingereicht", "1.200 neue Reklamationen von Käufern eingereicht"),
        (
            "de_CH",
            "1 neue Reklamation von Käufern eingereicht",
            "1\u2019200 neue Reklamationen von Käufern eingereicht",
        ),
        ("de-XX", "1 neue Reklamation von Käufern eingereicht", "1.200 neue Reklamationen von Käufern eingereicht"),
        ("fr_FR", "1 new dispute submitted by Buyers", "1\u202f200 new disputes submitted by Buyers"),
        ("tlh_QQ", "1 new dispute submitted by Buyers", "1,200 new disputes submitted by Buyers"),
        ("../etc", "1 new dispute submitted by Buyers", "1,200 new disputes submitted by Buyers"),
    ],
)
def test_the_plural_and_the_digits_are_those_of_the_locale(locale: str, one: str, many: str) -> None:
    with speaking(locale):
        assert (sentence(Template.NEW, 1), sentence(Template.NEW, 1200)) == (one, many)


@pytest.mark.parametrize(
    ("template", "one", "two"),
    [
        (Template.NEW, "1 new dispute submitted by Buyers", "2 new disputes submitted by Buyers"),
        (Template.REVIEWED, "1 dispute has been reviewed.", "2 disputes have been reviewed."),
        (
            Template.VENDOR_REVENUE,
            "Call revenue for 1 call has been adjusted.",
            "Call revenue for 2 calls has been adjusted.",
        ),
    ],
)
def test_the_three_sentences(template: Template, one: str, two: str) -> None:
    assert (sentence(template, 1), sentence(template, 2)) == (one, two)


def test_money_and_times_are_written_as_the_reader_writes_them() -> None:
    with speaking("en_US"):
        assert line(Template.LETTER, ACCEPTED) == "D-7 was accepted: €1,234.50 is credited."
        assert day_and_time(AT, "America/New_York") == "Nov 24, 2026, 4:05:00 PM EST"
    with speaking("de_DE"):
        assert line(Template.LETTER, ACCEPTED) == "D-7 wurde anerkannt: 1.234,50\u00a0€ werden gutgeschrieben."
        assert day_and_time(AT, "Europe/Berlin") == "24.11.2026, 22:05:00 CET"


@pytest.mark.parametrize(("named", "known"), [("en", "en"), ("pt-br", "pt_BR"), ("", "en_US"), ("zz", "en_US")])
def test_a_locale_that_is_none_is_english(named: str, known: str) -> None:
    assert known_locale(named) == known


def test_each_reader_is_told_in_their_own_language(world: World, manager: User) -> None:
    colleague = world.person("colleague", "manager")
    User.objects.filter(pk=colleague.pk).update(locale="de_CH")
    world.submit()
    deliver(minutes(240))
    assert sentences(manager) == ["1 new dispute submitted by Buyers"]
    assert sentences(colleague) == ["1 neue Reklamation von Käufern eingereicht"]
