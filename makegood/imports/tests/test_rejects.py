"""Each way a row can fail: its code, its whole sentence, nothing stored of it, and the good rows beside it land."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.imports.tests.logs import Importer, call, csv_text, rejected, trackdrive, write_csv
from makegood.parties.models import Customer, Vendor

GOOD = call(call_id="good")

CASES: list[tuple[dict[str, str], str, str, str]] = [
    ({"call_id": ""}, "NO_ID", "call_id", "The call has no id, so it could not be told from others."),
    ({"call_id": "x" * 201}, "TOO_LONG", "call_id", f'"{"x" * 201}" in column call_id is too long.'),
    ({"started_at": ""}, "NO_TIME", "started_at", "Column started_at is empty; a call needs its time."),
    (
        {"started_at": "2026-02-30T10:00:00Z"},
        "BAD_TIME",
        "started_at",
        '"2026-02-30T10:00:00Z" in column started_at is not a time between 1990 and 2100.',
    ),
    (
        {"started_at": "now"},
        "BAD_TIME",
        "started_at",
        '"now" in column started_at is not a time between 1990 and 2100.',
    ),
    (
        {"started_at": "1066-10-14T09:00:00Z"},
        "BAD_TIME",
        "started_at",
        '"1066-10-14T09:00:00Z" in column started_at is not a time between 1990 and 2100.',
    ),
    ({"revenue": "free"}, "BAD_AMOUNT", "revenue", '"free" in column revenue is not an amount; write it as 1234.50.'),
    (
        {"revenue": "1.234,50"},
        "BAD_AMOUNT",
        "revenue",
        '"1.234,50" in column revenue is not an amount; write it as 1234.50.',
    ),
    ({"revenue": "NaN"}, "BAD_AMOUNT", "revenue", '"NaN" in column revenue is not an amount; write it as 1234.50.'),
    ({"revenue": "0x1F"}, "BAD_AMOUNT", "revenue", '"0x1F" in column revenue is not an amount; write it as 1234.50.'),
    ({"payout": "-15.00"}, "NEGATIVE_AMOUNT", "payout", '"-15.00" in column payout is below zero; a charge is not.'),
    (
        {"revenue": "0.0000001"},
        "AMOUNT_TOO_FINE",
        "revenue",
        '"0.0000001" in column revenue has more than six decimals.'
        " Amounts are not rounded; that is a rate, not an amount.",
    ),
    (
        {"revenue": "9999999999999"},
        "OUT_OF_RANGE",
        "revenue",
        '"9999999999999" in column revenue is too large or below zero.',
    ),
    (
        {"duration_s": "99999999999"},
        "OUT_OF_RANGE",
        "duration_s",
        '"99999999999" in column duration_s is too large or below zero.',
    ),
    ({"duration_s": "-1"}, "OUT_OF_RANGE", "duration_s", '"-1" in column duration_s is too large or below zero.'),
    ({"duration_s": "4.5"}, "BAD_NUMBER", "duration_s", '"4.5" in column duration_s is not a whole number.'),
    ({"converted": "maybe"}, "BAD_YES_NO", "converted", '"maybe" in column converted is neither yes nor no.'),
    (
        {"currency": "USX"},
        "UNKNOWN_CURRENCY",
        "currency",
        '"USX" in column currency is not a currency code such as USD.',
    ),
    (
        {"currency": "EUR", "payout": ""},
        "CURRENCY_MISMATCH",
        "currency",
        "The row is in EUR, but customer B1 is billed in USD.",
    ),
    (
        {"buyer_id": ""},
        "NO_CUSTOMER",
        "buyer_id",
        "The call reached no buyer. --customer books such calls on a customer,"
        ' --create-parties on one called "unrouted".',
    ),
    (
        {"buyer_id": "B9"},
        "UNKNOWN_CUSTOMER",
        "buyer_id",
        'There is no customer "B9". --create-parties creates the ones that are missing.',
    ),
    (
        {"vendor_id": "V9"},
        "UNKNOWN_VENDOR",
        "vendor_id",
        'There is no vendor "V9". --create-parties creates the ones that are missing.',
    ),
    (
        {"campaign_id": "K9"},
        "UNKNOWN_CAMPAIGN",
        "campaign_id",
        'There is no campaign "K9" in this program. --create-parties creates the ones that are missing.',
    ),
    (
        {"category": "roofing"},
        "UNKNOWN_CATEGORY",
        "category",
        'There is no category "roofing". --create-parties creates the ones that are missing.',
    ),
]


@pytest.mark.parametrize(("facts", "code", "column", "reason"), CASES, ids=[f"{c[1]}-{n}" for n, c in enumerate(CASES)])
def test_a_bad_row_is_rejected_and_the_good_one_lands(
    load: Importer, log: Path, facts: dict[str, str], code: str, column: str, reason: str
) -> None:
    extra = {name: "" for name in facts if name not in GOOD}
    parties = (Customer.objects.count(), Vendor.objects.count())
    answer = load(write_csv(log, [{**GOOD, **extra}, {**call(call_id="bad"), **facts}]))
    assert (answer.tally.imported, answer.tally.rejected) == (1, 1)
    assert [(row["row"], row["code"], row["column"], row["reason"]) for row in rejected(log)] == [
        ("3", code, column, reason)
    ]
    assert Charge.objects.get().external_id == "good"
    assert (Customer.objects.count(), Vendor.objects.count()) == parties
    assert answer.rejects_file == str(log.with_name("calls.rejects.csv"))
    assert answer.messages == (f"Row 3: {reason}",)


def test_a_local_time_far_into_a_file_of_times_with_offsets(load: Importer, log: Path) -> None:
    rows = [call(call_id=f"c{n}") for n in range(201)]
    answer = load(write_csv(log, [*rows, call(call_id="bad", ended_at="2026-03-02 10:00:00")]))
    assert (answer.tally.imported, answer.tally.rejected) == (201, 1)
    (row,) = rejected(log)
    assert (row["row"], row["code"], row["column"], row["reason"]) == (
        "203",
        "NO_ZONE",
        "ended_at",
        '"2026-03-02 10:00:00" in column ended_at has no offset from UTC; name the time zone with --timezone.',
    )


def test_a_row_with_several_faults_tells_them_all(load: Importer, log: Path) -> None:
    answer = load(write_csv(log, [GOOD, call(call_id="bad", revenue="x", duration_s="y", vendor_id="V9")]))
    assert answer.tally.rejected == 1
    assert sorted(row["code"] for row in rejected(log)) == ["BAD_AMOUNT", "BAD_NUMBER", "UNKNOWN_VENDOR"]


def test_the_source_row_is_kept_and_is_no_formula(load: Importer, log: Path) -> None:
    load(write_csv(log, [GOOD, call(call_id="=1+1", revenue="x")]))
    (row,) = rejected(log)
    assert row["source"].startswith("'=1+1,2026-03-02T13:09:14Z,")


def test_no_rejects_no_file(load: Importer, log: Path) -> None:
    answer = load(write_csv(log, [GOOD]))
    assert answer.rejects_file is None
    assert not log.with_name("calls.rejects.csv").exists()


def test_an_id_twice_in_one_file(load: Importer, log: Path) -> None:
    rows = [call(call_id="a"), call(call_id="a", revenue="1.00"), call(call_id="b")]
    for chunk_rows in (10, 1):
        Charge.objects.filter(billed_at__isnull=True).delete()
        answer = load(write_csv(log, rows), chunk_rows=chunk_rows)
        assert answer.tally.rejected == 1
        (row,) = rejected(log)
        assert (row["row"], row["code"]) == ("3", "DUPLICATE_IN_FILE")
        assert row["reason"] == 'An earlier row of this file has the id "a" too; that one was taken.'
    assert Charge.objects.get(external_id="a").billed_micros == 99_500_000


def _cut_last_line(text: str) -> bytes:
    return text.rstrip("\n")[:-40].encode()


def _short_row(text: str) -> bytes:
    return text.replace("bad,2026-03-02T13:09:14Z,", "bad,").encode()


def _nul(text: str) -> bytes:
    return text.replace("bad,", "bad\0,").encode()


def _bad_bytes(text: str) -> bytes:
    return text.replace("good", "Café").encode().replace(b"bad,", b"b\xffd,")


def _open_quote(text: str) -> bytes:
    return text.replace("bad,", '"bad,').encode()


def _quote_inside(text: str) -> bytes:
    return text.replace("bad,", '"bad"x,').encode()


@pytest.mark.parametrize(
    ("spoil", "code", "reason"),
    [
        (_cut_last_line, "TRUNCATED", "The file ends in the middle of this row. Was it copied completely?"),
        (_short_row, "WRONG_COLUMNS", "The row has 12 columns; the header has 13."),
        (_nul, "NUL_BYTE", "The row holds a NUL character, which no text has."),
        (_bad_bytes, "BAD_ENCODING", "The row holds bytes that are not UTF-8."),
        (_open_quote, "TRUNCATED", "The file ends in the middle of this row. Was it copied completely?"),
        (_quote_inside, "BAD_QUOTES", "The quotes in this row do not match: ',' expected after '\"'."),
    ],
)
def test_a_damaged_file(load: Importer, log: Path, spoil: Callable[[str], bytes], code: str, reason: str) -> None:
    log.write_bytes(spoil(csv_text([GOOD, call(call_id="bad")])))
    answer = load(log)
    assert (answer.tally.imported, answer.tally.rejected) == (1, 1)
    assert [(row["row"], row["code"], row["reason"]) for row in rejected(log)] == [("3", code, reason)]


def test_rows_after_a_damaged_one_land(load: Importer, log: Path) -> None:
    text = csv_text([call(call_id="a"), call(call_id="b"), call(call_id="c")])
    log.write_text(text.replace("b,2026", 'b,"x"y,2026'), encoding="utf-8")
    assert load(log).tally.imported == 2
    assert [row["row"] for row in rejected(log)] == ["3"]


def test_a_quoted_line_break_counts_as_lines(load: Importer, log: Path) -> None:
    rows = [call(call_id="a", buyer_id="B1", caller='say "hi"\nthere'), call(call_id="b", revenue="x")]
    assert load(write_csv(log, rows)).tally.imported == 1
    assert [row["row"] for row in rejected(log)] == ["4"]


def test_blank_lines_are_nothing(load: Importer, log: Path) -> None:
    log.write_text(csv_text([GOOD]) + "\n\n", encoding="utf-8")
    assert (load(log).tally.imported, load(log).tally.rejected) == (1, 0)


def _json_case(*records: Any, tail: str = "") -> str:
    return json.dumps(list(records)) + tail


@pytest.mark.parametrize(
    ("text", "row", "code", "reason"),
    [
        (
            _json_case(trackdrive(), trackdrive(uuid="u2"))[:-30],
            "2",
            "TRUNCATED",
            "The file ends in the middle of this row. Was it copied completely?",
        ),
        (_json_case(trackdrive(), "loose"), "2", "BAD_JSON_LINE", "This line is no JSON object: it is not an object."),
        (
            _json_case(trackdrive(), trackdrive(uuid="u\0")),
            "2",
            "NUL_BYTE",
            "The row holds a NUL character, which no text has.",
        ),
        (
            _json_case(trackdrive(), trackdrive(uuid="u2", buyer_revenue="x")),
            "2",
            "BAD_AMOUNT",
            '"x" in column buyer_revenue is not an amount; write it as 1234.50.',
        ),
        (
            json.dumps(trackdrive())
            + "\n"
            + json.dumps(trackdrive(uuid="u2")).replace(', "status"', ' "status"')
            + "\n",
            "2",
            "BAD_JSON_LINE",
            "This line is no JSON object: Expecting ',' delimiter.",
        ),
    ],
)
def test_a_damaged_json_file(load: Importer, tmp_path: Path, text: str, row: str, code: str, reason: str) -> None:
    path = tmp_path / "calls.json"
    path.write_text(text, encoding="utf-8")
    answer = load(path, currency="USD", create_parties=True)
    assert (answer.tally.imported, answer.tally.rejected) == (1, 1)
    assert [(one["row"], one["code"], one["reason"]) for one in rejected(path)] == [(row, code, reason)]
