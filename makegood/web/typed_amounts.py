"""A lowest and a highest amount as somebody types them into a filter: always of one currency, which the page says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from makegood.kernel.money import exponent, parse_amount, symbol
from makegood.parties.models import Program
from makegood.web import programs
from makegood.web.decision_limits import currencies_of
from makegood.web.log_fields import NotRead, Reader
from makegood.web.middleware import PageRequest

LOW, HIGH = "min", "max"
_TYPED = re.compile(r"(?P<before>[A-Za-z]{3}|[^\w\s.,-])?\s*(?P<number>[\d.,-]+)\s*(?P<after>[A-Za-z]{3})?")


@dataclass(frozen=True)
class AmountRange:
    """From ``low`` to ``high`` micros (None: open) of ``currency``; it is empty where no amount is asked for."""

    low: int | None = None
    high: int | None = None
    currency: str = ""


def amounts_in(request: PageRequest, reader: Reader, program: Program | None, named: str = "") -> AmountRange:
    """The range of the fields ``min`` and ``max``, of the currency ``named`` where a field of its own names one.

    ``EUR 100`` and a sign that only one currency has name it too. Without any it is the only one in sight; of several
    none is guessed: what cannot be read narrows nothing, and the reader remembers why.
    """
    texts = {key: reader.typed[key] for key in (LOW, HIGH) if reader.typed.get(key)}
    if not texts:
        return AmountRange()
    offered = _offered(request, program)
    found: dict[str, int | None] = {}
    currency = named
    for key in texts:
        said = reader.read(key, partial(_currency, named, offered), "")
        currency = currency or said
        if said and said != currency:
            reader.errors[key] = f"Both amounts are of one currency; this one is in {said}."
            said = ""
        found[key] = reader.read(key, partial(_micros, said), None) if said else None
    low, high = found.get(LOW), found.get(HIGH)
    if low is not None and high is not None and high < low:
        reader.errors[HIGH] = "The highest amount is below the lowest."
        high = None
    return AmountRange(low, high, currency if (low, high) != (None, None) else "")


def _offered(request: PageRequest, program: Program | None) -> list[str]:
    """The currencies that may be meant."""
    if program is not None and program.currency:
        return [program.currency]
    met = {one.currency for one in programs.met(request)}
    return sorted(met) if met and "" not in met else currencies_of(request.principal)


def _currency(named: str, offered: list[str], text: str) -> str:
    typed = _TYPED.fullmatch(text)
    if typed is None:
        return named or offered[0]  # the amount itself says what is wrong with it
    said = typed["before"] or typed["after"] or ""
    if said.isalpha():
        exponent(said.upper())
        return said.upper()
    if named:
        return named
    meant = [code for code in offered if not said or symbol(code) == said]
    if len(meant) != 1:
        raise NotRead(f"Say in which currency: {offered[0]} 100.")
    return meant[0]


def _micros(currency: str, text: str) -> int | None:
    typed = _TYPED.fullmatch(text)
    return parse_amount(typed["number"] if typed else text, currency)
