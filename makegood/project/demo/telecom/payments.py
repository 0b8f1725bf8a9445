"""What customers paid of their bills: most of them on time, one always late, one in halves, one with bills left open.

Pure: the same day gives the same payments.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from makegood.project.demo.dice import dice
from makegood.project.demo.telecom import mobile, usage
from makegood.project.demo.telecom.accounts import MONTHS, WORKED, Plot
from makegood.project.demo.telecom.bills import Bill
from makegood.project.demo.telecom.files import WITH_RECORDS
from makegood.project.demo.telecom.lines import MICROS_PER_CENT

HEADER = ("payment_id", "paid_on", "customer_id", "invoice_number", "amount", "currency", "method", "note")
LATE, IN_HALVES, ON_ACCOUNT = "T420", "T450", "T440"
_LAST = MONTHS - 1
_METHODS = ("ACH", "ACH", "ACH", "card", "check")
_LATE_DAYS = 9
_OPEN_SINCE = {Plot.USAGE_SPIKE: _LAST - 1, Plot.MANY: _LAST}
"""From which month on nothing came in of a plot's bills."""
_ROUND_SUM = 50_000


@dataclass(frozen=True)
class Payment:
    """Money that came in on a day, in cents; ``invoice`` 0 names no bill."""

    id: str
    on: date
    customer: str
    invoice: int
    cents: int
    method: str
    note: str = ""


def payments(bills: Iterable[Bill], today: date, seed: int) -> Iterator[Payment]:
    """Everything that came in before today, bill by bill."""
    for bill in bills:
        cents = bill.total + _usage_cents(bill, seed)
        yield from (one for one in _of(bill, cents, dice(seed, f"payment {bill.number}")) if one.on < today)


def _usage_cents(bill: Bill, seed: int) -> int:
    """What the usage records cost that a bill names one by one, rounded up to whole cents."""
    if bill.account is not WORKED or bill.month <= _LAST - WITH_RECORDS:
        return mobile.cents_of(bill, seed)
    return -(-sum(record.micros for record in usage.records(bill, _LAST, seed)) // MICROS_PER_CENT)


def _of(bill: Bill, cents: int, rng: Random) -> Iterator[Payment]:
    number, method = bill.account.number, rng.choice(_METHODS)
    paid_on = bill.due_on - timedelta(days=rng.randrange(1, 13))
    open_since = _OPEN_SINCE.get(bill.account.plot, MONTHS)
    if cents <= 0 or bill.month >= open_since:
        return
    if number == LATE:
        paid_on = bill.due_on + timedelta(days=_LATE_DAYS)
    if number == IN_HALVES:
        half = cents // 2
        yield Payment(f"P{bill.number}-1", paid_on, number, bill.number, half, method, "First half")
        rest = cents - half
        yield Payment(f"P{bill.number}-2", bill.due_on, number, bill.number, rest, method, "Second half")
        return
    yield Payment(f"P{bill.number}", paid_on, number, bill.number, cents, method)
    if number == ON_ACCOUNT and bill.month == _LAST - 2:
        yield Payment(f"P{bill.number}-X", bill.due_on, number, 0, _ROUND_SUM, "check", "On account")


def write_payments(path: Path, found: Iterable[Payment]) -> int:
    """Write them, one row each; how many."""
    rows = 0
    with path.open("w", newline="", encoding="ascii") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for one in found:
            amount = f"{one.cents // 100}.{one.cents % 100:02d}"
            out.writerow(
                (one.id, one.on.isoformat(), one.customer, one.invoice or "", amount, "USD", one.method, one.note)
            )
            rows += 1
    return rows
