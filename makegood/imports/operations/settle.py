"""Settles before row one what the file itself does not say: program, zone, currency, customer."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from makegood.imports.entries import Options, Setting, Survey
from makegood.imports.errors import MissingOptions, RateNotTaken, UnknownProgram
from makegood.imports.policy.compiler import TIMES
from makegood.imports.policy.mapping import mappings
from makegood.imports.policy.rate import Rate, parse_rate
from makegood.imports.policy.recognition import Recognized
from makegood.imports.selectors import customer_numbered, programs
from makegood.imports.states import UNROUTED, UNROUTED_NAME
from makegood.kernel.money import exponent
from makegood.parties.entries import Principal
from makegood.parties.errors import UnknownCustomer, UnknownZone
from makegood.parties.models import Program
from makegood.parties.operations import create_customer

_LOCAL = re.compile(
    r"\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
    r"|\d{1,2}/\d{1,2}/\d{4},? \d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?"
)


def choose_program(key: str) -> Program:
    """The program of that key, or the only one there is. Raises UnknownProgram, MissingOptions."""
    known = programs()
    if key:
        if key not in known:
            raise UnknownProgram(key=key, keys=", ".join(known) or "none yet")
        return known[key]
    if len(known) != 1:
        raise MissingOptions({"program": f"the programs are {', '.join(known)}" if known else "there is none yet"})
    return next(iter(known.values()))


def settle(survey: Survey, found: Recognized, options: Options, program: Program) -> Setting:
    """What holds for all rows. Raises MissingOptions (all at once), UnknownZone, UnknownCurrency, UnknownCustomer,
    BadRate, NegativeRate, RateTooFine, RateNotTaken."""
    rate = _rate(options.rate, found)
    zone = options.timezone or (program.zone.name if program.zone else "")
    currency = (options.currency or program.currency).upper()
    needs: dict[str, str] = {}
    if zone and zone not in available_timezones():
        raise UnknownZone(zone=zone)
    if not zone and _has_local_times(survey, found):
        needs["timezone"] = "its times have no offset from UTC, for example America/New_York"
    if currency:
        exponent(currency)
    elif _lacks_some(survey, found, "currency"):
        needs["currency"] = "it does not say which currency its amounts are in, for example USD"
    if not options.customer and not _has(found, "customer"):
        needs["customer"] = "it does not say which buyer was billed; give the customer's number"
    if needs:
        raise MissingOptions(needs)
    if options.customer and not options.create_parties and customer_numbered(options.customer) is None:
        raise UnknownCustomer(number=options.customer)
    if options.customer and options.create_parties and not currency and customer_numbered(options.customer) is None:
        raise MissingOptions({"currency": f"customer {options.customer} is new, and new customers need one"})
    return Setting(program.pk, zone or None, zone or "UTC", currency or None, _no_customer(options), rate)


def _rate(text: str, found: Recognized) -> Rate | None:
    """The rate of calls without a price, for a format that has such. Raises as parse_rate, RateNotTaken."""
    if not text:
        return None
    rate = parse_rate(text)
    if not found.mapping.takes_rate:
        takers = (mapping.name for mapping in mappings().values() if mapping.takes_rate)
        raise RateNotTaken(format=found.mapping.title, formats=", ".join(takers))
    return rate


def _no_customer(options: Options) -> str | None:
    if options.customer:
        return options.customer
    return UNROUTED if options.create_parties or customer_numbered(UNROUTED) else None


def create_house_customer(principal: Principal, number: str, currency: str, zone: str) -> None:
    """The customer that calls without a buyer are booked on; nobody disputes for it."""
    create_customer(
        principal, number=number, name=UNROUTED_NAME, currency=currency, zone=zone, dispute_permission=False
    )


def _places(found: Recognized, target: str) -> list[int]:
    field = found.mapping.fields.get(target)
    return [found.positions[name] for name in field.sources if name in found.positions] if field else []


def _has(found: Recognized, target: str) -> bool:
    return bool(_places(found, target))


def _lacks_some(survey: Survey, found: Recognized, target: str) -> bool:
    places = _places(found, target)
    return not all(any(cells[place] for place in places) for cells in survey.sample) or not places


def _has_local_times(survey: Survey, found: Recognized) -> bool:
    places = [place for target in TIMES for place in _places(found, target)]
    return any((text := cells[place]) and _LOCAL.fullmatch(text) for cells in survey.sample for place in places)
