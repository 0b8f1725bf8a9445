"""What a line of a demo bill is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MICROS_PER_CENT = 10_000
MINUTE_PRICE = 190
"""Hundredths of a cent a minute abroad costs."""


@dataclass(frozen=True)
class Line:
    """One line of a bill; amounts in cents, below zero for a credit.

    ``feature`` is its number, ``phone`` the telephone number it is billed for. ``quantity`` counts parts of which
    ``parts`` make one unit. ``covers`` are its days ``[first, end)``; ``detail`` a call or a use, as bills note it.
    """

    feature: int
    type: str
    description: str
    quantity: int
    price: int
    net: int
    tax: int = 0
    unit: str = ""
    phone: str = ""
    parts: int = 1
    covers: tuple[date, date] | None = None
    detail: str = ""

    @property
    def amount_of_it(self) -> str:
        """The quantity in units."""
        whole, part = divmod(self.quantity, self.parts)
        return f"{whole}.{part:0{len(str(self.parts)) - 1}d}" if self.parts > 1 else str(whole)


def minutes_net(minutes: int) -> int:
    """What so many minutes abroad cost, in cents; the price of one is finer than a cent."""
    return (minutes * MINUTE_PRICE + 50) // 100
