"""The grid of reasons and findings, as lists and pages need it."""

from __future__ import annotations

from makegood.disputes.models import ReasonFinding
from makegood.disputes.policy.suggestions import Advice, Cell, Cells


def cells_of(program_id: int) -> Cells:
    """The grid of a program, for :func:`makegood.disputes.policy.suggestions.suggest`. The caller has scoped it.

    Findings that are switched off say nothing.
    """
    rows = ReasonFinding.objects.filter(program=program_id, finding__is_active=True)
    names = ("reason__code", "finding__code", "advice", "percent", "clawback_mode", "letter", "is_default")
    return {
        (reason, finding): Cell(Advice(advice), percent, mode or "", letter, is_default)
        for reason, finding, advice, percent, mode, letter, is_default in rows.values_list(*names)
    }
