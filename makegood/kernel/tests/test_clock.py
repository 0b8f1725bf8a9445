"""The one wall clock, and identifiers that sort by it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from makegood.kernel import clock, ids

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_now_is_aware_and_in_utc_and_moves_on() -> None:
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_a_frozen_clock_stands_still_and_moves_again_afterward() -> None:
    with clock.frozen(NOON):
        assert clock.now() == NOON == clock.now()
    assert clock.now() > NOON - timedelta(days=365)
    assert clock.now() != NOON


def test_a_frozen_clock_answers_in_utc_whatever_zone_it_was_given() -> None:
    with clock.frozen(NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC


def test_a_clock_cannot_be_frozen_at_a_time_without_zone() -> None:
    with pytest.raises(ValueError, match="a frozen clock needs an aware time"), clock.frozen(NOON.replace(tzinfo=None)):
        raise AssertionError("the block must not be entered")


def _fail_an_hour_later() -> None:
    with clock.shifted(timedelta(hours=1)):
        with clock.shifted(timedelta(minutes=-5)):
            assert clock.now() == NOON + timedelta(minutes=55)
        assert clock.now() == NOON + timedelta(hours=1)
        raise RuntimeError("inside")


def test_shifts_nest_and_unwind_even_after_an_error() -> None:
    with clock.frozen(NOON):
        with pytest.raises(RuntimeError, match="inside"):
            _fail_an_hour_later()
        assert clock.now() == NOON


def test_an_identifier_has_its_prefix_and_26_letters_without_look_alikes() -> None:
    assert re.fullmatch(r"dsp_[0-9A-HJKMNP-TV-Z]{26}", ids.ulid("dsp"))


def test_identifiers_of_one_instant_differ_and_later_ones_sort_after() -> None:
    with clock.frozen(NOON):
        same = {ids.ulid("x") for _ in range(1_000)}
    assert len(same) == 1_000
    with clock.frozen(NOON + timedelta(milliseconds=1)):
        assert ids.ulid("x") > max(same)
