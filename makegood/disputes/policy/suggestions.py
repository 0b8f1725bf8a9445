"""What the grid of reasons and findings suggests to a reviewer. Pure; a suggestion never decides.

A cell says what is usual when this is heard where that was claimed: accept all, accept a part, reject, or listen on.
Findings write the letter of a refusal; the words of a cell are for the case where the credit needs a word as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from makegood.disputes.states import DecisionKind

WHOLE = 100


class Advice(StrEnum):
    """What a cell says: what to decide, or that nothing can be said before more was heard."""

    ACCEPT = "accept"
    PARTIAL = "partial"
    REJECT = "reject"
    LISTEN = "listen"


@dataclass(frozen=True)
class Cell:
    """One cell: ``percent`` of what was asked (1 to 99, of a part alone), the claw-back and the words to the buyer.

    ``clawback`` is a mode of the ledger, empty for what the reason, the vendor or the program says. ``is_default``:
    it came with the preset, and nobody has confirmed it.
    """

    advice: Advice
    percent: int | None = None
    clawback: str = ""
    letter: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class Suggestion:
    """What a reviewer is offered: a decision of ``percent`` of what was asked, by which finding.

    ``clawback`` and ``letter`` as in the cell.
    """

    kind: DecisionKind
    percent: int
    clawback: str
    letter: str
    finding: str


Cells = Mapping[tuple[str, str], Cell]
"""The grid of a program, by code of the reason and code of the finding; what is not set is not there."""

_KINDS = {
    Advice.ACCEPT: DecisionKind.ACCEPT,
    Advice.PARTIAL: DecisionKind.PARTIAL,
    Advice.REJECT: DecisionKind.REJECT,
}


def suggest(cells: Cells, reason: str, findings: Iterable[str]) -> Suggestion | None:
    """What the findings suggest where this reason was claimed; codes, findings in the order they were marked.

    The first finding whose cell says what to decide speaks. One more that says another decision, or another part,
    silences it: then only a person can tell. Listening on and cells that are not set say nothing either way.
    """
    said = [(code, cell) for code in findings if (cell := cells.get((reason, code))) and cell.advice in _KINDS]
    if not said or len({(cell.advice, cell.percent) for _, cell in said}) > 1:
        return None
    code, cell = said[0]
    kind = _KINDS[cell.advice]
    percent = {DecisionKind.ACCEPT: WHOLE, DecisionKind.REJECT: 0}.get(kind, cell.percent or 0)
    return Suggestion(kind, percent, cell.clawback, cell.letter, code)
