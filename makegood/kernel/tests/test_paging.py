"""Marks of places: what was written is read back; whatever is not of the keys' types means the beginning."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from makegood.kernel.paging import BEFORE, Key, Place, place_of

KEYS = (Key("rank"), Key("created_at", descending=True), Key("id"))
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def mark(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_a_mark_is_read_back() -> None:
    good = mark([1, {"t": "2026-03-01T13:00:00+01:00"}, 7])
    assert place_of(good, "", KEYS) == Place((1, AT, 7))
    assert place_of("", good, KEYS) == Place((1, AT, 7), BEFORE)


@pytest.mark.parametrize(
    "values",
    [
        [1, "2026-03-01T12:00:00+00:00", 7],
        [1, {"t": "2026-03-01T12:00:00"}, 7],
        [1, {"t": "9999-12-31T23:59:59-23:00"}, 7],
        [1, {"t": 5}, 7],
        [1, {}, 7],
        [1, {"t": AT.isoformat()}, 2**63],
        [1, {"t": AT.isoformat()}, -(2**63) - 1],
        [1, {"t": AT.isoformat()}, 1.5],
        [True, {"t": AT.isoformat()}, 7],
        ["1", {"t": AT.isoformat()}, 7],
        [1, {"t": AT.isoformat()}],
        [None, None, None],
        {"a": 1, "b": 2, "c": 3},
        7,
    ],
)
def test_other_types_mean_the_beginning(values: Any) -> None:
    assert place_of(mark(values), "", KEYS) == Place()
    assert place_of("", mark(values), KEYS) == Place()


@pytest.mark.parametrize("text", ["x", "\u00e9", "W1tb" * 20_000])
def test_what_is_no_mark_means_the_beginning(text: str) -> None:
    assert place_of(text, "", KEYS) == Place()
