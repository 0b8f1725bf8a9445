"""What the ledger refuses to tell."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class WholeLedgerNeeded(Refusal):
    """The books are read by those who see everything; your sight is limited."""

    code = "WHOLE_LEDGER_NEEDED"
    status = 403
