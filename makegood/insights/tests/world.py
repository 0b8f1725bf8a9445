"""Histories to count: verbs of disputes at chosen times, and the roll-up as rows to compare."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from makegood.insights.models import CohortDay
from makegood.insights.operations import fold, refresh
from makegood.insights.states import DIMENSIONS, FIGURES
from makegood.journal import operations as journal
from makegood.journal.models import JournalEpoch
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Program


def release_journal() -> None:
    """Let the reader see rows of the transaction that the test itself runs in: those of an older epoch."""
    JournalEpoch.objects.update(epoch=F("epoch") + 1)


def catch_up(*, batch: int = 1000, days: int = 1000) -> None:
    """Read everything that was written, and compute every marked day."""
    release_journal()
    while fold(limit=batch):
        pass
    while refresh(limit=days):
        pass


def stored() -> list[tuple[Any, ...]]:
    """The roll-up, row by row."""
    return sorted(CohortDay.objects.values_list(*DIMENSIONS, *FIGURES), key=repr)


def imported(program: Program, *days: str) -> None:
    """Tell the journal that charges of these days (UTC) came in, as an import does."""
    journal.record(
        SYSTEM,
        verb="import",
        event="charges.imported",
        object_kind="import_batch",
        object_id=1,
        program_id=program.pk,
        changes={"imported": 1, "days": list(days)},
    )
