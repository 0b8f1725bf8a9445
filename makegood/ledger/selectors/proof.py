"""The proof: a trial balance per currency, every entry at zero, balances equal to their adjustments."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from makegood.kernel import sql
from makegood.ledger.selectors.laws import LAWS, Break, broken


@dataclass(frozen=True)
class TrialLine:
    """Debits and credits of one kind of account in one currency, in micros."""

    currency: str
    kind: str
    debit_micros: int
    credit_micros: int
    accounts: int
    postings: int


@dataclass(frozen=True)
class Proof:
    """What was checked and what was found; ``breaks`` is empty when the ledger holds."""

    lines: tuple[TrialLine, ...]
    entries: int
    postings: int
    adjustments: int
    checks: tuple[str, ...]
    breaks: tuple[Break, ...]

    @property
    def holds(self) -> bool:
        """Whether every currency sums to zero and no law is broken."""
        return not self.breaks and all(debit == credit for debit, credit in self.totals.values())

    @property
    def totals(self) -> dict[str, tuple[int, int]]:
        """Debits and credits per currency, in micros."""
        sums: dict[str, tuple[int, int]] = {}
        for line in self.lines:
            debit, credit = sums.get(line.currency, (0, 0))
            sums[line.currency] = (debit + line.debit_micros, credit + line.credit_micros)
        return sums


def proof() -> Proof:
    """Prove the ledger from its rows alone, in one snapshot when the caller opened one."""
    with connection.cursor() as cursor:
        cursor.execute(sql.load("ledger.trial_balance"))
        lines = tuple(
            TrialLine(currency, kind, int(debit), int(credit), accounts, postings)
            for currency, kind, debit, credit, accounts, postings in cursor.fetchall()
        )
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_posting),"
            " (SELECT count(*) FROM ledger_adjustment)"
        )
        entries, postings, adjustments = cursor.fetchone() or (0, 0, 0)
    return Proof(lines, entries, postings, adjustments, tuple(LAWS), tuple(broken(LAWS)))
