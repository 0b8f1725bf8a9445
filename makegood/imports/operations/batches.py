"""What every import leaves behind: the batch, opened for a file and closed with what came of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from makegood.imports.entries import Survey
from makegood.imports.models import ImportBatch
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program


class Counted(Protocol):
    """What an import counts, whatever it brings in."""

    imported: int
    updated: int
    unchanged: int
    rejected: int


def open_batch(
    principal: Principal, program: Program, survey: Survey, *, format_: str, positions: Mapping[str, int],
    options: Mapping[str, Any],
) -> ImportBatch:  # fmt: skip
    """The batch of a file: ``positions`` say in which column what stands, ``options`` how it is read."""
    return ImportBatch.objects.create(
        program=program,
        file_name=survey.path.name,
        sha256=survey.sha256,
        size_bytes=survey.size,
        format=format_,
        mapping={name: survey.headers[place] for name, place in positions.items()},
        options=dict(options),
        started_at=clock.now(),
        by=principal.id,
        by_label=principal.label,
    )


def told_first(survey: Survey, earlier: ImportBatch | None, tally: Counted) -> list[str]:
    """What an import says of its file: what was noticed on reading it, and whether the same one came before."""
    out = [survey.note] if survey.note else []
    if earlier is not None:
        changes = tally.imported + tally.updated
        out.append(f"The same file as on {earlier.started_at:%Y-%m-%d}: {changes:,} changes.")
    return out


def close_batch(batch: ImportBatch, tally: Counted, sums: Mapping[str, Mapping[str, int]]) -> None:
    """Keep the counts and the ``sums`` (micros by currency, then by what they sum) of an import that is over."""
    batch.imported, batch.updated = tally.imported, tally.updated
    batch.unchanged, batch.rejected = tally.unchanged, tally.rejected
    batch.sums = {currency: dict(found) for currency, found in sums.items()}
    batch.finished_at = clock.now()
    batch.save()
