"""What people may type at the desk, and what it means."""

from __future__ import annotations

import pytest

from makegood.kernel.errors import BadAmount, Refusal
from makegood.kernel.typed_amounts import typed_amount, without_commas

DOLLAR = 1_000_000
READABLE = [
    ("25", 45, 25_000_000),
    ("25.50", 45, 25_500_000),
    ("$25.00", 45, 25_000_000),
    ("25 USD", 45, 25_000_000),
    ("1,234.50", 2_000, 1_234_500_000),
    ("50%", 45, 22_500_000),
    ("33.3 %", 45, 14_990_000),
    ("1/3", 31, 10_340_000),
    (" 1 / 2 ", 45, 22_500_000),
    ("-20", 45, 25_000_000),
    (".5", 45, 500_000),
    ("100%", 45, 45_000_000),
]


@pytest.mark.parametrize(("text", "whole", "micros"), READABLE)
def test_what_can_be_typed(text: str, whole: int, micros: int) -> None:
    assert typed_amount(text, whole=whole * DOLLAR, remaining=whole * DOLLAR, currency="USD") == micros


@pytest.mark.parametrize(
    "text", ["", "half", "1,234", "12,50", "101%", "1/0", "1e3", "--5", "5-", "50 %%", "€5", "NaN"]
)
def test_what_cannot_be_read_or_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(BadAmount) as caught:
        typed_amount(text, whole=45 * DOLLAR, remaining=45 * DOLLAR, currency="USD")
    assert caught.value.message == f'"{text}" is not an amount of money.'


def test_yen_has_no_decimals_and_rounds_in_the_buyers_favor() -> None:
    assert typed_amount("1/3", whole=1_000 * DOLLAR, remaining=1_000 * DOLLAR, currency="JPY") == 334 * DOLLAR
    assert typed_amount("¥500", whole=1_000 * DOLLAR, remaining=1_000 * DOLLAR, currency="JPY") == 500 * DOLLAR


def test_a_share_never_exceeds_what_remains() -> None:
    assert typed_amount("90%", whole=10 * DOLLAR, remaining=4 * DOLLAR, currency="USD") == 4 * DOLLAR


def test_finer_than_a_millionth_is_refused() -> None:
    with pytest.raises(Refusal):
        typed_amount("0.0000001", whole=10 * DOLLAR, remaining=10 * DOLLAR, currency="USD")


@pytest.mark.parametrize(
    ("text", "plain"), [("1250", "1250"), ("1,250.50", "1250.50"), (" 12,430 ", " 12430 "), ("", "")]
)
def test_commas_between_thousands_go(text: str, plain: str) -> None:
    assert without_commas(text) == plain


@pytest.mark.parametrize("text", ["12,50", "1.000,00", "1,2500", ",5", "1,"])
def test_a_comma_elsewhere_is_refused_and_not_dropped(text: str) -> None:
    with pytest.raises(BadAmount):
        without_commas(text)
