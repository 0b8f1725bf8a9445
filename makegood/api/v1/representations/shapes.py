"""Shapes that several answers share."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from makegood.kernel.money import Money as Amount
from makegood.kernel.money import plain

DecimalText = Annotated[str, Meta(pattern=r"^-?\d+(\.\d{1,6})?$", description="A decimal number.", examples=["9.99"])]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217.", examples=["USD"])]


class Money(Struct, frozen=True):
    """An amount: a decimal string, so that no client rounds it, and its currency."""

    amount: DecimalText
    currency: Currency


class MoreThan(Struct, frozen=True):
    """A count that stopped counting."""

    more_than: int


class Page(Struct, kw_only=True):
    """A page of a list. Go on with ``cursor=next_cursor`` and the same filters; null on the last page."""

    next_cursor: str | None
    count: int | MoreThan | UnsetType = UNSET


class Labeled(Struct, frozen=True):
    """A code with the words people read."""

    code: str
    label: str


class Party(Struct, frozen=True):
    """A customer or a vendor: our id, its number and its name."""

    id: int | None
    number: str
    name: str


Problem = Annotated[
    dict[str, Any], Meta(description="A problem as RFC 9457 has it, with errors[]; as an answer of that status alone.")
]


def money(amount: Amount | None) -> Money | None:
    """An amount as the service writes it; None stays None."""
    return None if amount is None else Money(plain(amount.micros, amount.currency), amount.currency)


@lru_cache(maxsize=4_096)
def micros(value: int, currency: str) -> Money:
    """The same of micros."""
    return Money(plain(value, currency), currency)


def labeled(code: str, label: str) -> Labeled | None:
    """A code with its label; None where there is no code."""
    return Labeled(code, label) if code else None
