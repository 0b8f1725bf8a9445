"""Allocation: shares floor cumulatively, splits sum exactly, nothing is lost."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.kernel.allocation import cumulative_share, largest_remainder, share

CASES = 200_000
SEED = 20_261_130


@pytest.mark.slow
def test_cumulative_shares_stay_within_the_whole_and_return_it_exactly_at_full_credit() -> None:
    """200,000 charges: partials and reversals in any order, then the rest is credited."""
    bits = Random(SEED).getrandbits  # noqa: S311 - a seeded walk, not a secret
    for _ in range(CASES):
        billed = 1 + bits(8 + bits(5))
        whole = bits(4 + bits(5))
        credited = given_back = 0
        live: list[tuple[int, int]] = []
        for _ in range(1 + bits(2)):
            if live and bits(2) == 0:
                amount, part = live.pop(bits(4) % len(live))
                credited, given_back = credited - amount, given_back - part
            elif credited < billed:
                amount = 1 + bits(40) % (billed - credited)
                part = cumulative_share(whole, credited, amount, billed, given_back)
                live.append((amount, part))
                credited, given_back = credited + amount, given_back + part
                assert part >= 0
            assert 0 <= given_back <= whole, (billed, whole, live)
        if credited < billed:
            given_back += cumulative_share(whole, credited, billed - credited, billed, given_back)
        assert given_back == whole, (billed, whole, live)


def test_share_floors_and_returns_the_whole_for_the_whole() -> None:
    assert share(30_000_000, 20_000_000, 45_000_000) == 13_333_333
    assert share(30_000_000, 45_000_000, 45_000_000) == 30_000_000
    assert share(30_000_000, 0, 45_000_000) == 0


@pytest.mark.parametrize(("part", "total"), [(-1, 10), (11, 10), (0, 0), (0, -1)])
def test_a_share_outside_its_total_does_not_exist(part: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"a share of {part} in {total} does not exist"):
        share(100, part, total)


weights_of = st.lists(st.integers(0, 10**15), min_size=1, max_size=40).filter(any)


@settings(max_examples=120, derandomize=True, deadline=None)
@given(total=st.integers(0, 10**18), weights=weights_of)
def test_a_split_sums_exactly_and_stays_within_one_of_the_exact_share(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    whole = sum(weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        assert abs(part * whole - total * weight) < whole


lines_of = st.lists(st.tuples(st.integers(1, 10**15), st.integers(0, 10**15)), min_size=1, max_size=40)


@settings(max_examples=120, derandomize=True, deadline=None)
@given(lines=lines_of, data=st.data())
def test_a_capped_split_sums_exactly_and_respects_every_cap(lines: list[tuple[int, int]], data: st.DataObject) -> None:
    weights, caps = [weight for weight, _ in lines], [cap for _, cap in lines]
    total = data.draw(st.integers(0, sum(caps)))
    parts = largest_remainder(total, weights, caps)
    assert sum(parts) == total
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))


@pytest.mark.slow
def test_five_thousand_random_splits_sum_exactly_with_yen_and_large_amounts() -> None:
    random = Random(SEED)  # noqa: S311
    for _ in range(5_000):
        grain = random.choice([1, 10_000, 1_000_000])
        size = random.randrange(1, 60)
        billed = [grain * random.randrange(1, 10 ** random.randrange(1, 12)) for _ in range(size)]
        total = random.randrange(0, sum(billed) + 1)
        parts = largest_remainder(total, billed, billed)
        assert sum(parts) == total
        assert all(0 <= part <= cap for part, cap in zip(parts, billed, strict=True))


SPLITS = [
    ("500 dollars over three equal calls", 500_000_000, [1, 1, 1], None, [166_666_667, 166_666_667, 166_666_666]),
    ("ties go to the first lines", 2, [5, 5, 5], None, [1, 1, 0]),
    ("a line without weight gets nothing", 10, [0, 1], None, [0, 10]),
    ("a full line passes the rest on", 10, [9, 1], [4, 6], [4, 6]),
    ("seven yen over two lines", 7_000_000, [1, 1], None, [3_500_000, 3_500_000]),
    ("nothing to split", 0, [3, 4], None, [0, 0]),
]


@pytest.mark.parametrize(("total", "weights", "caps", "parts"), [s[1:] for s in SPLITS], ids=[s[0] for s in SPLITS])
def test_splits_known_by_hand(total: int, weights: list[int], caps: list[int] | None, parts: list[int]) -> None:
    assert largest_remainder(total, weights, caps) == parts


@pytest.mark.parametrize(
    ("total", "weights", "caps"), [(-1, [1], None), (1, [-1], None), (11, [1, 1], [5, 5]), (1, [], None)]
)
def test_a_total_that_does_not_fit_is_refused(total: int, weights: list[int], caps: list[int] | None) -> None:
    with pytest.raises(ValueError, match="the total does not fit into the lines"):
        largest_remainder(total, weights, caps)


@pytest.mark.parametrize(("weights", "caps"), [([0, 0], None), ([0, 1], [9, 1])])
def test_a_rest_that_no_weighted_line_can_take_is_refused(weights: list[int], caps: list[int] | None) -> None:
    with pytest.raises(ValueError, match="no line with weight can take the rest"):
        largest_remainder(2, weights, caps)
