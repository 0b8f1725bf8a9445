"""A returns file is read as spreadsheets write it; what cannot be read says why."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.web.returned import MOST_BYTES, MOST_ROWS, NotReadable, Row, is_shortened, read, reason_meant

OFFERED = {
    "SPAM": "Spam",
    "BOT": "Bot traffic",
    "DUPLICATE": "Duplicate call",
    "NOT_QUALIFIED": "Did not meet the criteria",
}
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=30).map(str.strip)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    text = delimiter.join(("Call ID", "Reason", "Note")) + "\r\n" + delimiter.join(("call-1", "SPAM", "Señor Müller"))
    sheet = read(text.encode(encoding))
    assert sheet.rows == (Row(2, "call-1", "SPAM", "Señor Müller"),)
    assert bool(sheet.note) == (encoding == "cp1252")


@given(st.lists(st.tuples(CELL.filter(bool), CELL, CELL, CELL), min_size=1, max_size=8))
def test_what_a_spreadsheet_writes_comes_back(rows: list[tuple[str, str, str, str]]) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("lead id", "dispute reason", "comments", "amount"))
    writer.writerows((name, reason, note, amount) for name, reason, note, amount in rows)
    found = read(file.getvalue().encode()).rows
    assert [(row.name, row.reason, row.note, row.amount) for row in found] == rows


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'note,call_id,reason\n\n"two\nlines",call-1,SPAM\n,,\nx,call-2,BOT\n'
    assert [(row.line, row.name, row.note) for row in read(text.encode()).rows] == [
        (3, "call-1", "two\nlines"),
        (6, "call-2", "x"),
    ]


def test_the_id_is_preferred_to_the_caller_and_a_guarded_number_is_one() -> None:
    text = "phone,call_id,reason\n+12125550142,call-1,SPAM\n'+12125550143,,SPAM\n"
    assert [row.name for row in read(text.encode()).rows] == ["call-1", "+12125550143"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04rest", "This is a workbook. Save it as CSV (UTF-8) and choose that."),
        (b"call_id,reason\n", "The file has column names, but no row below them."),
        (b"a\0b,c\n1,2\n", "The file is no text. Save it as CSV and choose that."),
        (
            b"when,who\n1,2\n",
            "The first line has to name the columns, among them one for a call id, lead id or phone number and one for"
            ' the reason. It says "when", "who".',
        ),
        (b"x" * (MOST_BYTES + 1), "The file is larger than 2 MB. Split it and send the parts one by one."),
        (
            b"call_id,reason\n" + b"c,SPAM\n" * (MOST_ROWS + 1),
            "The file has more than 5,000 rows. Split it and send the parts one by one.",
        ),
    ],
    ids=["empty", "workbook", "no_rows", "binary", "no_columns", "large", "long"],
)
def test_what_cannot_be_read_says_why(content: bytes, sentence: str) -> None:
    with pytest.raises(NotReadable) as caught:
        read(content)
    assert str(caught.value) == sentence


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(NotReadable):
        assert read(content).rows


@pytest.mark.parametrize(
    ("text", "code", "near"),
    [
        ("spam", "SPAM", ()),
        ("Bot Traffic", "BOT", ()),
        ("duplicate-call", "DUPLICATE", ()),
        ("bot trafic", "", ("Bot traffic",)),
        ("duplicte", "", ("Duplicate call",)),
        ("criteria", "", ("Did not meet the criteria",)),
        ("something else entirely", "", ()),
        ("", "", ()),
    ],
)
def test_a_reason_is_known_by_code_or_words(text: str, code: str, near: tuple[str, ...]) -> None:
    assert reason_meant(text, OFFERED) == (code, near)


def test_a_number_that_a_spreadsheet_shortened_is_told_apart() -> None:
    assert [is_shortened(name) for name in ("1.21256E+10", "1,2e10", "1E+9", "12125550142", "call-1E5")] == [
        True,
        True,
        True,
        False,
        False,
    ]
