"""The sentences, word for word."""

from __future__ import annotations

import pytest

from makegood.notifications.states import SIDES, TITLES, Template, sentence

SENTENCES = [
    (Template.NEW, 1, "1 new dispute submitted by Buyers"),
    (Template.NEW, 3, "3 new disputes submitted by Buyers"),
    (Template.NEW, 10_000, "10,000 new disputes submitted by Buyers"),
    (Template.NEW_BY_OTHERS, 1, "1 new dispute filed for customers"),
    (Template.NEW_BY_OTHERS, 2, "2 new disputes filed for customers"),
    (Template.REVIEWED, 1, "1 dispute has been reviewed."),
    (Template.REVIEWED, 2, "2 disputes have been reviewed."),
    (Template.VENDOR_REVENUE, 1, "Call revenue for 1 call has been adjusted."),
    (Template.VENDOR_REVENUE, 2, "Call revenue for 2 calls has been adjusted."),
]


@pytest.mark.parametrize(("template", "count", "text"), SENTENCES)
def test_sentence_has_the_right_plural(template: Template, count: int, text: str) -> None:
    assert sentence(template, count) == text


def test_every_message_has_a_side_and_a_title() -> None:
    assert set(SIDES) == set(TITLES) == set(Template)
