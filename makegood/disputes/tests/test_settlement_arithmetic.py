"""The arithmetic of statements: rounded once, nothing lost, whatever the sequence."""

from __future__ import annotations

from random import Random

import pytest

from makegood.disputes.policy.settlement import Settled, Unsettled, postings, settled
from makegood.disputes.states import PartyKind
from makegood.kernel.money import minor_micros

SEED = 20_261_122


def customer(*micros: int, currency: str = "USD", early: int = 0) -> Unsettled:
    return Unsettled(PartyKind.CUSTOMER, 7, "AR:7", currency, tuple(range(len(micros))), micros, early)


def test_a_thousand_calls_of_less_than_half_a_cent() -> None:
    """4.40, not 0.00 (each rounded to the cent) and not 10.00 (each rounded up)."""
    figures = settled(customer(*[-4_400] * 1_000), 0)
    assert figures == Settled(-4_400_000, 0, -4_400_000, 0, 10_000)
    assert postings(customer(*[-4_400] * 1_000), figures) == []


def test_what_is_left_over_is_carried() -> None:
    one = customer(-4_400)
    first = settled(one, 0)
    assert first == Settled(-4_400, 0, 0, -4_400, 10_000)
    assert postings(one, first) == [("AR:7", 4_400), ("ROUNDING", -4_400)]
    second = settled(one, first.remainder_micros)
    assert second == Settled(-4_400, -4_400, -10_000, 1_200, 10_000)
    assert postings(one, second) == [("AR:7", -5_600), ("ROUNDING", 5_600)]


@pytest.mark.parametrize(
    ("currency", "micros", "whole", "remainder"),
    [
        ("USD", -5_000, 0, -5_000),
        ("USD", -15_000, -20_000, 5_000),
        ("USD", 25_000, 20_000, 5_000),
        ("USD", -5_001, -10_000, 4_999),
        ("JPY", -1_500_000, -2_000_000, 500_000),
        ("JPY", 499_999, 0, 499_999),
        ("KWD", -2_500, -2_000, -500),
        ("KWD", 3_500, 4_000, -500),
    ],
)
def test_a_half_goes_to_the_even_coin(currency: str, micros: int, whole: int, remainder: int) -> None:
    figures = settled(customer(micros, currency=currency), 0)
    assert (figures.settled_micros, figures.remainder_micros) == (whole, remainder)


def test_a_vendor_s_account_has_the_other_sign() -> None:
    one = Unsettled(PartyKind.VENDOR, 9, "AP:9", "USD", (1,), (-13_333_333,))
    figures = settled(one, 0)
    assert (figures.settled_micros, figures.remainder_micros) == (-13_330_000, -3_333)
    # The claw-back had debited 13.333333; 13.33 is what the vendor is asked for.
    assert postings(one, figures) == [("AP:9", -3_333), ("ROUNDING", 3_333)]


def test_what_was_credited_before_it_was_billed_leaves_accrued() -> None:
    one = customer(-45_000_000, -3, early=-45_000_000)
    assert postings(one, settled(one, 0)) == [("AR:7", -44_999_997), ("ACCRUED:7", 45_000_000), ("ROUNDING", -3)]


@pytest.mark.slow
@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
@pytest.mark.parametrize("party", list(PartyKind))
def test_any_sequence_settles_to_the_sum_of_its_adjustments(currency: str, party: PartyKind) -> None:
    """Settled so far and the last remainder are the adjustments; the accounts hold exactly that."""
    random = Random(SEED)  # noqa: S311 - a seeded walk, not a secret
    grain = minor_micros(currency)
    sign = -1 if party is PartyKind.VENDOR else 1
    for _ in range(300):
        carried = total = whole = 0
        books = {"P": 0, "ACCRUED:7": 0, "ROUNDING": 0}
        for _ in range(random.randrange(1, 30)):
            micros = tuple(random.randrange(-3 * grain, 2 * grain) for _ in range(random.randrange(1, 6)))
            early = micros[0] if party is PartyKind.CUSTOMER and random.random() < 0.3 else 0
            one = Unsettled(party, 7, "P", currency, tuple(range(len(micros))), micros, early)
            figures = settled(one, carried)
            lines = postings(one, figures)
            books["P"] += sign * (sum(micros) - early)
            books["ACCRUED:7"] += early
            for key, posted in lines:
                books[key] += posted
            assert sum(posted for _, posted in lines) == 0
            assert len(lines) != 1
            assert figures.settled_micros % grain == 0
            assert 2 * abs(figures.remainder_micros) <= grain
            carried, total, whole = figures.remainder_micros, total + sum(micros), whole + figures.settled_micros
            assert whole + carried == total
            assert books == {"P": sign * whole, "ACCRUED:7": 0, "ROUNDING": sign * carried}
