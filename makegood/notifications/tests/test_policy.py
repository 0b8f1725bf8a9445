"""Windows: their spellings, when they are due, and which one a program sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.notifications.errors import BadWindow
from makegood.notifications.policy import DEFAULT, IMMEDIATE, OFF, parse_window, program_window
from makegood.notifications.states import Side

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

SPELLINGS = [
    ("off", "off"),
    ("immediate", "immediate"),
    ("0m", "immediate"),
    ("30s", "30s"),
    ("15m", "15m"),
    ("90m", "90m"),
    ("60m", "1h"),
    ("hourly", "1h"),
    (" 4H ", "4h"),
    ("1d", "24h"),
    ("31d", "744h"),
    ("daily", "daily 09:00"),
    ("Daily  16:30", "daily 16:30"),
]


@pytest.mark.parametrize(("text", "spelling"), SPELLINGS)
def test_a_window_has_one_spelling(text: str, spelling: str) -> None:
    window = parse_window(text)
    assert window.text == spelling
    assert parse_window(window.text) == window


@pytest.mark.parametrize("text", ["", "4", "h", "-1h", "4 hours", "32d", "daily 24:00", "daily 9:00", "1.5h", "٤h"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(BadWindow) as refusal:
        parse_window(text)
    assert refusal.value.code == "BAD_WINDOW"
    assert refusal.value.message == (
        f'"{text}" is not a delivery window. Use off, immediate, 15m, 1h, 4h, daily or daily 16:30.'
    )


DUE = [
    ("immediate", "UTC", NOON, NOON),
    ("15m", "UTC", NOON, NOON + timedelta(minutes=15)),
    ("4h", "America/New_York", NOON, NOON + timedelta(hours=4)),
    ("daily 16:30", "UTC", NOON, NOON.replace(hour=16, minute=30)),
    ("daily 12:00", "UTC", NOON, NOON + timedelta(days=1)),
    ("daily", "UTC", NOON, datetime(2026, 11, 21, 9, tzinfo=UTC)),
    ("daily", "America/New_York", NOON, datetime(2026, 11, 20, 14, tzinfo=UTC)),
    ("daily", "Asia/Tokyo", NOON, datetime(2026, 11, 21, 0, tzinfo=UTC)),
    # The clocks go back in New York during the night before: nine o'clock is an hour later in UTC.
    (
        "daily",
        "America/New_York",
        datetime(2026, 10, 31, 20, tzinfo=UTC),
        datetime(2026, 11, 1, 14, tzinfo=UTC),
    ),
]


@pytest.mark.parametrize(("text", "zone", "opens_at", "due_at"), DUE)
def test_a_window_ends(text: str, zone: str, opens_at: datetime, due_at: datetime) -> None:
    assert parse_window(text).due(opens_at, zone) == due_at


def test_off_is_never_due() -> None:
    with pytest.raises(ValueError, match="never due"):
        OFF.due(NOON, "UTC")


SETTINGS = [
    ({"notify": {"manager": {"digest": "15m"}}}, parse_window("15m")),
    ({"notify": {"manager": {"digest": "off"}}}, OFF),
    ({"notify": {"manager": {"digest": False}}}, OFF),
    ({"notify": {"manager": {"digest": "immediate"}}}, IMMEDIATE),
    ({"notify": {"manager": {"digest": "soon"}}}, DEFAULT),
    ({"notify": {"manager": {"digest": 4}}}, DEFAULT),
    ({"notify": {"manager": {}}}, DEFAULT),
    ({"notify": {"buyer": {"digest": "15m"}}}, DEFAULT),
    ({"notify": "4h"}, DEFAULT),
    ({}, DEFAULT),
]


@pytest.mark.parametrize(("settings", "window"), SETTINGS)
def test_a_program_sets_the_window(settings: dict[str, Any], window: object) -> None:
    assert program_window(settings, Side.MANAGER) == window


def test_the_default_is_four_hours() -> None:
    assert DEFAULT.text == "4h"
