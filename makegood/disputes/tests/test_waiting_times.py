"""The expected time: a worked example, and that nothing flatters it."""

from __future__ import annotations

import pytest

from makegood.disputes.policy.waiting_times import Watched, curve_of

HOUR = 3_600


def decided(*hours: int) -> list[Watched]:
    return [Watched(0, hour * HOUR, decided=True) for hour in hours]


def test_a_worked_example_with_ties_and_some_that_still_wait() -> None:
    """40 decided after 1 to 20 hours, two at each; 10 wait since 10 hours: they count no longer then."""
    cases = decided(*range(1, 21), *range(1, 21)) + [Watched(0, 10 * HOUR, decided=False)] * 10
    curve = curve_of(cases)
    assert curve is not None
    assert curve.decided == 40
    by_age = dict(zip(curve.ages, curve.waiting, strict=True))
    assert by_age[9 * HOUR] == pytest.approx(32 / 50)
    assert by_age[10 * HOUR] == pytest.approx(30 / 50)
    assert by_age[11 * HOUR] == pytest.approx(30 / 50 * 18 / 20)
    assert max(by_age) == 16 * HOUR  # ten are at risk then, eight an hour later
    assert (curve.age_at(0.5), curve.age_at(0.1), curve.age_at(0.9)) == (12 * HOUR, 3 * HOUR, None)
    assert curve.age_at(0.1, waited=9 * HOUR) == 11 * HOUR


def test_few_decisions_tell_nothing() -> None:
    assert curve_of(decided(*range(1, 20))) is None


def test_a_growing_backlog_never_shortens_the_time() -> None:
    base = decided(*range(1, 41))
    times = []
    for waiting in (0, 10, 20, 40):
        curve = curve_of(base + [Watched(0, 30 * HOUR, decided=False)] * waiting)
        assert curve is not None
        times.append(curve.age_at(0.5) or 10**9)
    assert times == sorted(times)
    assert times[0] < times[-1]


def test_one_that_waited_before_the_period_counts_from_there_on() -> None:
    late = [Watched(100 * HOUR, 101 * HOUR, decided=True)] * 15
    curve = curve_of(decided(*[1] * 20) + late)
    assert curve is not None
    assert curve.age_at(0.5) == HOUR
    assert curve.age_at(0.9, waited=2 * HOUR) == 101 * HOUR
