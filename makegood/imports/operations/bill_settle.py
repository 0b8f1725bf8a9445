"""Settles before the first line what bills do not say themselves: program, zone, currency, customer, day of issue."""

from __future__ import annotations

from datetime import date
from zoneinfo import available_timezones

from makegood.imports.entries import BillOptions, Setting
from makegood.imports.errors import BadIssueDay, MissingOptions, UnknownProgram
from makegood.imports.operations.bill_files import BillFile
from makegood.imports.selectors import customer_numbered, programs
from makegood.imports.states import BillFormat
from makegood.kernel.money import exponent
from makegood.parties.errors import UnknownCustomer, UnknownZone
from makegood.parties.models import Program

_INVOICES = "invoice"


def choose_bill_program(key: str) -> Program:
    """The program of that key, or the only one, or the only one that is about invoices.

    Raises UnknownProgram, MissingOptions.
    """
    known = programs()
    if key:
        if key not in known:
            raise UnknownProgram(key=key, keys=", ".join(known) or "none yet")
        return known[key]
    fitting = [program for program in known.values() if _INVOICES in program.unit_kind] or list(known.values())
    if len(fitting) != 1:
        raise MissingOptions({"program": f"the programs are {', '.join(known)}" if known else "there is none yet"})
    return fitting[0]


def settle_bills(file: BillFile, options: BillOptions, program: Program) -> Setting:
    """What holds for all lines.

    Raises MissingOptions (all at once), UnknownZone, UnknownCurrency, UnknownCustomer, BadIssueDay.
    """
    zone = options.timezone or (program.zone.name if program.zone else "")
    currency = (options.currency or program.currency).upper()
    if zone and zone not in available_timezones():
        raise UnknownZone(zone=zone)
    if options.issued_on:
        _check_day(options.issued_on)
    if currency:
        exponent(currency)
    needs = _needs(file, options, currency)
    if needs:
        raise MissingOptions(needs)
    if options.customer and not options.create_parties and customer_numbered(options.customer) is None:
        raise UnknownCustomer(number=options.customer)
    return Setting(program.pk, zone or None, zone or "UTC", currency or None, options.customer or None)


def _check_day(text: str) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadIssueDay(value=text) from error
    if not 1990 <= day.year < 2100:
        raise BadIssueDay(value=text)


def _needs(file: BillFile, options: BillOptions, currency: str) -> dict[str, str]:
    needs: dict[str, str] = {}
    if file.format is BillFormat.TMF635:
        return needs
    if not options.issued_on and not file.says_when_issued:
        needs["issued-on"] = "it does not say when its bills were issued, for example 2026-06-01"
    if file.format is BillFormat.CSV:
        known = file.found.positions
        if not currency and "currency" not in known:
            needs["currency"] = "it does not say which currency its amounts are in, for example USD"
        if not options.customer and "customer_id" not in known:
            needs["customer"] = "it does not say which customer was billed; give the customer's number"
    return needs
