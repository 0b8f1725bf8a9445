"""The telecom program's two files: bills with their charges, and the usage records that one account's bills name."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from makegood.project.demo.telecom import usage
from makegood.project.demo.telecom.accounts import MONTHS, VANS, WORKED
from makegood.project.demo.telecom.bills import Bill
from makegood.project.demo.telecom.lines import MINUTE_PRICE, Line

HEADER = (
    "invoice_number", "customer_id", "customer_name", "issued_on", "due_on", "period_start", "period_end",
    "period_number", "usage_alias", "line_id", "type", "description", "service_number", "quantity",
    "unit", "unit_price", "net", "tax", "tax_jurisdiction", "currency", "detail", "total",
)  # fmt: skip
_NEWEST = MONTHS - 1
WITH_RECORDS = 3


def write_bills(path: Path, bills: Iterable[Bill]) -> int:
    """Write the bills, one row a line; how many rows."""
    rows = 0
    with path.open("w", newline="", encoding="ascii") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for bill in bills:
            for line in bill.lines:
                out.writerow(_row(bill, line))
                rows += 1
    return rows


def write_usage(path: Path, bills: Sequence[Bill], seed: int) -> int:
    """Write the usage records of the account whose calls are listed one by one, for its last bills; how many."""
    listed = [bill for bill in bills if bill.account is WORKED and bill.month > _NEWEST - WITH_RECORDS]
    rows = 0
    with path.open("w", newline="", encoding="ascii") as file:
        out = csv.writer(file)
        out.writerow(usage.HEADER)
        for bill in listed:
            for record in usage.records(bill, _NEWEST, seed):
                out.writerow(record.row)
                rows += 1
    return rows


def _row(bill: Bill, line: Line) -> tuple[str | int, ...]:
    by_the_minute = line.type == "usage" and not line.price
    price = f"{MINUTE_PRICE // 10_000}.{MINUTE_PRICE % 10_000:04d}" if by_the_minute else _amount(line.price)
    return (
        bill.number, bill.account.number, bill.account.name, bill.issued_on.isoformat(), bill.due_on.isoformat(),
        bill.starts_on.isoformat(), (bill.ends_on - timedelta(days=1)).isoformat(), bill.period,
        f"U{bill.starts_on:%Y%m}", line.feature, line.type, line.description, line.phone, line.amount_of_it,
        line.unit, price, _amount(line.net), _amount(line.tax), bill.account.jurisdiction, "USD",
        line.detail or _days(line), _total(bill),
    )  # fmt: skip


def _days(line: Line) -> str:
    return f"{line.covers[0]}..{line.covers[1] - timedelta(days=1)}" if line.covers else ""


def _total(bill: Bill) -> str:
    """What the bill says; nothing where usage records come to it that its lines do not name."""
    return "" if bill.account in (WORKED, VANS) else _amount(bill.total)


def _amount(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
