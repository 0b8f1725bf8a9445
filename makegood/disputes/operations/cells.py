"""Changes the grid of reasons and findings, many cells at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.models import Finding, Reason, ReasonFinding
from makegood.disputes.policy.suggestions import Advice, Cell
from makegood.disputes.selectors.catalogs import program_to_edit
from makegood.journal import operations as journal
from makegood.journal.selectors import latest
from makegood.ledger.states import ClawbackMode
from makegood.parties.entries import Principal
from makegood.parties.models import Program

EVENT = "matrix.changed"
LONGEST_LETTER = 500
Place = tuple[str, str]
_BETWEEN = " x "


@transaction.atomic
def set_cells(principal: Principal, *, program_key: str, cells: Mapping[Place, Cell | None]) -> int:
    """Set cells by code of the reason and code of the finding; None takes one away. Says how many differ now.

    A cell that is the same as before stays as it is, a default too. Raises NotPermitted, NotFound. Errors:
    BAD_CATALOG_FIELD.
    """
    program = program_to_edit(principal, program_key)
    reasons = {one.code: one for one in Reason.objects.filter(program=program)}
    findings = {one.code: one for one in Finding.objects.filter(program=program)}
    kept = _kept(program)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for (reason, finding), asked in cells.items():
        if reason not in reasons or finding not in findings:
            raise errors.BadCatalogField(field="cell", problem=f"there is no {reason} or no {finding} in this program")
        cell = None if asked is None else _checked(asked)
        row = kept.get((reason, finding))
        if _shown(row) == (_said(cell) if cell else None):
            continue
        name = f"{reason}{_BETWEEN}{finding}"
        before[name], after[name] = _shown(row), _said(cell) if cell else None
        _write(program, reasons[reason], findings[finding], row, cell)
    if after:
        _tell(principal, program, EVENT, {"before": before, "after": after})
    return len(after)


@transaction.atomic
def confirm_cells(principal: Principal, *, program_key: str) -> int:
    """Say of every cell that came with the preset that it is meant so. Says how many. Raises NotPermitted, NotFound."""
    program = program_to_edit(principal, program_key)
    count = ReasonFinding.objects.filter(program=program, is_default=True).update(is_default=False)
    if count:
        _tell(principal, program, "matrix.confirmed", {"cells": count})
    return count


@transaction.atomic
def put_cells_back(principal: Principal, *, program_key: str) -> int:
    """Undo the latest change of the grid. Raises NotPermitted, NotFound. Errors: NOTHING_TO_PUT_BACK."""
    program = program_to_edit(principal, program_key)
    last = latest("program", program.pk, EVENT)
    if last is None:
        raise errors.NothingToPutBack()
    places = {name: tuple(name.split(_BETWEEN)) for name in last.changes["before"]}
    cells = {(reason, finding): _cell_of(last.changes["before"][name]) for name, (reason, finding) in places.items()}
    return set_cells(principal, program_key=program_key, cells=cells)


def _kept(program: Program) -> dict[Place, ReasonFinding]:
    rows = ReasonFinding.objects.filter(program=program).select_related("reason", "finding")
    return {(row.reason.code, row.finding.code): row for row in rows}


def _checked(cell: Cell) -> Cell:
    """The cell without what its advice has no use for. Raises BadCatalogField."""
    credits = cell.advice in {Advice.ACCEPT, Advice.PARTIAL}
    percent = cell.percent if cell.advice is Advice.PARTIAL else None
    if cell.advice is Advice.PARTIAL and (percent is None or not 1 <= percent <= 99):
        raise errors.BadCatalogField(field="percent", problem="a part is 1 to 99 percent of what was asked")
    if cell.clawback and cell.clawback not in set(ClawbackMode):
        raise errors.BadCatalogField(field="clawback", problem=f'there is no claw-back "{cell.clawback}"')
    letter = " ".join(cell.letter.split())
    if len(letter) > LONGEST_LETTER:
        raise errors.BadCatalogField(field="letter", problem=f"a letter has at most {LONGEST_LETTER} characters")
    return Cell(cell.advice, percent, cell.clawback if credits else "", letter)


def _said(cell: Cell) -> dict[str, Any]:
    return {
        "advice": cell.advice.value,
        "percent": cell.percent,
        "clawback": str(cell.clawback),
        "letter": cell.letter,
    }


def _shown(row: ReasonFinding | None) -> dict[str, Any] | None:
    return None if row is None else _said(Cell(Advice(row.advice), row.percent, row.clawback_mode or "", row.letter))


def _cell_of(said: Mapping[str, Any] | None) -> Cell | None:
    return None if said is None else Cell(Advice(said["advice"]), said["percent"], said["clawback"], said["letter"])


def _write(program: Program, reason: Reason, finding: Finding, row: ReasonFinding | None, cell: Cell | None) -> None:
    if cell is None:
        if row is not None:
            row.delete()
        return
    said = row or ReasonFinding(program=program, reason=reason, finding=finding)
    said.advice, said.percent = cell.advice, cell.percent
    said.clawback_mode, said.letter, said.is_default = cell.clawback or None, cell.letter, False
    said.save()


def _tell(principal: Principal, program: Program, event: str, changes: Mapping[str, Any]) -> None:
    journal.record(
        principal,
        verb="change",
        event=event,
        object_kind="program",
        object_id=program.pk,
        program_id=program.pk,
        changes=changes,
    )
