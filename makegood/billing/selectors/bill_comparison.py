"""Why a bill is as high as it is: the bill, what it is compared with, and what the difference comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from makegood.billing.errors import CurrencyChanged, NothingToCompare
from makegood.billing.policy.decomposition import Comparison, Key, Kind, Sheet, compare, compose
from makegood.billing.policy.spans import moved
from makegood.billing.policy.unusual import is_unusual
from makegood.billing.selectors.bill_lines import Loaded, loaded
from makegood.billing.selectors.invoices import Bill, bills_of
from makegood.billing.states import InvoiceStatus
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import customers_visible_to

PERIODS = 12
"""So many periods before a bill say what is usual."""
_YEAR = -12


class Against(StrEnum):
    """What a bill is compared with, besides any other bill by its number."""

    PREVIOUS = "previous"
    MEAN3 = "mean3"
    MEAN6 = "mean6"
    LAST_YEAR = "last_year"


_MEANS = {Against.MEAN3: 3, Against.MEAN6: 6}


@dataclass(frozen=True)
class Period:
    """A bill of the history: micros by category."""

    bill: Bill
    categories: Mapping[Kind, int]


@dataclass(frozen=True)
class Inquiry:
    """A bill explained. ``bills`` are those to choose from, the newest first; ``compared`` the ones it is held against.

    ``refusal`` says why there is no comparison; then, and for a first bill, ``comparison`` is what the bill is made of.
    ``history`` ends with the bill; ``unusual`` are the keys whose amount is out of the ordinary.
    """

    bills: tuple[Bill, ...]
    bill: Bill
    against: str
    compared: tuple[Bill, ...]
    refusal: Refusal | None
    comparison: Comparison
    loaded: Mapping[int, Loaded]
    history: tuple[Period, ...]
    unusual: frozenset[Key]

    @property
    def is_first(self) -> bool:
        """Whether nothing came before it."""
        return self.refusal is None and not self.compared

    @property
    def after(self) -> Loaded:
        """The bill with its lines."""
        return self.loaded[self.bill.id]

    @property
    def before(self) -> tuple[Loaded, ...]:
        """The bills it is held against, with their lines."""
        return tuple(self.loaded[bill.id] for bill in self.compared)


def bills_explained(principal: Principal, customer_id: int) -> tuple[Bill, ...]:
    """The issued bills of a customer in scope, the newest first. Raises NotFound for a customer out of scope."""
    if not customers_visible_to(principal).filter(pk=customer_id).exists():
        raise NotFound()
    return tuple(bill for bill in bills_of(principal, customer_id) if bill.status != InvoiceStatus.DRAFT)


def inquiry(principal: Principal, bills: Sequence[Bill], number: int, against: str) -> Inquiry:
    """A bill of ``bills`` (from :func:`bills_explained`) against what is asked for: a word of Against or a number.

    Raises NotFound for a number that is none of theirs.
    """
    bill = _numbered(bills, number)
    earlier = _earlier(bills, bill)
    refusal: Refusal | None = None
    compared: tuple[Bill, ...] = ()
    try:
        compared = _chosen(bills, earlier, bill, against)
        _one_currency(bill, compared)
    except (CurrencyChanged, NothingToCompare) as error:
        refusal, compared = error, ()
    past = [one for one in earlier[:PERIODS] if one.currency == bill.currency]
    read = loaded(principal, list({one.id: one for one in (bill, *compared, *past)}.values()))
    sheet = read[bill.id].sheet
    comparison = compare([read[one.id].sheet for one in compared], sheet) if compared else compose(sheet)
    return Inquiry(
        bills=tuple(bills),
        bill=bill,
        against=against,
        compared=compared,
        refusal=refusal,
        comparison=comparison,
        loaded=read,
        history=tuple(Period(one, _categories(read[one.id].sheet)) for one in (*past[PERIODS - 2 :: -1], bill)),
        unusual=_unusual(sheet, [read[one.id].sheet for one in reversed(past)]),
    )


def _numbered(bills: Sequence[Bill], number: int) -> Bill:
    found = next((bill for bill in bills if bill.number == number), None)
    if found is None:
        raise NotFound()
    return found


def _earlier(bills: Sequence[Bill], bill: Bill) -> list[Bill]:
    """The bills of its category for earlier periods, the newest first."""
    found = [one for one in bills if one.first_day < bill.first_day and one.category_id == bill.category_id]
    return sorted(found, key=lambda one: (one.first_day, one.issued_at, one.number), reverse=True)


def _chosen(bills: Sequence[Bill], earlier: Sequence[Bill], bill: Bill, against: str) -> tuple[Bill, ...]:
    """What is compared with; nothing for a first bill. Raises NothingToCompare, NotFound."""
    if against.isdecimal():
        return (_numbered(bills, int(against)),)
    if not earlier:
        return ()
    many = _MEANS.get(Against(against))
    if many is not None:
        if len(earlier) < many:
            raise NothingToCompare(why=f"{many} earlier bills make this mean, and there are {len(earlier)}")
        return tuple(earlier[:many])
    if against == Against.LAST_YEAR:
        day = moved(bill.first_day, _YEAR)
        found = next((one for one in earlier if one.first_day <= day <= one.last_day), None)
        if found is None:
            raise NothingToCompare(why=f"no bill covers {day:%B} {day.day}, {day.year}")
        return (found,)
    return (earlier[0],)


def _one_currency(bill: Bill, compared: Sequence[Bill]) -> None:
    for other in compared:
        if other.currency != bill.currency:
            raise CurrencyChanged(currency=bill.currency, other=other.currency)


def _categories(sheet: Sheet) -> dict[Kind, int]:
    found = dict.fromkeys(Kind, 0)
    for line in sheet.lines:
        found[line.key.kind] += line.amount
        found[Kind.TAX] += line.tax
    found[Kind.REST] += sheet.rest
    return found


def _amounts(sheet: Sheet) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for line in sheet.lines:
        found[line.key] = found.get(line.key, 0) + line.amount
    return found


def _unusual(sheet: Sheet, past: Sequence[Sheet]) -> frozenset[Key]:
    """The keys out of the ordinary, each among the periods since it was first billed, oldest first."""
    known = [_amounts(one) for one in past]
    found = set()
    for key, micros in _amounts(sheet).items():
        since = next((place for place, one in enumerate(known) if key in one), len(known))
        if is_unusual(micros, [one.get(key, 0) for one in known[since:]]):
            found.add(key)
    return frozenset(found)
