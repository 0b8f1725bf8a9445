"""Shrinkage, funnel limits and control charts against worked examples; Wilson's interval is in test_entries."""

from __future__ import annotations

import pytest

from makegood.insights.policy.intervals import (
    STRONGEST,
    Interval,
    Prior,
    alarms,
    limits,
    overdispersion,
    prior_of,
    said,
    shortly,
    shrunk,
    sigma_limits,
    wilson,
    wilson_of,
)


def percent(interval: Interval) -> tuple[float, float]:
    return round(100 * interval.low, 2), round(100 * interval.high, 2)


@pytest.mark.parametrize(("hits", "n", "rate"), [(3, 20, 7.3), (30, 200, 11.6), (0, 0, 6.0)])
def test_the_same_raw_rate_shrinks_by_its_evidence(hits: int, n: int, rate: float) -> None:
    assert round(100 * shrunk(hits, n, Prior(0.06, 120)), 1) == rate


def test_nothing_pulls_where_nothing_is_known() -> None:
    assert shrunk(0, 0, Prior(0.0, 0.0)) == 0.0


@pytest.mark.parametrize(
    ("hits", "n", "long", "short"),
    [(3, 7, "3 of 7", "3 of 7"), (36, 41, "87.8% (74.5 to 94.7)", "88% (74-95)")],
)
def test_few_are_counted_and_many_have_an_interval(hits: int, n: int, long: str, short: str) -> None:
    assert (said(hits, n), shortly(hits, n)) == (long, short)


def test_nothing_of_nothing_may_be_anything() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)


def test_a_prior_by_moments() -> None:
    """Four groups of 100 with 2, 4, 6 and 12 hits: mean 6%, and the variance that chance leaves unexplained.

    Between groups 100 x (0.04^2 + 0.02^2 + 0 + 0.06^2) = 0.56; by chance 0.0564 x 3 = 0.1692; the room is
    0.0564 x (400 - 100 - 3) = 16.7508; so a share of 0.3908 / 16.7508 and a strength of 1 / share - 1 = 41.86.
    """
    found = prior_of([(2, 100), (4, 100), (6, 100), (12, 100)])
    assert found.mean == pytest.approx(0.06)
    assert found.strength == pytest.approx(41.8628, abs=1e-4)


def test_groups_that_differ_by_chance_alone_are_one() -> None:
    assert prior_of([(6, 100), (6, 100), (7, 100)]) == Prior(19 / 300, STRONGEST)
    assert prior_of([(0, 50), (0, 70)]) == Prior(0.0, STRONGEST)


@pytest.mark.parametrize("groups", [[], [(0, 0)], [(3, 20)], [(3, 20), (0, 0)]])
def test_one_group_is_not_pulled(groups: list[tuple[int, int]]) -> None:
    assert prior_of(groups).strength == 0.0


def test_funnel_limits() -> None:
    """At 6% and 100 calls one standard error is 2.3749 points."""
    found = limits(0.06, 100)
    assert (percent(found.inner), percent(found.outer)) == ((1.35, 10.65), (0.0, 13.34))
    wider = limits(0.06, 100, factor=4.0)
    assert (percent(wider.inner), percent(wider.outer)) == ((0.0, 15.31), (0.0, 20.68))
    assert limits(0.06, 0).outer == Interval(0.0, 1.0)


def test_overdispersion_is_measured_without_the_outliers() -> None:
    level = [(6, 100)] * 8
    assert overdispersion(level, 0.06) == 1.0
    assert overdispersion([*level, (0, 100), (40, 100)], 0.06) == 1.0
    scattered = [(1, 100), (11, 100)] * 5
    assert overdispersion(scattered, 0.06) == pytest.approx((0.05 / 0.0237487) ** 2, rel=1e-4)
    assert overdispersion([(3, 20)], 0.06) == 1.0


def test_a_week_alarms_outside_three_sigma() -> None:
    assert percent(sigma_limits(0.06, 100)) == (0.0, 13.12)
    assert alarms([(6, 100), (14, 100), (13, 100)], 0.06) == (False, True, False)


def test_the_eighth_week_on_one_side_alarms() -> None:
    weeks = [(7, 100)] * 9
    assert alarms(weeks, 0.06) == (False,) * 7 + (True, True)
    assert not any(alarms([*weeks[:7], (0, 0), (6, 100), *weeks[:7]], 0.06))
    assert alarms([*weeks[:7], (0, 0), (7, 100)], 0.06)[-1]


def test_a_weighed_share_is_as_sure_as_a_plain_sample_of_its_size() -> None:
    assert wilson_of(3 / 20, 20) == wilson(3, 20)
    wide, narrow = wilson_of(0.15, 12.5), wilson_of(0.15, 20)
    assert wide.low < narrow.low < 0.15 < narrow.high < wide.high
