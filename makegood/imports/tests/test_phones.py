"""Numbers as files write them become E.164; withheld and damaged ones are told apart."""

import pytest

from makegood.imports.policy.phones import WITHHELD_NUMBERS, normalized


@pytest.mark.parametrize(
    "text",
    [
        "+12025550123", "(202) 555-0123", "202-555-0123", "12025550123", "2025550123", "1-202-555-0123",
        "+1 (202) 555-0123", "tel:+1-202-555-0123", "2.025550123E9", '="+12025550123"', "2025550123.0",
    ],
)  # fmt: skip
def test_one_number_in_many_spellings(text: str) -> None:
    assert normalized(text) == "+12025550123"


@pytest.mark.parametrize(
    "text", ["202555012", "anonymous", "Restricted", "Unavailable", "+266696687", "1001", "*72*1001", "Private", "-"]
)
def test_what_is_no_number(text: str) -> None:
    assert normalized(text) is None


def test_other_countries_keep_theirs() -> None:
    assert normalized("+44 20 7946 0123") == "+442079460123"


def test_withheld_words_are_known_as_dialed_on_a_keypad() -> None:
    assert WITHHELD_NUMBERS[0] == "+266696687"
