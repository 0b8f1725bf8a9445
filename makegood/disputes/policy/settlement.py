"""The arithmetic of a statement: one sum, rounded once, the remainder carried on.

Micros are signed as the party's balance sees them. An account of the ledger is a debit above zero: what a customer
owes has that sign already, what is owed to a vendor has the other one.
"""

from __future__ import annotations

from dataclasses import dataclass

from makegood.disputes.states import PartyKind
from makegood.kernel.money import minor_micros
from makegood.kernel.rounding import settle

ROUNDING = "ROUNDING"


@dataclass(frozen=True)
class Unsettled:
    """What of one account of the ledger is on no statement yet.

    ``early_micros`` is the part of the sum that was posted against ``ACCRUED`` before its charge was billed, and has
    to move to the party's account now.
    """

    party: PartyKind
    party_id: int
    account_key: str
    currency: str
    adjustment_ids: tuple[int, ...]
    micros: tuple[int, ...]
    early_micros: int = 0

    @property
    def sum_micros(self) -> int:
        """The sum of its lines."""
        return sum(self.micros)


@dataclass(frozen=True)
class Settled:
    """The figures of a statement: ``sum + carried = settled + remainder``, settled in whole coins of ``grain``."""

    sum_micros: int
    carried_micros: int
    settled_micros: int
    remainder_micros: int
    grain_micros: int


def settled(unsettled: Unsettled, carried_micros: int) -> Settled:
    """Round the sum and what the statement before left over, once, half-even."""
    total = unsettled.sum_micros
    whole, remainder = settle(total, carried_micros, unsettled.currency)
    return Settled(total, carried_micros, whole, remainder, minor_micros(unsettled.currency))


def postings(unsettled: Unsettled, figures: Settled) -> list[tuple[str, int]]:
    """The lines (account, micros) that make the party's account hold what was settled; empty when it does already.

    The change of the remainder goes to ``ROUNDING``; what was credited before it was billed leaves ``ACCRUED``.
    """
    rounded = figures.remainder_micros - figures.carried_micros
    if unsettled.party is PartyKind.VENDOR:
        rounded = -rounded
    early = unsettled.early_micros
    lines = [
        (unsettled.account_key, early - rounded),
        (f"ACCRUED:{unsettled.party_id}", -early),
        (ROUNDING, rounded),
    ]
    return [(key, micros) for key, micros in lines if micros]
