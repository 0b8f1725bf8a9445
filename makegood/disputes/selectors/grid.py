"""The grid of reasons and findings as the page draws it."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.disputes.models import Finding, Reason, ReasonFinding
from makegood.disputes.policy.suggestions import Advice, Cell
from makegood.parties.errors import NotFound
from makegood.parties.models import Program


@dataclass(frozen=True)
class Place:
    """A place of the grid; ``cell`` None where nothing is suggested."""

    reason: Reason
    finding: Finding
    cell: Cell | None

    @property
    def name(self) -> str:
        """What its field is called."""
        return f"c.{self.reason.code}.{self.finding.code}"

    @property
    def advice(self) -> str:
        """What it says; empty for nothing."""
        return self.cell.advice.value if self.cell else ""


@dataclass(frozen=True)
class Row:
    """A reason with its places, in the order of the findings."""

    reason: Reason
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Grid:
    """The grid of a program: what is offered on both sides; ``defaults`` counts cells that nobody confirmed."""

    findings: tuple[Finding, ...]
    rows: tuple[Row, ...]
    defaults: int


def grid_of(program: Program) -> Grid:
    """The grid of a program. The caller has scoped it."""
    findings = tuple(Finding.objects.filter(program=program, is_active=True).order_by("sort", "pk"))
    reasons = Reason.objects.filter(program=program, is_active=True).order_by("sort", "pk")
    cells = {(row.reason_id, row.finding_id): _cell(row) for row in ReasonFinding.objects.filter(program=program)}
    rows = tuple(
        Row(reason, tuple(Place(reason, finding, cells.get((reason.pk, finding.pk))) for finding in findings))
        for reason in reasons
    )
    defaults = sum(1 for row in rows for place in row.places if place.cell and place.cell.is_default)
    return Grid(findings, rows, defaults)


def place_named(program: Program, reason: str, finding: str) -> Place:
    """One place of the grid. Raises NotFound."""
    rows = Reason.objects.filter(program=program, code=reason), Finding.objects.filter(program=program, code=finding)
    claimed, heard = rows[0].first(), rows[1].first()
    if claimed is None or heard is None:
        raise NotFound()
    found = ReasonFinding.objects.filter(reason=claimed, finding=heard).first()
    return Place(claimed, heard, _cell(found) if found else None)


def _cell(row: ReasonFinding) -> Cell:
    return Cell(Advice(row.advice), row.percent, row.clawback_mode or "", row.letter, row.is_default)
