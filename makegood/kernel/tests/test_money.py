"""Money: text in, micros kept, text out; never a float."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.kernel.errors import AmountTooFine, BadAmount, UnknownCurrency
from makegood.kernel.money import (
    LARGEST,
    MICROS,
    Money,
    exponent,
    format_money,
    is_sub_cent,
    minor_micros,
    parse_amount,
    plain,
    symbol,
)

CURRENCIES = ("USD", "EUR", "JPY", "KWD", "INR")

amounts = st.integers(min_value=-LARGEST, max_value=LARGEST)
currencies = st.sampled_from(CURRENCIES)


@pytest.mark.parametrize(("currency", "digits", "coin"), [("USD", 2, 10_000), ("JPY", 0, 1_000_000), ("KWD", 3, 1_000)])
def test_smallest_coin_follows_the_currency(currency: str, digits: int, coin: int) -> None:
    assert exponent(currency) == digits
    assert minor_micros(currency) == coin
    assert type(minor_micros(currency)) is int


@pytest.mark.parametrize("code", ["XXQ", "usd", "", "DOLLAR"])
def test_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency) as raised:
        parse_amount("1.00", code)
    assert raised.value.message == f'"{code}" is not a currency code of ISO 4217.'


@settings(max_examples=120, derandomize=True)
@given(micros=amounts, currency=currencies)
def test_what_is_written_plainly_reads_back_the_same(micros: int, currency: str) -> None:
    back = parse_amount(plain(micros, currency), currency)
    assert back == micros
    assert type(back) is int


@settings(max_examples=120, derandomize=True)
@given(micros=amounts, currency=currencies)
def test_what_people_read_says_the_amount_exactly(micros: int, currency: str) -> None:
    shown = format_money(micros, currency)
    assert shown.startswith("-") == (micros < 0)
    digits = shown.lstrip("-").removeprefix(symbol(currency)).replace(",", "")
    assert Decimal(digits) * MICROS == abs(micros)


READ = [
    ("12.50", 12_500_000),
    (" 12.5 ", 12_500_000),
    ("+5", 5_000_000),
    (".5", 500_000),
    ("5.", 5_000_000),
    ("-0", 0),
    ("0e99999", 0),
    ("1e3", 1_000_000_000),
    ("-1E+2", -100_000_000),
    ("0.000001", 1),
    ("0.00000100", 1),
    ("1." + "0" * 80, 1_000_000),
    ("1000000000000", LARGEST),
    ("-1000000000000.000000", -LARGEST),
]


@pytest.mark.parametrize(("text", "micros"), READ)
def test_a_plain_decimal_is_read_exactly(text: str, micros: int) -> None:
    assert parse_amount(text, "USD") == micros


FINE = ["1.0000001", "1e-7", "0.0000010000001", "1." + "0" * 31 + "1", "1e-999999999", "999999999999.9999999"]


@pytest.mark.parametrize("text", FINE)
def test_an_amount_below_a_micro_is_too_fine(text: str) -> None:
    with pytest.raises(AmountTooFine) as raised:
        parse_amount(text, "USD")
    assert raised.value.code == "AMOUNT_TOO_FINE"
    assert text in raised.value.message


BAD = [
    "",
    "abc",
    "nan",
    "-inf",
    "1,000",
    "1_000",
    "$5",
    "0x10",
    "\uff11\uff12",
    "1e999999999",
    "1e9999999999999999999",
    "9" * 400,
]


@pytest.mark.parametrize("text", [*BAD, "1000000000000.000001", "-1000000000001"])
def test_what_is_no_amount_of_money_is_refused(text: str) -> None:
    with pytest.raises(BadAmount) as raised:
        parse_amount(text, "USD")
    assert raised.value.message == f'"{text}" is not an amount of money.'


SHOWN = [
    (-15_000_000, "USD", "-$15.00"),
    (1_234_500_000, "USD", "$1,234.50"),
    (4_400, "USD", "$0.0044"),
    (-4_400, "USD", "-$0.0044"),
    (1, "USD", "$0.000001"),
    (0, "USD", "$0.00"),
    (LARGEST, "USD", "$1,000,000,000,000.00"),
    (1_200_000_000, "JPY", "¥1,200"),
    (1_500_000, "JPY", "¥1.5"),
    (0, "JPY", "¥0"),
    (1_234_000, "KWD", "KWD1.234"),
    (5_000, "KWD", "KWD0.005"),
]


@pytest.mark.parametrize(("micros", "currency", "text"), SHOWN)
def test_people_read_amounts_with_the_sign_in_front(micros: int, currency: str, text: str) -> None:
    assert format_money(micros, currency) == text
    assert str(Money(micros, currency)) == text


def test_another_locale_keeps_its_own_marks() -> None:
    assert format_money(-1_234_500_000, "EUR", "de_DE").replace("\xa0", " ") == "-1.234,50 €"


@pytest.mark.parametrize(
    ("micros", "currency", "finer"),
    [
        (4_400, "USD", True),
        (10_000, "USD", False),
        (500_000, "JPY", True),
        (1_000, "KWD", False),
        (-4_400, "USD", True),
    ],
)
def test_sub_cent_amounts_are_known_as_such(micros: int, currency: str, finer: bool) -> None:  # noqa: FBT001
    assert is_sub_cent(micros, currency) is finer


def test_money_of_one_currency_adds_and_compares() -> None:
    two, three = Money(2_000_000, "USD"), Money(3_000_000, "USD")
    assert two + three == Money(5_000_000, "USD")
    assert two - three == -Money(1_000_000, "USD")
    assert two < three <= three
    assert three > two
    assert two
    assert not Money(0, "USD")


def test_two_currencies_are_never_added_or_compared() -> None:
    dollars, yen = Money(1, "USD"), Money(1, "JPY")
    for mix in (lambda: dollars + yen, lambda: dollars - yen, lambda: dollars < yen, lambda: dollars <= yen):
        with pytest.raises(ValueError, match="USD and JPY cannot be added or compared"):
            mix()
    assert dollars != yen


def test_money_of_an_unknown_currency_does_not_exist() -> None:
    with pytest.raises(UnknownCurrency):
        Money(1, "ABC")
