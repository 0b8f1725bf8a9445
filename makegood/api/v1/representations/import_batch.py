"""An imported file: what came of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from makegood.api.v1.representations.shapes import DecimalText, Page
from makegood.imports.entries import BillAnswer, ImportAnswer, PaymentAnswer
from makegood.imports.models import ImportBatch
from makegood.kernel.money import plain

IMPORT = "imp"
ImportId = Annotated[str, Meta(pattern=r"^imp_[1-9]\d*$", description="The id of an import.", examples=["imp_12"])]
Sums = Annotated[
    dict[str, dict[str, DecimalText]],
    Meta(description="By currency: billed and payout of calls; net, tax and credits of bills."),
]


class ImportRun(Struct, kw_only=True):
    """A file that was imported. ``finished_at`` is null while it runs, and stays so if it was interrupted.

    ``rejects`` is the address of a CSV with the rows that were left out, null where none is kept.
    """

    id: ImportId
    program: str
    file_name: str
    format: str
    sha256: str
    bytes: int
    imported: int
    updated: int
    unchanged: int
    rejected: int
    sums: Sums
    rejects: str | None
    started_at: datetime
    finished_at: datetime | None
    by: str


class ImportRunPage(Page):
    """Imports, the latest first."""

    items: list[ImportRun]


class ImportOutcome(Struct, kw_only=True):
    """What came of a file, with sentences for a person; ``run`` is null for a dry run, which stores nothing."""

    run: ImportRun | None
    dry_run: bool
    format: str
    recognized: str
    imported: int
    updated: int
    unchanged: int
    rejected: int
    corrections_proposed: int
    sums: Sums
    messages: list[str]


def import_run(batch: ImportBatch, *, has_rejects: bool) -> ImportRun:
    """An import as the service writes it."""
    number = f"{IMPORT}_{batch.pk}"
    return ImportRun(
        id=number,
        program=batch.program.key,
        file_name=batch.file_name,
        format=batch.format,
        sha256=batch.sha256,
        bytes=batch.size_bytes,
        imported=batch.imported,
        updated=batch.updated,
        unchanged=batch.unchanged,
        rejected=batch.rejected,
        sums=_sums(batch.sums),
        rejects=f"/api/v1/imports/{number}/rejects.csv" if has_rejects else None,
        started_at=batch.started_at,
        finished_at=batch.finished_at,
        by=batch.by_label,
    )


def _sums(sums: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return {
        currency: {name: plain(int(micros), currency) for name, micros in sorted(parts.items())}
        for currency, parts in sorted(sums.items())
    }


def outcome(answer: ImportAnswer | BillAnswer | PaymentAnswer, run: ImportRun | None) -> ImportOutcome:
    """The answer of an import as the service writes it."""
    tally = answer.tally
    return ImportOutcome(
        run=run,
        dry_run=answer.dry_run,
        format=answer.format,
        recognized=answer.recognized,
        imported=tally.imported,
        updated=tally.updated,
        unchanged=tally.unchanged,
        rejected=tally.rejected,
        corrections_proposed=tally.corrections,
        sums=answer.sums(),
        messages=list(answer.messages),
    )
