"""Each way a line of a bill can fail: its code, its whole sentence, and the good line beside it lands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from makegood.billing.models import Charge, Invoice, InvoiceCredit
from makegood.imports.tests.bills import BillImporter, bill, json_text, line, rate, write_bills
from makegood.imports.tests.logs import csv_text, only_charge, rejected, write_csv

GOOD = line(invoice_number="7", line_id="1")

CASES: list[tuple[dict[str, str], str, str, str]] = [
    (
        {"invoice_number": "INV-17"},
        "BAD_BILL_NUMBER",
        "invoice_number",
        '"INV-17" in column invoice_number is not a whole number of at most 18 digits, as numbers of bills'
        " and of periods are here.",
    ),
    (
        {"invoice_number": "1234567890123456789"},
        "BAD_BILL_NUMBER",
        "invoice_number",
        '"1234567890123456789" in column invoice_number is not a whole number of at most 18 digits, as numbers of'
        " bills and of periods are here.",
    ),
    (
        {"issued_on": ""},
        "NO_ISSUE_DATE",
        "issued_on",
        "Column issued_on is empty; a bill needs the day it was issued. --issued-on gives one to such bills.",
    ),
    (
        {"issued_on": "2026-02-30"},
        "BAD_TIME",
        "issued_on",
        '"2026-02-30" in column issued_on is not a time between 1990 and 2100.',
    ),
    (
        {"issued_on": "2026-03-08 02:30"},
        "NONEXISTENT_TIME",
        "issued_on",
        '"2026-03-08 02:30" in column issued_on never happened in its zone: clocks were put forward over it.'
        " Is the zone right?",
    ),
    ({"due_on": "soon"}, "BAD_TIME", "due_on", '"soon" in column due_on is not a time between 1990 and 2100.'),
    (
        {"period_end": "2026-04-30"},
        "BAD_PERIOD",
        "period_end",
        'The bill period ends ("2026-04-30" in column period_end) before it begins.',
    ),
    (
        {"customer_id": ""},
        "NO_BILLED_CUSTOMER",
        "customer_id",
        "The line does not say which customer was billed; --customer gives one to such lines.",
    ),
    (
        {"customer_id": "B9"},
        "UNKNOWN_CUSTOMER",
        "customer_id",
        'There is no customer "B9". --create-parties creates the ones that are missing.',
    ),
    ({"customer_id": "x" * 65}, "TOO_LONG", "customer_id", f'"{"x" * 65}" in column customer_id is too long.'),
    (
        {"currency": "EUR"},
        "CURRENCY_MISMATCH",
        "currency",
        "The row is in EUR, but customer B1 is billed in USD.",
    ),
    (
        {"currency": "USX"},
        "UNKNOWN_CURRENCY",
        "currency",
        '"USX" in column currency is not a currency code such as USD.',
    ),
    ({"net": "free"}, "BAD_AMOUNT", "net", '"free" in column net is not an amount; write it as 1234.50.'),
    ({"tax": "1.234,50"}, "BAD_AMOUNT", "tax", '"1.234,50" in column tax is not an amount; write it as 1234.50.'),
    ({"total": "NaN"}, "BAD_AMOUNT", "total", '"NaN" in column total is not an amount; write it as 1234.50.'),
    (
        {"net": "0.0000001"},
        "AMOUNT_TOO_FINE",
        "net",
        '"0.0000001" in column net has more than six decimals. Amounts are not rounded; that is a rate, not an amount.',
    ),
    ({"net": "9999999999999"}, "OUT_OF_RANGE", "net", '"9999999999999" in column net is too large or below zero.'),
    (
        {"net": ""},
        "NO_AMOUNT",
        "net",
        "Column net is empty; a charge needs its amount, 0.00 if nothing was charged.",
    ),
    (
        {"tax": "-0.83"},
        "MIXED_SIGNS",
        "tax",
        'The tax of the line ("-0.83" in column tax) goes the other way than its amount.',
    ),
    (
        {"gross": "800.00"},
        "LINE_CONTRADICTS",
        "gross",
        '"800.00" in column gross is not the net amount and the tax of the line together.',
    ),
    (
        {"status": "draft"},
        "BILL_NOT_ISSUED",
        "status",
        'The bill is not issued yet (status says "draft"), so nobody was billed. Import it again when it is.',
    ),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test writes its bill."""
    return tmp_path / "bill.csv"


@pytest.mark.parametrize(("facts", "code", "column", "reason"), CASES, ids=[f"{c[1]}-{n}" for n, c in enumerate(CASES)])
def test_a_bad_line_is_rejected_and_the_good_one_lands(
    load_bills: BillImporter, path: Path, facts: dict[str, str], code: str, column: str, reason: str
) -> None:
    extra = {name: "" for name in facts if name not in GOOD}
    answer = load_bills(write_csv(path, [{**extra, **GOOD}, {**line(), **facts}]))
    assert (answer.tally.imported, answer.tally.rejected, answer.tally.bills) == (1, 1, 1)
    (row,) = rejected(path)
    assert (row["row"], row["code"], row["column"], row["reason"]) == ("3", code, column, reason)
    assert "10986,recurring,Fiber 500M" in row["source"]
    assert only_charge().external_id == "7:1"
    assert Invoice.objects.get().number == 7


def test_a_line_twice_in_one_file(load_bills: BillImporter, path: Path) -> None:
    answer = load_bills(write_csv(path, [line(), line(net="1.00")]))
    assert (answer.tally.imported, answer.tally.rejected) == (1, 1)
    (row,) = rejected(path)
    assert (row["code"], row["reason"]) == (
        "DUPLICATE_IN_FILE",
        'An earlier row of this file has the id "10986" too; that one was taken.',
    )
    assert only_charge().billed_micros == 745_000_000


def test_a_line_of_another_customer(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_csv(path, [line(), line(line_id="2", customer_id="B2")]))
    (row,) = rejected(path)
    sentence = 'Invoice 1984950 belongs to another customer than "B2" in column customer_id.'
    assert (row["code"], row["reason"]) == ("INVOICE_OF_ANOTHER", sentence)
    answer = load_bills(write_csv(path, [line(line_id="3", customer_id="B2")]))
    assert (answer.tally.imported, answer.tally.rejected, Invoice.objects.count()) == (0, 1, 1)


def test_a_line_that_turns_into_a_credit(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_csv(path, [line(), line(line_id="2", net="-5.00", tax="0")]))
    answer = load_bills(write_csv(path, [line(net="-745.00", tax="-61.46"), line(line_id="2", net="5.00", tax="0")]))
    assert (answer.tally.imported, answer.tally.corrections, answer.tally.rejected) == (0, 0, 2)
    assert [row["reason"] for row in rejected(path)] == [
        'Line "10986" was billed as $745.00 and now says a credit of $745.00. What was billed is never overwritten.',
        'Line "2" was billed as a credit of $5.00 and now says $5.00. What was billed is never overwritten.',
    ]
    assert only_charge().billed_micros == 745_000_000
    assert InvoiceCredit.objects.get().amount_micros == 5_000_000


def test_a_credit_that_changes(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_csv(path, [line(net="-5.00", tax="-0.40")]))
    answer = load_bills(write_csv(path, [line(net="-6.00", tax="-0.50")]))
    assert answer.tally.rejected == 1
    (row,) = rejected(path)
    assert (row["code"], row["reason"]) == (
        "LINE_CHANGED",
        'Line "10986" was billed as a credit of $5.00 with a tax of $0.40 and now says a credit of $6.00 with a tax of'
        " $0.50. What was billed is never overwritten.",
    )


def test_a_feature_that_came_from_elsewhere(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_csv(path, [line()]))
    other = write_csv(path, [line(invoice_number="2")])
    load_bills(other)
    charge = Charge.objects.get(invoice_number=2)
    Charge.objects.create(
        **{
            **{field.attname: getattr(charge, field.attname) for field in Charge._meta.concrete_fields},
            "id": None,
            "feature_id": 5,
            "external_source": "elsewhere",
        }
    )
    answer = load_bills(write_csv(path, [line(invoice_number="2", line_id="5")]))
    assert (answer.tally.imported, answer.tally.rejected) == (0, 1)
    (row,) = rejected(path)
    assert (row["code"], row["reason"]) == (
        "LINE_TAKEN",
        'Invoice 2 has a line "5" already, which came from elsewhere. It stays as it is.',
    )


def test_a_csv_that_ends_too_early(load_bills: BillImporter, path: Path) -> None:
    whole = csv_text([line(total="1612.92"), line(line_id="2", total="1612.92")])
    path.write_text(whole[:-40], encoding="utf-8")
    answer = load_bills(path)
    assert (answer.tally.imported, answer.tally.rejected, answer.tally.off) == (1, 1, 1)
    (row,) = rejected(path)
    assert (row["row"], row["code"]) == ("3", "TRUNCATED")
    path.write_text(whole, encoding="utf-8")
    tally = load_bills(path).tally
    assert (tally.imported, tally.unchanged, tally.off) == (1, 1, 0)


def test_a_rejected_row_is_mended_from_the_rejects(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_csv(path, [line(), line(line_id="2", net='7 "or" 8, maybe')]))
    (row,) = rejected(path)
    mended = row["source"].replace('"7 ""or"" 8, maybe"', "7.00")
    path.write_text(",".join(line()) + "\n" + mended + "\n", encoding="utf-8")
    assert load_bills(path).tally.imported == 1
    assert Charge.objects.get(feature_id=2).billed_micros == 7_000_000


@pytest.mark.parametrize(
    ("facts", "column", "reason"),
    [
        (
            {"billNo": "INV-17"},
            "billNo",
            '"INV-17" in column billNo is not a whole number of at most 18 digits, as numbers of bills and of'
            " periods are here.",
        ),
        (
            {"state": "onHold"},
            "state",
            'The bill is not issued yet (state says "onHold"), so nobody was billed. Import it again when it is.',
        ),
        (
            {"category": "trial"},
            "state",
            'The bill is not issued yet (state says "trial"), so nobody was billed. Import it again when it is.',
        ),
        (
            {"billingAccount": {"id": "B9"}},
            "billingAccount.id",
            'There is no customer "B9". --create-parties creates the ones that are missing.',
        ),
    ],
)
def test_what_is_wrong_with_a_whole_bill_is_told_once(
    load_bills: BillImporter, tmp_path: Path, facts: dict[str, Any], column: str, reason: str
) -> None:
    path = tmp_path / "bills.json"
    bad = bill(rate("1"), rate("2"), rate("3"), number="2", **facts)
    answer = load_bills(write_bills(path, [bill(), bad]))
    assert (answer.tally.bills, answer.tally.imported, answer.tally.rejected) == (1, 1, 3)
    (row,) = rejected(path)
    assert (row["row"], row["column"], row["reason"]) == ("2", column, reason)


def test_a_bad_rate_is_named_by_its_place(load_bills: BillImporter, tmp_path: Path) -> None:
    path = tmp_path / "bills.json"
    one = bill(rate("1"), rate("2", net="0.0000001"))
    answer = load_bills(write_bills(path, [one]))
    assert (answer.tally.imported, answer.tally.rejected) == (1, 1)
    rows = {row["code"]: row["column"] for row in rejected(path)}
    assert rows["AMOUNT_TOO_FINE"] == "appliedCustomerBillingRate[1].taxExcludedAmount.value"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (b'["no", "bill"]', "BAD_JSON_LINE"),
        (b'{"billNo": "3\\u0000", "state": "sent"}', "NUL_BYTE"),
        (b'{"billNo": "3", "state": "\xff"}', "BAD_ENCODING"),
    ],
)
def test_what_cannot_be_read_as_a_bill(load_bills: BillImporter, tmp_path: Path, other: bytes, code: str) -> None:
    path = tmp_path / "bills.json"
    first = json_text(bill(billingAccount={"id": "B1", "name": "Cafe"})).replace("Cafe", "Caf\u00e9")
    path.write_bytes(b"[" + first.encode() + b"," + other + b"," + json_text(bill(number="2")).encode() + b"]")
    answer = load_bills(path)
    assert (answer.tally.bills, answer.tally.rejected) == (2, 1)
    (row,) = rejected(path)
    assert (row["row"], row["code"]) == ("2", code)
