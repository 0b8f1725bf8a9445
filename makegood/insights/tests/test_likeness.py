"""What disputes have in common, and how much an old one still says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from makegood.insights.policy.likeness import Shared, Traits, alike, bucket, score, shared, trigrams

THIS = Traits("+12125550142", 1, "src-88", 10, 5, 31, frozenset({7}), "Automated voice, hung up when we spoke")
ELSE = Traits("+12125550999", 2, "src-1", 11, 5, 200, frozenset({8}), "A caller from another town")


@pytest.mark.parametrize(
    ("changes", "common"),
    [
        ({}, ()),
        ({"caller": THIS.caller}, (Shared.CALLER,)),
        ({"caller": THIS.caller, "reason": 6, "buyer": 10, "length": 40}, (Shared.CALLER,)),
        ({"vendor": 1}, ()),
        ({"vendor": 1, "source": "src-88"}, (Shared.SOURCE,)),
        ({"buyer": 10, "length": 59}, (Shared.BUYER,)),
        ({"buyer": 10, "length": 60}, ()),
        ({"findings": frozenset({7, 9})}, (Shared.FINDING,)),
        ({"words": "Automated voice that hung up"}, (Shared.WORDS,)),
        ({"words": "Automated voice that hung up", "findings": frozenset({7})}, (Shared.FINDING,)),
        ({"vendor": 1, "source": "src-88", "reason": 6}, ()),
    ],
)
def test_what_two_disputes_share(changes: dict[str, Any], common: tuple[Shared, ...]) -> None:
    assert shared(THIS, replace(ELSE, **changes)) == common


def test_unknown_things_are_not_shared() -> None:
    nothing = Traits(None, None, "", 1, None, None, frozenset(), "")
    assert shared(nothing, replace(nothing, buyer=2)) == ()
    assert shared(nothing, nothing) == ()


@pytest.mark.parametrize(
    ("length", "ends"), [(None, (None, None)), (0, (0, 10)), (9, (0, 10)), (10, (10, 30)), (900, (900, None))]
)
def test_lengths_fall_into_buckets(length: int | None, ends: tuple[int | None, int | None]) -> None:
    assert bucket(length) == ends


def test_what_fades_halves_in_sixty_days() -> None:
    assert score((Shared.CALLER,), timedelta()) == 8.0
    assert score((Shared.CALLER,), timedelta(days=60)) == 4.0
    assert score((Shared.SOURCE, Shared.FINDING), timedelta(days=120)) == 2.0
    assert score((Shared.WORDS,), timedelta(days=-1)) == 2.0


def test_trigrams_know_neither_case_nor_punctuation() -> None:
    assert trigrams("Spam, SPAM!") == trigrams("spam") == {"  s", " sp", "spa", "pam", "am "}
    assert alike(trigrams("spam"), trigrams("span")) == pytest.approx(3 / 7)
    assert alike(trigrams(""), trigrams("")) == 0.0
