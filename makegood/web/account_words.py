"""Words of a customer's pages: shares, quantities, lengths of talk, and the address of the log behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django.urls import reverse

from makegood.billing.selectors.usage import Used
from makegood.billing.states import LogKind, Subkind
from makegood.kernel.money import Money

KIND_OF = {Subkind.CALL: LogKind.CALLS, Subkind.LEAD: LogKind.LEADS}
SUBKINDS = {
    Subkind.CALL: "Calls",
    Subkind.LEAD: "Leads",
    Subkind.DATA: "Data",
    Subkind.MESSAGE: "Messages",
    Subkind.RECURRING: "Recurring",
    Subkind.ONE_TIME: "One time",
    Subkind.FEE: "Fees",
    Subkind.TAX: "Taxes",
}
_GROUPS = {**{kind.value: words for kind, words in SUBKINDS.items()}, "credit": "Credits"}
_HUNDREDTH = Decimal("0.01")
EVERY = "all"
"""The tab of the log with records and lines alike."""
HEIGHT = 1000
"""How long the longest bar of a chart is; all others are in proportion, rounded down."""


def group_words(subkind: str) -> str:
    """What a group of lines is called."""
    return _GROUPS.get(subkind, subkind.replace("_", " ").capitalize())


def rounded_percent(part: int, whole: int) -> int | None:
    """``part`` in hundredths of ``whole``, rounded half up; None where there is no whole."""
    return None if whole <= 0 else (200 * part + whole) // (2 * whole)


def change_words(now: int, before: int) -> str:
    """``+51%``, ``-8%``; empty where nothing changed or there was nothing before."""
    share = rounded_percent(abs(now - before), before)
    if not share:
        return ""
    return f"+{share:,}%" if now > before else f"-{share:,}%"


def number_words(value: Decimal | None) -> str:
    """A quantity with at most two decimals, ``1,024.5``; empty where there is none."""
    if value is None:
        return ""
    text = f"{value.quantize(_HUNDREDTH, ROUND_HALF_UP):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact_words(value: Decimal) -> str:
    """A number with all its digits and no zeros at the end: ``1,024.125``."""
    return f"{value.normalize():,f}"


def talk_words(seconds: int) -> str:
    """``3 h 20 min``, ``4 min``, ``40 s``."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"
    return f"{minutes} min" if minutes else f"{rest} s"


def used_words(used: Used | None, unit: str) -> str:
    """What was used, in its own measure: a quantity with its unit, else talk, else how many records."""
    if used is None:
        return ""
    if used.quantity is not None:
        return f"{number_words(used.quantity)} {unit}".strip()
    if used.seconds:
        return talk_words(used.seconds)
    return counted(used.count, "record")


def call_words(used: Used, unit: str) -> str:
    """``16 calls, 3 h 20 min``; where only a bill names them, in its unit: ``16 calls, 552 min``."""
    known = talk_words(used.seconds) if used.seconds or used.quantity is None else used_words(used, unit)
    return f"{counted(used.count, 'call')}, {known}"


def counted(count: int, noun: str) -> str:
    """``1 call``, ``2,010 calls``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def log_address(customer: str, first: date, last: date, **narrowed: str | int | None) -> str:
    """The log with exactly the charges behind a figure: a customer's in these days, billed or not."""
    wanted = {"billed": "all", "buyer": customer, "from": first.isoformat(), "to": last.isoformat(), "program": "all"}
    wanted |= {key: str(value) for key, value in narrowed.items() if value}
    return f"{reverse('calls')}?{urlencode(wanted)}"


def kind_in_log(subkind: Subkind) -> str:
    """Under which tab of the log a kind of usage is."""
    return KIND_OF.get(subkind, LogKind.USAGE).value


def heights(values: Sequence[int]) -> list[int]:
    """Whole numbers in proportion to some amounts or quantities, the longest HEIGHT; only to draw with."""
    largest = max((abs(value) for value in values), default=0) or 1
    return [(-1 if value < 0 else 1) * (abs(value) * HEIGHT // largest) for value in values]


def more_or_less(change: Money) -> str:
    """``$72.50 more than``, ``$8.00 less than``, ``the same as``."""
    if not change:
        return "the same as"
    return f"{-change} less than" if change.micros < 0 else f"{change} more than"
