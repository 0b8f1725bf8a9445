"""What a program calls the codes that its rules name, so that sentences say words and not codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from makegood.disputes.policy import words
from makegood.kernel.money import format_money


@dataclass(frozen=True)
class Naming:
    """Labels by code; ``currency`` is the program's. Without either, codes are spelled and amounts are in units."""

    labels: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""

    def of(self, code: str) -> str:
        """One code in words: its label, else the code spelled."""
        return self.labels.get(code) or words.spelled(code)

    def either(self, codes: Sequence[str]) -> str:
        """``Spam, Bot or Prank``."""
        said = [self.of(code) for code in codes]
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}" if said else "nothing"

    def money(self, micros: int) -> str:
        """``$5.00``; without a currency ``5.00``, in that of the charge."""
        if self.currency:
            return format_money(micros, self.currency)
        whole, rest = divmod(abs(micros), 1_000_000)
        digits = f"{rest:06}".rstrip("0").ljust(2, "0")
        return f"{'-' if micros < 0 else ''}{whole:,}.{digits}"


CODES = Naming()
"""Without a program: codes as they are spelled."""
