"""Byte ranges after RFC 9110, and the milliseconds they stand for."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from makegood.evidence.policy.ranges import PART, UNSATISFIABLE, WHOLE, Portion, heard_in, portion

TAG = '"abc"'
sizes = st.integers(1, 5_000)


@pytest.mark.parametrize(
    ("wanted", "status", "start", "stop"),
    [
        ("bytes=0-0", PART, 0, 1),
        ("bytes=0-", PART, 0, 100),
        ("bytes=10-19", PART, 10, 20),
        ("bytes=90-200", PART, 90, 100),
        ("bytes=-1", PART, 99, 100),
        ("bytes=-500", PART, 0, 100),
        ("BYTES = 5-6", PART, 5, 7),
        ("bytes=99-99", PART, 99, 100),
        ("bytes=100-", UNSATISFIABLE, 0, 0),
        ("bytes=100-200", UNSATISFIABLE, 0, 0),
        ("bytes=-0", UNSATISFIABLE, 0, 0),
        ("bytes=9999999999999999999999-", UNSATISFIABLE, 0, 0),
        ("bytes=0-1,5-6", WHOLE, 0, 100),
        ("bytes=6-5", WHOLE, 0, 100),
        ("bytes=-", WHOLE, 0, 100),
        ("bytes=", WHOLE, 0, 100),
        ("bytes=a-b", WHOLE, 0, 100),
        ("bytes=\u0661-\u0662", WHOLE, 0, 100),
        ("seconds=0-1", WHOLE, 0, 100),
        ("0-1", WHOLE, 0, 100),
        ("", WHOLE, 0, 100),
        ("bytes=0-" + "1" * 500, WHOLE, 0, 100),
    ],
)
def test_one_range_is_answered_and_nothing_else_is(wanted: str, status: int, start: int, stop: int) -> None:
    assert portion(100, TAG, wanted=wanted) == Portion(status, start, stop, 100)


@pytest.mark.parametrize("only_if", ['"other"', 'W/"abc"', "Sat, 29 Oct 1994 19:43:31 GMT", "abc"])
def test_if_range_that_does_not_fit_gets_the_whole(only_if: str) -> None:
    assert portion(100, TAG, wanted="bytes=5-9", only_if=only_if).status == WHOLE
    assert portion(100, TAG, wanted="bytes=500-", only_if=only_if).status == WHOLE
    assert portion(100, TAG, wanted="bytes=5-9", only_if=f" {TAG}").status == PART


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_ranges_are_for_get(method: str) -> None:
    assert portion(100, TAG, method=method, wanted="bytes=5-9").status == WHOLE


def test_headers_say_what_is_sent() -> None:
    assert portion(100, TAG, wanted="bytes=5-9").headers == {
        "Accept-Ranges": "bytes",
        "Content-Length": "5",
        "Content-Range": "bytes 5-9/100",
    }
    assert portion(100, TAG, wanted="bytes=100-").headers == {
        "Accept-Ranges": "bytes",
        "Content-Range": "bytes */100",
    }
    assert portion(100, TAG).headers == {"Accept-Ranges": "bytes", "Content-Length": "100"}
    assert portion(0, TAG, wanted="bytes=0-").headers["Content-Range"] == "bytes */0"


@given(sizes, st.integers(0, 6_000), st.none() | st.integers(0, 6_000))
def test_a_range_is_the_slice_of_the_same_numbers(size: int, first: int, last: int | None) -> None:
    content = bytes(n % 251 for n in range(size))
    found = portion(size, TAG, wanted=f"bytes={first}-{'' if last is None else last}")
    if last is not None and last < first:
        assert found.status == WHOLE
    elif first >= size:
        assert found.status == UNSATISFIABLE
    else:
        sliced = content[first:] if last is None else content[first : last + 1]
        assert (found.status, content[found.start : found.stop]) == (PART, sliced)
        assert found.length == len(sliced) > 0


@given(sizes, st.integers(1, 6_000))
def test_a_suffix_is_the_end(size: int, last: int) -> None:
    content = bytes(n % 251 for n in range(size))
    found = portion(size, TAG, wanted=f"bytes=-{last}")
    assert content[found.start : found.stop] == content[-last:]


@given(st.text(max_size=40), st.text(max_size=20), st.integers(0, 5_000))
@example("bytes=0-\n", "", 10)
def test_any_text_gets_an_answer_within_the_file(wanted: str, only_if: str, size: int) -> None:
    found = portion(size, TAG, wanted=wanted, only_if=only_if)
    assert 0 <= found.start <= found.stop <= size
    assert found.status in {WHOLE, PART, UNSATISFIABLE}
    assert (found.status == WHOLE) <= (found.length == size)


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.data())
def test_milliseconds_cover_the_bytes_and_stay_inside(size: int, duration: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, size - 1))
    stop = data.draw(st.integers(start + 1, size))
    first, end = heard_in(start, stop, size=size, duration_ms=duration)
    assert 0 <= first < end <= duration
    assert first * size <= start * duration
    assert end * size >= min(stop * duration, size * duration)
    assert heard_in(0, size, size=size, duration_ms=duration) == (0, duration)


@pytest.mark.parametrize(("start", "stop", "size", "duration"), [(0, 0, 10, 10), (0, 5, 0, 10), (0, 5, 10, 0)])
def test_nothing_is_no_time(start: int, stop: int, size: int, duration: int) -> None:
    assert heard_in(start, stop, size=size, duration_ms=duration) == (0, 0)
