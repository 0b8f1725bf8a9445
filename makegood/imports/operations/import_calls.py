"""Import a call log: look at the file, settle what it does not say, then judge and bill it chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import transaction

from makegood.billing.operations import refresh_statistics
from makegood.imports.entries import ImportAnswer, Options, Tally
from makegood.imports.models import ImportBatch
from makegood.imports.operations.batches import close_batch, open_batch, told_first
from makegood.imports.operations.faults import Explainer
from makegood.imports.operations.parties import create_missing
from makegood.imports.operations.rejects import RejectFile, Rejects
from makegood.imports.operations.rows import Rows
from makegood.imports.operations.settle import choose_program, settle
from makegood.imports.operations.staging import Stage
from makegood.imports.operations.survey import survey as look_at
from makegood.imports.policy.recognition import recognize
from makegood.imports.selectors import earlier_batch
from makegood.journal import operations as journal
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

CHUNK_ROWS = 20_000  # per transaction: longer ones hold readers of the journal back
MANY = 5_000
"""From so many new calls on the planner is told about them at once."""
_DRY_BATCH = 0
_JOURNALED = ("imported", "updated", "unchanged", "corrections", "sums", "days")

Told = Callable[[int, int], None]
"""Told bytes read and bytes in all, after each chunk."""
Known = Callable[[list[int]], None]
"""Told the ids of charges of this file that were billed before, chunk by chunk."""


def import_calls(
    principal: Principal, *, path: Path, options: Options, told: Told | None = None, chunk_rows: int = CHUNK_ROWS
) -> ImportAnswer:
    """Bill the calls of a file; rows that cannot be billed go to the rejects, the others land.

    The same file again changes nothing. With ``options.dry_run`` every chunk is rolled back and nothing is stored.
    Errors: PERMISSION_DENIED, FILE_NOT_READABLE, EMPTY_FILE, NOT_TEXT, UNKNOWN_FORMAT, MISSING_COLUMNS, NO_HEADER,
    WRONG_LAYOUT, MISSING_OPTIONS, BAD_RATE, NEGATIVE_RATE, RATE_TOO_FINE, RATE_NOT_TAKEN, UNKNOWN_PROGRAM,
    UNKNOWN_ZONE, UNKNOWN_CURRENCY, UNKNOWN_CUSTOMER, REJECTS_IN_THE_WAY.
    """
    demand(principal, Verb.IMPORT_RUN)
    run = Run(principal, path, options)
    return run.answer(RejectFile(path, options.rejects), told, chunk_rows)


class Run:
    """One import, from the first look at the file to the answer. Raises what ``import_calls`` refuses with."""

    def __init__(self, principal: Principal, path: Path, options: Options) -> None:
        survey = look_at(path)
        found = recognize(survey.headers, options.format, survey.rows, options.columns)
        if found.layout:
            survey = survey.without_header(found.layout)
        self.program: Program = choose_program(options.program)
        self.batch: ImportBatch | None = None
        self._principal = principal
        self._survey = survey
        self._found = found
        self._options = options
        self._setting = settle(survey, found, options, self.program)
        self._stage = Stage(survey, found, self._setting)
        self._explain = Explainer(survey, found, self._stage.sources, self._setting.zone)
        self._tally = Tally()
        self._rejects = Rejects()
        self._known: Known | None = None

    def answer(
        self, rejects: Rejects, told: Told | None = None, chunk_rows: int = CHUNK_ROWS, known: Known | None = None
    ) -> ImportAnswer:
        """Bill chunk by chunk; ``known`` hears the ids of charges that were there already."""
        self._rejects, self._known = rejects, known
        earlier = earlier_batch(self._survey.sha256)
        if not self._options.dry_run:
            self.batch = self._open_batch()
        self._stage.create()
        try:
            self._chunks(told or (lambda done, size: None), chunk_rows)
        finally:
            rejects_file = self._rejects.close()
        self._stage.drop()
        self._tally.rejected = self._rejects.rows
        if self.batch is not None:
            self._close_batch(self.batch)
            if self._tally.imported >= MANY:
                refresh_statistics()
        return ImportAnswer(
            tally=self._tally,
            format=self._found.mapping.name,
            recognized=self._found.sentence,
            dry_run=self._options.dry_run,
            batch=self.batch.pk if self.batch else None,
            rejects_file=rejects_file,
            messages=tuple(self._messages(earlier)),
        )

    def _chunks(self, told: Told, chunk_rows: int) -> None:
        rows = Rows(self._survey, self._refuse)
        with closing(iter(rows)) as stream:
            while True:
                rows.padded = self._stage.is_holding
                first = next(stream, None)
                if first is None and not self._stage.is_holding:
                    break
                with transaction.atomic():
                    self._tally.legs += self._stage.load(chain([first] if first else [], stream), chunk_rows)
                    self._sort_out()
                    self._staged(trim=rows.padded)
                told(rows.read, self._survey.size)
        if self._stage.aside.is_needed:
            self._waiting(chunk_rows)

    def _sort_out(self) -> None:
        children, left_out = self._stage.aside.sort_out()
        self._tally.children += children
        self._tally.left_out += left_out

    def _waiting(self, chunk_rows: int) -> None:
        """What was set aside until the whole file was read."""
        self._tally.orphans = self._stage.aside.pick_children()
        self._tally.children -= self._tally.orphans
        staged = 1
        while staged:
            with transaction.atomic():
                staged = self._stage.load_waiting(chunk_rows)
                if staged:
                    self._staged(trim=True)

    def _staged(self, *, trim: bool) -> None:
        """Bill the staged rows; a dry run takes back all but what was set aside."""
        with transaction.atomic():
            keys = self._chunk(trim=trim)
            if self._options.dry_run:
                transaction.set_rollback(True)
        if keys:
            self._stage.remember(keys)
        self._rejects.flush()

    def _refuse(self, row: int, code: str, fields: dict[str, Any], source: str) -> None:
        self._rejects.add(self._explain.unstaged(row, code, fields, source))

    def _chunk(self, *, trim: bool) -> list[str]:
        """Judge and bill the staged rows; ids to remember."""
        summary = self._judged(trim=trim)
        self._tally.add(summary)
        if self.batch is not None and summary["imported"] + summary["updated"] + summary["corrections"]:
            self._record(self.batch, summary)
        if self._known is not None:
            self._known(summary["known"] or [])
        keys: list[str] = summary["keys"] or []
        return keys

    def _judged(self, *, trim: bool) -> dict[str, Any]:
        """The statement's summary; it runs again when it first needed parties or phone numbers."""
        phones = self._stage.odd_phones(trim=trim)
        for is_final in (False, False, True):
            with transaction.atomic():
                told = self._statement(trim=trim, phones=phones, is_final=is_final)
                missing = [detail for kind, detail in told if kind == "missing"]
                unknown = [detail for kind, detail in told if kind == "phone"]
                if not missing and not unknown:
                    break
                transaction.set_rollback(True)
            create_missing(self._principal, program=self.program, setting=self._setting, missing=missing)
            phones |= self._stage.learn(unknown)
        summary: dict[str, Any] = next(detail for kind, detail in told if kind == "summary")
        return summary

    def _statement(self, *, trim: bool, phones: dict[str, str | None], is_final: bool) -> list[tuple[str, Any]]:
        return self._stage.run(
            self.batch.pk if self.batch else _DRY_BATCH,
            trim=trim,
            phones=phones,
            is_final=is_final,
            refuse=self._refuse_judged,
            create_parties=self._options.create_parties,
            answer_keys=self._options.dry_run,
            answer_known=self._known is not None,
        )

    def _refuse_judged(
        self, row: int, faults: Sequence[str], detail: Mapping[str, Any], cells: Sequence[str | None]
    ) -> None:
        for rejected in self._explain.judged(row, faults, detail, cells):
            self._rejects.add(rejected)

    def _open_batch(self) -> ImportBatch:
        options = {
            "timezone": self._setting.zone,
            "currency": self._setting.currency,
            "customer": self._options.customer,
            "create_parties": self._options.create_parties,
            "encoding": self._survey.encoding,
            "rate": str(self._setting.rate or ""),
        }
        named, positions = self._found.mapping.name, self._found.positions
        return open_batch(
            self._principal, self.program, self._survey, format_=named, positions=positions, options=options
        )

    def _close_batch(self, batch: ImportBatch) -> None:
        tally = self._tally
        close_batch(
            batch, tally, {currency: {"billed": sums[0], "payout": sums[1]} for currency, sums in tally.sums.items()}
        )

    def _record(self, batch: ImportBatch, summary: dict[str, Any]) -> None:
        journal.record(
            self._principal,
            verb="import",
            event="charges.imported",
            object_kind="import_batch",
            object_id=batch.pk,
            program_id=self.program.pk,
            changes={name: summary[name] for name in _JOURNALED},
        )

    def _messages(self, earlier: ImportBatch | None) -> list[str]:
        tally = self._tally
        out = told_first(self._survey, earlier, tally)
        if tally.frozen:
            out.append(
                f"{tally.frozen:,} calls came with other facts than they were billed with;"
                " a billed call stays as it is."
            )
        if tally.legs:
            out.append(f"{tally.legs:,} rows are further legs of calls; a call counts once, by its longest talk.")
        if tally.corrections:
            out.append(
                f"{tally.corrections:,} corrections proposed: these calls were billed with other amounts;"
                " `makegood import corrections` lists them."
            )
        if tally.children:
            out.append(
                f"{tally.children:,} rows tell of a part of another call and were read with it; their own price is not"
                " part of that call's."
            )
        if tally.orphans:
            out.append(
                f"{tally.orphans:,} rows tell of a part of a call that is not in this file; they were left out."
                " Export whole days, so that both are in one file."
            )
        if tally.left_out:
            out.append(f"{tally.left_out:,} rows are no calls and were left out.")
        if tally.ambiguous:
            out.append(
                f"{tally.ambiguous:,} calls fell into an hour that happened twice in {self._setting.zone},"
                " when clocks were put back; the later one was taken."
            )
        return out + self._rejects.messages()
