"""Reads of the ledger: balances, the entries of one dispute, and the proof that it all adds up."""

from makegood.ledger.selectors.entries_of import (
    EntryLine,
    PostingLine,
    adjustments_of,
    balance_of,
    charges_of_disputes,
    disputed_charges,
    entries_of,
    fees_of,
    payouts_changed,
)
from makegood.ledger.selectors.proof import Proof, TrialLine, proof

__all__ = [
    "EntryLine",
    "PostingLine",
    "Proof",
    "TrialLine",
    "adjustments_of",
    "balance_of",
    "charges_of_disputes",
    "disputed_charges",
    "entries_of",
    "fees_of",
    "payouts_changed",
    "proof",
]
