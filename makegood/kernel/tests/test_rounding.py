"""The two roundings: a percentage in the buyer's favor, and half-even settlement."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.kernel.money import minor_micros
from makegood.kernel.rounding import partial_by_percent, settle

percents = st.fractions(min_value=0, max_value=100, max_denominator=10_000)
currencies = st.sampled_from(["USD", "JPY", "KWD"])

PARTIALS = [
    ("a third of 45.00 rounds up to the cent", 45_000_000, Fraction(100, 3), 45_000_000, "USD", 15_000_000),
    ("a third of 10.00 rounds up to the cent", 10_000_000, Fraction(100, 3), 10_000_000, "USD", 3_340_000),
    ("a third of 100 yen rounds up to the yen", 100_000_000, Fraction(100, 3), 100_000_000, "JPY", 34_000_000),
    ("a third of 1.000 dinar has three decimals", 1_000_000, Fraction(100, 3), 1_000_000, "KWD", 334_000),
    ("a sub-cent bill stays in micros", 4_400, Fraction(50), 4_400, "USD", 2_200),
    ("never above what is left", 10_000_000, Fraction(100), 2_500_000, "USD", 2_500_000),
    ("nothing of it", 10_000_000, Fraction(0), 10_000_000, "USD", 0),
]


@pytest.mark.parametrize(
    ("billed", "percent", "remaining", "currency", "micros"), [p[1:] for p in PARTIALS], ids=[p[0] for p in PARTIALS]
)
def test_partials_known_by_hand(billed: int, percent: Fraction, remaining: int, currency: str, micros: int) -> None:
    assert partial_by_percent(billed, percent, remaining, currency) == micros


@settings(max_examples=120, derandomize=True)
@given(coins=st.integers(1, 10**10), percent=percents, currency=currencies)
def test_a_percentage_rounds_up_by_less_than_one_coin(coins: int, percent: Fraction, currency: str) -> None:
    grain = minor_micros(currency)
    billed = coins * grain
    part = partial_by_percent(billed, percent, billed, currency)
    assert type(part) is int
    assert part % grain == 0
    assert 0 <= part - percent * billed / 100 < grain
    assert part <= billed


@settings(max_examples=120, derandomize=True)
@given(billed=st.integers(1, 10**15), percent=percents, data=st.data())
def test_a_percentage_never_exceeds_what_is_left(billed: int, percent: Fraction, data: st.DataObject) -> None:
    remaining = data.draw(st.integers(0, billed))
    assert 0 <= partial_by_percent(billed, percent, remaining, "USD") <= remaining


@pytest.mark.parametrize("percent", [Fraction(-1, 100), Fraction(10_001, 100)])
def test_a_percentage_outside_its_range_is_refused(percent: Fraction) -> None:
    with pytest.raises(ValueError, match="a percentage lies between 0 and 100"):
        partial_by_percent(100, percent, 100, "USD")


def test_a_thousand_calls_of_0_0044_settle_to_4_40() -> None:
    assert settle(1_000 * 4_400, 0, "USD") == (4_400_000, 0)


SETTLED = [
    ("half goes to the even cent below", 45_000, "USD", 40_000),
    ("half goes to the even cent above", 35_000, "USD", 40_000),
    ("a negative half goes to even too", -15_000, "USD", -20_000),
    ("just above half rounds up", 45_001, "USD", 50_000),
    ("half a yen goes to none", 500_000, "JPY", 0),
    ("one yen and a half goes to two", 1_500_000, "JPY", 2_000_000),
    ("fils have three decimals", 1_500, "KWD", 2_000),
]


@pytest.mark.parametrize(("total", "currency", "settled"), [s[1:] for s in SETTLED], ids=[s[0] for s in SETTLED])
def test_settlements_known_by_hand(total: int, currency: str, settled: int) -> None:
    assert settle(total, 0, currency) == (settled, total - settled)


@settings(max_examples=120, derandomize=True)
@given(total=st.integers(-(10**15), 10**15), carried=st.integers(-(10**6), 10**6), currency=currencies)
def test_settlement_equals_half_even_of_decimal_and_loses_nothing(total: int, carried: int, currency: str) -> None:
    grain = minor_micros(currency)
    settled, rest = settle(total, carried, currency)
    exact = (Decimal(total + carried) / grain).quantize(Decimal(1), ROUND_HALF_EVEN)
    assert settled == int(exact) * grain
    assert settled + rest == total + carried
    assert 2 * abs(rest) <= grain


@settings(max_examples=60, derandomize=True)
@given(totals=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30), currency=currencies)
def test_what_is_carried_from_period_to_period_is_never_lost(totals: list[int], currency: str) -> None:
    carried, paid = 0, 0
    for total in totals:
        settled, carried = settle(total, carried, currency)
        paid += settled
    assert paid + carried == sum(totals)
