"""Import bills: look at the file, settle what it does not say, then judge and store it bill by bill."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from makegood.billing.operations import mark_invoices_paid, refresh_statistics
from makegood.imports.entries import BillAnswer, BillOff, BillOptions, BillTally
from makegood.imports.models import ImportBatch
from makegood.imports.operations.batches import close_batch, open_batch, told_first
from makegood.imports.operations.bill_faults import BillExplainer
from makegood.imports.operations.bill_files import BillFile, look_at_bills
from makegood.imports.operations.bill_rows import CsvBills
from makegood.imports.operations.bill_settle import choose_bill_program, settle_bills
from makegood.imports.operations.bill_stage import BillStage
from makegood.imports.operations.rejects import RejectFile
from makegood.imports.operations.rows import Refuse
from makegood.imports.operations.tmf_bills import TmfBills
from makegood.imports.operations.tmf_usage import TmfUsage
from makegood.imports.selectors import earlier_batch
from makegood.imports.states import BillFormat
from makegood.journal import operations as journal
from makegood.kernel.money import format_money
from makegood.parties.entries import Principal
from makegood.parties.operations import create_customer
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

CHUNK_LINES = 20_000  # per transaction: longer ones hold readers of the journal back
MANY = 5_000
BILL_SOURCE, USAGE_SOURCE = "bill", "tmf635"
"""Under which names lines of bills (whatever their format) and usage records are known."""
_DRY_BATCH = 0
_JOURNALED = ("bills", "imported", "credits", "updated", "unchanged", "corrections", "sums", "days")

Told = Callable[[int, int], None]
"""Told bytes read and bytes in all."""


def import_bills(
    principal: Principal, *, path: Path, options: BillOptions, told: Told | None = None, chunk_lines: int = CHUNK_LINES
) -> BillAnswer:
    """Store the bills of a file: each line a charge or a credit; what cannot be stored goes to the rejects.

    The same bill again changes nothing, in whichever format. With ``options.dry_run`` every chunk is rolled back.
    Errors: PERMISSION_DENIED, FILE_NOT_READABLE, EMPTY_FILE, NOT_TEXT, NOT_A_BILL, MISSING_OPTIONS, UNKNOWN_PROGRAM,
    UNKNOWN_ZONE, UNKNOWN_CURRENCY, UNKNOWN_CUSTOMER, BAD_ISSUE_DAY, REJECTS_IN_THE_WAY.
    """
    demand(principal, Verb.IMPORT_RUN)
    run = BillRun(principal, path, options)
    return run.answer(RejectFile(path, options.rejects), told or (lambda done, size: None), chunk_lines)


class BillRun:
    """One import of bills, from the first look at the file to the answer."""

    def __init__(self, principal: Principal, path: Path, options: BillOptions) -> None:
        self._principal = principal
        self._options = options
        self._file = look_at_bills(path)
        self._program = choose_bill_program(options.program)
        self._setting = settle_bills(self._file, options, self._program)
        self._explain = BillExplainer(self._file, self._setting.zone)
        is_usage = self._file.format is BillFormat.TMF635
        self._stage = BillStage(
            "imports.usage_chunk" if is_usage else "imports.bill_chunk",
            zone=self._setting.zone,
            currency=self._setting.currency,
            program=self._program.pk,
            source=USAGE_SOURCE if is_usage else BILL_SOURCE,
            create_parties=options.create_parties,
        )
        self._tally = BillTally()
        self._batch: ImportBatch | None = None

    def answer(self, rejects: RejectFile, told: Told, chunk_lines: int) -> BillAnswer:
        """Store bill by bill."""
        earlier = earlier_batch(self._file.survey.sha256)
        self._rejects = rejects
        if not self._options.dry_run:
            self._batch = self._open_batch()
        self._stage.create()
        try:
            with transaction.atomic():
                chunks = self._stage.load(_reader(self._file, self._options, self._refuse), chunk_lines)
            for done, chunk in enumerate(chunks, 1):
                self._chunk(chunk)
                self._rejects.flush()
                # Not while lines are copied in: whoever is told may want the connection, which is busy then.
                told(self._file.survey.size * done // len(chunks), self._file.survey.size)
        finally:
            rejects_file = self._rejects.close()
            self._stage.drop()
        if self._batch is not None:
            self._close_batch(self._batch)
            if self._tally.imported >= MANY:
                refresh_statistics()
        return BillAnswer(
            tally=self._tally,
            format=self._file.format.value,
            recognized=self._file.recognized,
            dry_run=self._options.dry_run,
            batch=self._batch.pk if self._batch else None,
            rejects_file=rejects_file,
            messages=tuple(self._messages(earlier)),
        )

    def _refuse(self, row: int, code: str, fields: dict[str, Any], source: str) -> None:
        self._tally.rejected += 1
        self._rejects.add(self._explain.unstaged(row, code, fields, source))

    @transaction.atomic
    def _chunk(self, chunk: int) -> None:
        for is_final in (False, True):
            with transaction.atomic():
                told = self._stage.run(chunk, batch=self._batch.pk if self._batch else _DRY_BATCH, is_final=is_final)
                missing = [detail for kind, _, _, _, detail in told if kind == "missing"]
                if not missing:
                    break
                transaction.set_rollback(True)
            self._create(missing)
        for kind, n, k, faults, detail in told:
            if kind == "summary":
                self._stored(detail)
            elif kind == "off":
                off = BillOff(detail["invoice_number"], detail["currency"], detail["total"], detail["lines_micros"])
                self._tally.first_off.append(off)
            elif kind == "reject":
                for rejected in self._explain.judged(n, k, faults, detail):
                    self._rejects.add(rejected)
        if self._options.dry_run:
            transaction.set_rollback(True)

    def _create(self, missing: list[dict[str, Any]]) -> None:
        for one in missing:
            create_customer(
                self._principal,
                number=one["number"],
                name=one["name"],
                currency=one["currency"],
                zone=self._setting.customers_zone,
            )

    def _stored(self, summary: dict[str, Any]) -> None:
        self._tally.add(summary)
        mark_invoices_paid(summary["paid"])
        changes = sum(summary.get(name, 0) for name in ("bills", "imported", "updated", "proposed"))
        if self._batch is not None and changes:
            journal.record(
                self._principal,
                verb="import",
                event="bills.imported",
                object_kind="import_batch",
                object_id=self._batch.pk,
                program_id=self._program.pk,
                changes={name: summary[name] for name in _JOURNALED if name in summary},
            )

    def _open_batch(self) -> ImportBatch:
        survey = self._file.survey
        options = {
            "timezone": self._setting.zone,
            "currency": self._setting.currency,
            "customer": self._options.customer,
            "create_parties": self._options.create_parties,
            "issued_on": self._options.issued_on,
            "encoding": survey.encoding,
        }
        named, positions = self._file.format.value, self._file.found.positions
        return open_batch(self._principal, self._program, survey, format_=named, positions=positions, options=options)

    def _close_batch(self, batch: ImportBatch) -> None:
        tally = self._tally
        names = ("net", "tax", "credits")
        close_batch(
            batch, tally, {currency: dict(zip(names, sums, strict=True)) for currency, sums in tally.sums.items()}
        )

    def _messages(self, earlier: ImportBatch | None) -> list[str]:
        tally = self._tally
        out = told_first(self._file.survey, earlier, tally)
        if tally.off:
            first = tally.first_off[0]
            total, lines = (format_money(micros, first.currency) for micros in (first.total, first.lines))
            many = _told(
                tally.off, "bill does not add up and came in as it is", "bills do not add up and came in as they are"
            )
            out.append(f"{many}; the first is {first.number}: its total is {total}, its lines make {lines}.")
        if tally.corrections:
            many = _told(tally.corrections, "correction proposed: a line was", "corrections proposed: lines were")
            out.append(f"{many} billed with another amount; `makegood import corrections` lists them.")
        if tally.total_changed:
            many = _told(tally.total_changed, "bill", "bills")
            out.append(f"{many} came with another total than before; the first one stays.")
        if tally.unlinked:
            many = _told(tally.unlinked, "usage record names", "usage records name")
            out.append(f"{many} a bill that is not here; bills come before their usage.")
        return out + self._rejects.messages()


def _told(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _reader(file: BillFile, options: BillOptions, refuse: Refuse) -> Any:
    """The lines of a file."""
    if file.format is BillFormat.CSV:
        return CsvBills(file, options, refuse)
    return (TmfBills if file.format is BillFormat.TMF678 else TmfUsage)(file, options, refuse)
