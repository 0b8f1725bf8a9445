"""The grid that a program starts with: what is usual where this was claimed and that is heard."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from makegood.disputes.policy.suggestions import Advice, Cell, Cells
from makegood.ledger.states import ClawbackMode

_FILE = Path(__file__).with_name("matrix.yaml")
_NOTHING = "."
_DIFFERS = "!"
_LETTER = 'You reported "{reason}". What we heard is "{finding}", and that is not charged either.'
_ADVICE: Mapping[str, tuple[Advice, str]] = {
    "A0": (Advice.ACCEPT, ClawbackMode.NONE),
    "Ap": (Advice.ACCEPT, ClawbackMode.PROPORTIONAL),
    "R": (Advice.REJECT, ""),
    "L": (Advice.LISTEN, ""),
}


@cache
def marks() -> Mapping[tuple[str, str], str]:
    """What the file says, by code of the reason and of the finding: ``Ap``, ``A0``, ``R``, ``L``, some with ``!``."""
    return dict(_read(yaml.safe_load(_FILE.read_text(encoding="utf-8"))))


@cache
def _opens() -> Mapping[str, tuple[str, ...]]:
    file = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {finding: tuple(reasons) for finding, reasons in file["opens"].items()}


def reason_heard(finding: str, offered: Collection[str], cells: Cells) -> str:
    """The reason, of those on offer (codes), under which a finding opens a dispute nobody asked for; empty for none.

    What the file says comes first, then whatever the program's own grid accepts without another word to the buyer.
    """
    said = [reason for reason in _opens().get(finding, ()) if reason in offered]
    own = [reason for reason in offered if (c := cells.get((reason, finding))) and c.advice is Advice.ACCEPT]
    own.sort(key=lambda reason: bool(cells[reason, finding].letter))
    return next(iter((*said, *own)), "")


def _read(file: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for row in file["rows"]:
        for reason in row["reasons"]:
            for finding, mark in zip(file["findings"], row["cells"].split(), strict=True):
                if mark != _NOTHING:
                    yield (reason, finding), mark
    for one in file["beside"]:
        yield (one["reason"], one["finding"]), one["cell"]


def usual_cells(reasons: Mapping[str, str], findings: Mapping[str, str], clawback: str) -> Cells:
    """The cells for those of a program's reasons and findings that the file knows, each by code with its label.

    A program whose ``clawback`` takes nothing back goes on so: its cells name no mode of their own.
    """
    return {
        (reason, finding): _cell(mark, reasons[reason], findings[finding], clawback)
        for (reason, finding), mark in marks().items()
        if reason in reasons and finding in findings
    }


def _cell(mark: str, reason: str, finding: str, clawback: str) -> Cell:
    advice, mode = _ADVICE[mark.rstrip(_DIFFERS)]
    letter = _LETTER.format(reason=reason, finding=finding) if mark.endswith(_DIFFERS) else ""
    takes_back = clawback != ClawbackMode.NONE
    return Cell(advice, clawback=mode if takes_back else "", letter=letter, is_default=True)
