"""Intervals and shares against reference values."""

from __future__ import annotations

from fractions import Fraction

import pytest

from makegood.insights.entries import Money, Rate

REFERENCE = [
    (3, 20, 15.0, 5.2, 36.0),
    (30, 200, 15.0, 10.7, 20.6),
    (0, 15, 0.0, 0.0, 20.4),
    (36, 41, 87.8, 74.5, 94.7),
]


@pytest.mark.parametrize(("hits", "n", "rate", "low", "high"), REFERENCE)
def test_interval_is_wilsons(hits: int, n: int, rate: float, low: float, high: float) -> None:
    found = Rate(hits, n)
    assert found.value is not None
    assert [round(100 * one, 1) for one in (found.value, found.low, found.high)] == [rate, low, high]
    assert str(found) == f"{rate}% ({low} to {high})"


@pytest.mark.parametrize(("hits", "n", "text"), [(3, 7, "3 of 7"), (0, 0, "0 of 0"), (9, 9, "9 of 9")])
def test_few_are_said_as_a_count(hits: int, n: int, text: str) -> None:
    assert str(Rate(hits, n)) == text


def test_nothing_is_known_of_nothing() -> None:
    assert (Rate(0, 0).value, Rate(0, 0).low, Rate(0, 0).high) == (None, 0.0, 1.0)


def test_the_interval_stays_inside_the_whole() -> None:
    assert Rate(12, 10).high == pytest.approx(1.0)
    assert 0.0 < Rate(12, 10).low < 1.0


@pytest.mark.parametrize(("hits", "n", "percent"), [(3, 20, 7.3), (30, 200, 11.6)])
def test_shrinking_weighs_evidence(hits: int, n: int, percent: float) -> None:
    assert round(100 * Rate(hits, n).shrunk(0.06, 120), 1) == percent


def money(**overrides: int | str) -> Money:
    facts: dict[str, int | str] = {
        "currency": "USD", "payout_currency": "USD", "billed_micros": 1000, "asked_micros": 200,
        "decided_asked_micros": 100, "decided_micros": 50, "credited_micros": 60, "reversed_micros": 10,
        "fee_micros": 5, "payout_micros": 500, "clawed_micros": 30, "returned_micros": 5,
    }  # fmt: skip
    return Money(**{**facts, **overrides})  # type: ignore[arg-type]  # names and numbers, each in its place


def test_shares_of_money_are_exact() -> None:
    found = money()
    assert found.disputed_share == Fraction(1, 5)
    assert found.award == Fraction(1, 2)
    assert found.gross_leakage == Fraction(50, 1000)
    assert found.net_leakage == Fraction(25, 1000)
    assert found.clawback_coverage == Fraction(25, 500) / Fraction(50, 1000)


def test_two_currencies_have_no_net() -> None:
    assert money(payout_currency="EUR").net_leakage is None


def test_shares_of_nothing_are_nothing() -> None:
    found = money(billed_micros=0, decided_asked_micros=0)
    assert (found.gross_leakage, found.net_leakage, found.award, found.clawback_coverage) == (None, None, None, None)
