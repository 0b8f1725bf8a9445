"""Amounts at the edge: numbers or decimal strings in, exact numbers out. Inside, money is micros."""

from __future__ import annotations

import re
from decimal import Decimal

from makegood.api.errors import FieldInvalid
from makegood.kernel.errors import AmountTooFine, BadAmount
from makegood.kernel.money import MICROS, minor_micros, parse_amount, plain

_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,30})?", re.ASCII)


class Amount:
    """A decimal as it was sent, in major units; its currency is known later.

    No dataclass, because msgspec would read that as an object of its own.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"Amount({self.text})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and Decimal(other.text) == Decimal(self.text)

    def __hash__(self) -> int:
        return hash(Decimal(self.text))

    @classmethod
    def read(cls, value: object) -> Amount:
        """From a JSON number or a decimal string such as "1.25". Raises ValueError for anything else."""
        if isinstance(value, bool):
            raise ValueError("Expected a number or a decimal string, got `bool`")
        if isinstance(value, Decimal):
            value = format(value, "f")
        if isinstance(value, int):
            value = str(value) if -(10**18) < value < 10**18 else ""
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise ValueError("Expected a number or a decimal string such as 1.25")
        return cls(value)

    def micros(self, currency: str, *, field: str = "amount", whole: int | None = None) -> int:
        """Micros of the currency; no finer than its smallest coin, unless it is exactly ``whole`` (micros).

        Raises FieldInvalid.
        """
        try:
            micros = parse_amount(self.text, currency)
        except (BadAmount, AmountTooFine) as error:
            raise FieldInvalid(field=field, cause=error.message.removesuffix(".")) from error
        if micros % minor_micros(currency) and micros != whole:
            coin = plain(minor_micros(currency), currency)
            raise FieldInvalid(field=field, cause=f"{self.text} is finer than {coin} {currency}")
        return micros


def number(micros: int) -> int | Decimal:
    """The amount as a JSON number: at most six decimals, no exponent, no zeros at its end."""
    whole, rest = divmod(abs(micros), MICROS)
    sign = -1 if micros < 0 else 1
    if not rest:
        return sign * whole
    return Decimal(f"{'-' if micros < 0 else ''}{whole}." + f"{rest:06d}".rstrip("0"))


def money(micros: int, currency: str) -> dict[str, str]:
    """The amount as the native service writes it: ``{"amount": "9.99", "currency": "USD"}``."""
    return {"amount": plain(micros, currency), "currency": currency}
