"""When a delivery is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from makegood.webhooks.policy.schedule import WAITS, asked_wait, wait_before

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def test_the_schedule_is_that_of_the_specification() -> None:
    waits = [wait_before(tries, luck=0) for tries in range(1, 11)]
    assert waits == [5 * SECOND, 300 * SECOND, HOUR / 2, *(n * HOUR for n in (2, 5, 10, 14, 20, 24)), None]
    assert WAITS[0] == timedelta(0)


def test_luck_lengthens_by_a_fifth_at_most() -> None:
    assert wait_before(4, luck=50) == 2.2 * HOUR
    assert wait_before(4, luck=100) == 2.4 * HOUR


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(timedelta(seconds=1), 5 * SECOND), (timedelta(minutes=3), 180 * SECOND), (timedelta(days=9), 24 * HOUR)],
)
def test_a_longer_wait_that_is_asked_for_is_kept_up_to_a_day(asked: timedelta, wait: timedelta) -> None:
    assert wait_before(1, luck=0, asked=asked) == wait


def test_no_asking_brings_back_what_is_over() -> None:
    assert wait_before(10, luck=0, asked=HOUR) is None


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("", None),
        ("120", timedelta(minutes=2)),
        (" 7 ", 7 * SECOND),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, timedelta(seconds=10**8)),
        ("Fri, 20 Nov 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Fri, 20 Nov 2026 11:10:00 GMT", None),
        ("soon", None),
    ],
)
def test_retry_after_is_read(header: str | None, wait: timedelta | None) -> None:
    assert asked_wait(header, NOON) == wait
