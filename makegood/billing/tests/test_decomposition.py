"""The decomposition of bills: its arithmetic by hand, and its invariants on random pairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

from makegood.billing.errors import CurrencyChanged
from makegood.billing.policy.decomposition import (
    Bar,
    Comparison,
    Key,
    Kind,
    Line,
    Sheet,
    compare,
    compose,
    per_day,
    summed,
)
from makegood.billing.policy.spans import Span, in_days, in_months, measure_of, moved, same_length
from makegood.billing.policy.unusual import is_unusual

OCTOBER, NOVEMBER = Span(date(2026, 10, 1), date(2026, 11, 1)), Span(date(2026, 11, 1), date(2026, 12, 1))
PAIRS = 10_000
OPPOSITE = {Bar.NEW: Bar.REMOVED, Bar.REMOVED: Bar.NEW}


def sheet(*lines: Line, period: Span = NOVEMBER, currency: str = "USD", rest: int = 0) -> Sheet:
    return Sheet(currency, period, lines, rest)


def minutes(quantity: int | None, amount: int) -> Line:
    return Line(Key(Kind.USAGE, "2125550142", "Minutes"), amount, 0, None if quantity is None else Fraction(quantity))


def fiber(amount: int, covers: Span | None = None, quantity: int | None = 1, tax: int = 0) -> Line:
    many = None if quantity is None else Fraction(quantity)
    return Line(Key(Kind.RECURRING, "", "Fiber 500"), amount, tax, many, covers)


def bars(old: Sheet, new: Sheet) -> dict[Bar, int]:
    return dict(compare([old], new).bars)


def test_volume_and_price_share_a_difference_symmetrically() -> None:
    """412 at 0.018 to 655 at 0.021."""
    found = bars(sheet(minutes(412, 7_416_000)), sheet(minutes(655, 13_755_000)))
    assert found == {Bar.VOLUME: 4_738_500, Bar.PRICE: 1_600_500}
    assert sum(found.values()) == 6_339_000


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (fiber(59_000_000), fiber(67_400_000), {Bar.PRICE: 8_400_000}),
        (fiber(25_000_000), fiber(75_000_000, quantity=3), {Bar.VOLUME: 50_000_000}),
        (fiber(30_000_000), fiber(20_000_000, Span(date(2026, 11, 11), date(2026, 12, 1))),
         {Bar.PRORATION: -10_000_000}),
        # Billed in advance, and for months of different length: a month is a month.
        (fiber(30_000_000, Span(date(2026, 11, 1), date(2026, 12, 1))),
         fiber(30_000_000, Span(date(2026, 12, 1), date(2027, 1, 1))), {}),
        (fiber(30_000_000, quantity=None), fiber(31_000_000, quantity=None), {Bar.PRICE: 1_000_000}),
        (minutes(None, 5), minutes(None, 8), {Bar.PRICE: 3}),
        (minutes(0, 5_000), minutes(10, 8_000), {Bar.NEW: 8_000, Bar.REMOVED: -5_000}),
        (minutes(0, 5_000), minutes(0, 8_000), {Bar.PRICE: 3_000}),
        (fiber(10, tax=1), fiber(10, tax=3), {Bar.TAXES: 2}),
    ],
)  # fmt: skip
def test_one_line(old: Line, new: Line, expected: dict[Bar, int]) -> None:
    assert bars(sheet(old, period=OCTOBER), sheet(new)) == expected
    assert bars(sheet(new), sheet(old, period=OCTOBER)) == {
        OPPOSITE.get(bar, bar): -micros for bar, micros in expected.items()
    }


def test_without_days_periods_of_different_length_are_proration() -> None:
    short = Span(date(2026, 11, 16), date(2026, 12, 1))
    half = bars(sheet(fiber(31_000_000), period=OCTOBER), sheet(fiber(15_000_000), period=short))
    assert half == {Bar.PRORATION: -16_000_000}
    assert bars(sheet(fiber(31_000_000), period=OCTOBER), sheet(fiber(15_000_000))) == {Bar.PRICE: -16_000_000}


def test_two_lines_for_the_same_are_more_of_it_for_a_shorter_time() -> None:
    """One whole month, and another one from the eleventh."""
    rest = Span(date(2026, 11, 11), date(2026, 12, 1))
    found = bars(sheet(fiber(30_000_000), period=OCTOBER), sheet(fiber(30_000_000), fiber(20_000_000, rest)))
    assert sum(found.values()) == 20_000_000
    assert found[Bar.VOLUME] > 0 > found[Bar.PRORATION]
    assert Bar.PRICE not in found


def test_plain_differences() -> None:
    old = sheet(Line(Key(Kind.CREDIT, label="Offer"), -40, -3), Line(Key(Kind.TAX, label="Levy"), 7, 1), rest=5)
    new = sheet(Line(Key(Kind.ONE_TIME, label="Set-up"), 75, 6), Line(Key(Kind.TAX, label="Levy"), 9, 2))
    assert bars(old, new) == {Bar.ONE_TIME: 75, Bar.TAXES: 12, Bar.CREDITS: 40, Bar.REST: -5}


def test_a_first_bill_is_what_it_is_made_of() -> None:
    found = compose(sheet(fiber(30, tax=2), minutes(3, 9), Line(Key(Kind.CREDIT), -4), rest=1))
    assert dict(found.bars) == {Bar.RECURRING: 30, Bar.USAGE: 9, Bar.TAXES: 2, Bar.CREDITS: -4, Bar.REST: 1}
    assert (found.before, found.difference) == (None, 38)


def test_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyChanged, match="in USD, the other one in EUR: amounts of different") as raised:
        compare([sheet(currency="EUR")], sheet())
    assert raised.value.code == "CURRENCY_CHANGED"


def test_the_last_micro_of_a_mean_goes_to_the_largest_line() -> None:
    three = [sheet(fiber(100), minutes(1, 10)), sheet(fiber(100), minutes(1, 10)), sheet(fiber(101), minutes(2, 12))]
    sums = summed(three, in_months)
    assert [one.amount for one in sums.values()] == [101, 10]
    assert compare(three, sheet()).before == 111
    assert sums[minutes(1, 1).key].quantity == Fraction(4, 3)


def test_a_line_of_one_bill_in_three_is_a_third_of_it() -> None:
    """What was on one of three bills at the same price explains itself by quantity, not by price."""
    found = compare([sheet(fiber(30)), sheet(), sheet()], sheet(fiber(30)))
    assert dict(found.bars) == {Bar.VOLUME: 20}


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (date(2026, 11, 1), date(2026, 12, 1), Fraction(1)),
        (date(2026, 1, 31), date(2026, 2, 28), Fraction(1)),
        (date(2026, 2, 28), date(2026, 3, 30), Fraction(1)),
        (date(2026, 11, 11), date(2026, 12, 1), Fraction(2, 3)),
        (date(2027, 2, 11), date(2027, 3, 1), Fraction(18, 28)),
        (date(2026, 11, 15), date(2027, 2, 15), Fraction(3)),
        (date(2026, 10, 1), date(2026, 11, 16), 1 + Fraction(15, 30)),
    ],
)
def test_months(since: date, until: date, months: Fraction) -> None:
    assert in_months(Span(since, until)) == months


def test_weeks_are_measured_in_days() -> None:
    week = Span(date(2026, 11, 2), date(2026, 11, 9))
    assert measure_of([week, OCTOBER]) is in_days
    assert not same_length(week, OCTOBER)
    assert same_length(OCTOBER, NOVEMBER)
    assert per_day(214_300_000, NOVEMBER, 10_000) == 7_140_000
    assert moved(date(2024, 2, 29), 12) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("amount", "earlier", "unusual"),
    [
        (100, [1, 2, 3, 4, 5], False),  # too few to say
        (11, [1, 2, 3, 4, 5, 6], True),  # median 3.5, MAD 1.5: above 9.5
        (9, [1, 2, 3, 4, 5, 6], False),
        (8, [1, 2, 3, 4, 5, 6, 7], False),  # median 4, MAD 2: above 12
        (13, [1, 2, 3, 4, 5, 6, 7], True),
        (60, [59] * 6, True),
        (59, [59] * 6, False),
    ],
)
def test_unusual_is_above_four_deviations(amount: int, earlier: list[int], unusual: int) -> None:
    assert is_unusual(amount, earlier) == unusual


def random_sheet(rng: Random, like: Sheet | None = None) -> Sheet:
    """A bill; ``like`` makes it share most keys with another one, under the same or another price."""
    kept = [line for line in like.lines if rng.random() < 0.7] if like else []
    lines = [
        replace(line, amount=_amount(rng, line.key.kind), quantity=_quantity(rng), covers=_covers(rng))
        if rng.random() < 0.6 else line for line in kept
    ] + [_line(rng) for _ in range(rng.randrange(5))]  # fmt: skip
    since = date(2026, 1, 1) + timedelta(days=rng.randrange(360))
    until = since + timedelta(days=rng.randrange(1, 40)) if rng.random() < 0.3 else moved(since, 1)
    return Sheet("USD", Span(since, until), tuple(lines), rng.choice((0, 0, 0, rng.randrange(-9999, 9999))))


def _amount(rng: Random, kind: Kind) -> int:
    micros = rng.choice(
        (0, rng.randrange(100), rng.randrange(10**6), rng.randrange(10**9), 10_000 * rng.randrange(10**4))
    )
    return -micros if kind is Kind.CREDIT else micros


def _quantity(rng: Random) -> Fraction | None:
    return rng.choice(
        (None, Fraction(0), Fraction(1), Fraction(rng.randrange(1, 5000)), Fraction(rng.randrange(10**7), 10**6))
    )


def _covers(rng: Random) -> Span | None:
    if rng.random() < 0.6:
        return None
    since = date(2026, 1, 1) + timedelta(days=rng.randrange(360))
    return Span(since, since + timedelta(days=rng.randrange(1, 62)))


def _line(rng: Random) -> Line:
    kind = rng.choice((Kind.RECURRING, Kind.RECURRING, Kind.USAGE, Kind.USAGE, Kind.ONE_TIME, Kind.TAX, Kind.CREDIT))
    key = Key(kind, rng.choice(("", "2125550142")), rng.choice("abcde"))
    tax = rng.choice((0, rng.randrange(10**6)))
    return Line(
        key, _amount(rng, kind), -tax if kind is Kind.CREDIT else tax, _quantity(rng), _covers(rng), rng.randrange(1, 4)
    )


def assert_exact(found: Comparison, old: Sheet, new: Sheet) -> None:
    """Bars make the difference; every key's parts make its own; every line is under exactly one key."""
    assert sum(found.bars.values()) == found.difference == new.total - old.total
    billed: Counter[Key] = Counter()
    for side, sign in ((new, 1), (old, -1)):
        for line in side.lines:
            billed[line.key] += sign * (line.amount + line.tax)
    for key, change in found.changes.items():
        wanted = new.rest - old.rest if key.kind is Kind.REST else billed.pop(key)
        assert sum(part.micros for part in change.parts) == wanted
        assert all(part.key == key and part.micros for part in change.parts)
    assert not billed
    for bar, micros in found.bars.items():
        assert sum(part.micros for part in found.parts_of(bar)) == micros


@pytest.mark.slow
def test_bars_make_the_difference_of_random_bills() -> None:
    rng = Random(7)  # noqa: S311
    bills = [random_sheet(rng)]
    while len(bills) <= PAIRS:
        bills.append(random_sheet(rng, bills[-1]))
    for place, (old, new) in enumerate(pairwise(bills)):
        found = compare([old], new)
        assert_exact(found, old, new)
        if place % 10 == 0:
            turned = {OPPOSITE.get(bar, bar): -micros for bar, micros in found.bars.items()}
            assert dict(compare([new], old).bars) == turned
            assert compare([new], new).bars == {}
            assert sum(compose(new).bars.values()) == new.total


def test_means_of_random_bills_make_their_mean() -> None:
    rng = Random(11)  # noqa: S311
    for many in (2, 3, 6) * 40:
        old = [random_sheet(rng) for _ in range(many)]
        new = random_sheet(rng, old[-1])
        found = compare(old, new)
        assert found.before == round(Fraction(sum(one.total for one in old), many))
        assert sum(found.bars.values()) == new.total - found.before
