"""Sets the telecom program up and brings its bills in, by the imports that everybody uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from makegood.billing.operations import create_invoice_category, sort_invoices
from makegood.disputes.operations import install_preset
from makegood.imports.entries import BillOptions, Options
from makegood.imports.operations import import_bills, import_calls, import_payments
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Customer
from makegood.parties.operations import create_customer
from makegood.project.demo.contests import Contest
from makegood.project.demo.problems import LogRefused
from makegood.project.demo.rhythm import OPERATOR_ZONE
from makegood.project.demo.telecom.accounts import ACCOUNTS, PROGRAM
from makegood.project.demo.telecom.bills import Bill
from makegood.project.demo.telecom.files import write_bills, write_usage
from makegood.project.demo.telecom.mobile import uses, write_uses
from makegood.project.demo.telecom.past import past
from makegood.project.demo.telecom.payments import payments, write_payments

CATEGORY = 12
"""The number of the category of monthly bills, in the worked example too."""
RESOLUTIONS = {
    "UNDER_REVIEW": 1,
    "APPROVED": 303,
    "APPROVED_IN_PART": 304,
    "DENIED": 305,
    "NO_ADJUSTMENT": 306,
    "DUPLICATE_REQUEST": 307,
}
"""Their numbers; a request of the worked example names 1, its answer 303."""


def found() -> None:
    """The program and its accounts."""
    install_preset(
        SYSTEM,
        preset_key="telecom_billing",
        key=PROGRAM,
        name="Telecom",
        currency="USD",
        zone=str(OPERATOR_ZONE),
        resolution_numbers=RESOLUTIONS,
    )
    made: dict[str, Customer] = {}
    for account in ACCOUNTS:
        made[account.number] = create_customer(
            SYSTEM,
            number=account.number,
            name=account.name,
            currency="USD",
            zone=account.zone,
            parent=made.get(account.parent),
        )


def bring_in(bills: Sequence[Bill], folder: Path, seed: int, today: date) -> None:
    """Write the files and import them, bills before what was paid of them. Raises LogRefused."""
    file, usage, used_by, paid = (folder / name for name in ("bills.csv", "usage.csv", "mobile.json", "payments.csv"))
    write_bills(file, bills)
    write_usage(usage, bills, seed)
    write_uses(used_by, uses(bills, today, seed))
    write_payments(paid, payments(bills, today, seed))
    zone = str(OPERATOR_ZONE)
    billed = import_bills(SYSTEM, path=file, options=BillOptions(program=PROGRAM, timezone=zone))
    used = import_calls(SYSTEM, path=usage, options=Options(program=PROGRAM, timezone=zone))
    mobile = import_bills(SYSTEM, path=used_by, options=BillOptions(program=PROGRAM))
    came = import_payments(SYSTEM, path=paid, options=Options(program=PROGRAM, timezone=zone))
    told = (billed, used, mobile, came)
    if any(one.tally.rejected for one in told):
        raise LogRefused(tuple(message for one in told for message in one.messages))
    sort_invoices(
        [bill.number for bill in bills],
        create_invoice_category(SYSTEM, code="monthly", name="Monthly bills", number=CATEGORY),
    )


def contests(bills: Sequence[Bill], seed: int, now: datetime) -> list[Contest]:
    """What was disputed of these bills."""
    return past(bills, seed=seed, now=now)
