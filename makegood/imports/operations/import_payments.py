"""Import payments: look at the file, judge its rows, keep what came in. The same file again changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from makegood.billing.models import Payment
from makegood.billing.operations.keep_payments import NewPayment, keep_payments, name_bills
from makegood.imports.entries import Options, PaymentAnswer, PaymentTally, Rejected
from makegood.imports.errors import NotPayments, PaymentChanged, row_faults
from makegood.imports.models import ImportBatch
from makegood.imports.operations.batches import close_batch, open_batch, told_first
from makegood.imports.operations.bill_settle import choose_bill_program
from makegood.imports.operations.payment_rows import Judged, PaymentJudge, Row
from makegood.imports.operations.rejects import RejectFile
from makegood.imports.operations.rows import Rows, as_line
from makegood.imports.operations.survey import survey as look_at
from makegood.imports.policy.payment_layout import lacking, recognize_payments
from makegood.imports.selectors import customer_numbered, earlier_batch
from makegood.imports.states import PAYMENTS
from makegood.journal import operations as journal
from makegood.kernel.money import exponent, format_money
from makegood.parties.entries import Principal
from makegood.parties.errors import UnknownCustomer, UnknownZone
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

SOURCE = "payment"
CHUNK_ROWS = 2_000

Told = Callable[[int, int], None]
"""Told bytes read and bytes in all."""


def import_payments(
    principal: Principal, *, path: Path, options: Options, told: Told | None = None, chunk_rows: int = CHUNK_ROWS
) -> PaymentAnswer:
    """Keep the payments of a file; what cannot be kept goes to the rejects, each with its reason.

    A payment is known by its id; one whose bill was not here is told its bill when it comes again. ``options.columns``
    say which column is what, where its header does not. With ``options.dry_run`` everything is rolled back.
    Errors: PERMISSION_DENIED, FILE_NOT_READABLE, EMPTY_FILE, NOT_TEXT, NOT_PAYMENTS, MISSING_OPTIONS, UNKNOWN_PROGRAM,
    UNKNOWN_ZONE, UNKNOWN_CURRENCY, UNKNOWN_CUSTOMER, REJECTS_IN_THE_WAY.
    """
    demand(principal, Verb.IMPORT_RUN)
    run = _PaymentRun(principal, path, options)
    return run.answer(RejectFile(path, options.rejects), told or (lambda done, size: None), chunk_rows)


class _PaymentRun:
    """One import of payments, from the first look to the answer."""

    def __init__(self, principal: Principal, path: Path, options: Options) -> None:
        self._principal, self._options = principal, options
        self._survey = look_at(path)
        self._found = recognize_payments(self._survey.headers, options.columns)
        self._program = choose_bill_program(options.program)
        _check(options)
        missing = lacking(self._found, customer=options.customer)
        if missing:
            raise NotPayments(path=path.name, reason=f"no column is the {' or the '.join(missing)}")
        self._columns = {name: self._survey.headers[place] for name, place in self._found.positions.items()}
        self._judge = PaymentJudge(options, self._columns)
        self._tally = PaymentTally()
        self._seen: set[str] = set()
        self._batch: ImportBatch | None = None

    def answer(self, rejects: RejectFile, told: Told, chunk_rows: int) -> PaymentAnswer:
        """Keep chunk by chunk."""
        earlier = earlier_batch(self._survey.sha256)
        self._rejects = rejects
        if not self._options.dry_run:
            self._batch = self._open_batch()
        reader = Rows(self._survey, self._refuse)
        try:
            with closing(self._rows(reader)) as rows:
                while chunk := list(islice(rows, chunk_rows)):
                    self._chunk(chunk)
                    self._rejects.flush()
                    told(reader.read, self._survey.size)
        finally:
            rejects_file = self._rejects.close()
        if self._batch is not None:
            self._close_batch(self._batch)
        return PaymentAnswer(
            tally=self._tally,
            recognized=self._found.sentence,
            dry_run=self._options.dry_run,
            batch=self._batch.pk if self._batch else None,
            rejects_file=rejects_file,
            messages=tuple(self._messages(earlier)),
        )

    def _rows(self, reader: Rows) -> Generator[Row, None, None]:
        with closing(iter(reader)) as lines:
            for n, _, _, *cells in csv.reader(lines, delimiter=self._survey.delimiter):
                said = {name: text for name, at in self._found.positions.items() if (text := cells[at].strip())}
                yield Row(int(n), said, tuple(cells))

    def _refuse(self, row: int, code: str, fields: dict[str, Any], source: str) -> None:
        self._tally.rejected += 1
        self._rejects.add(Rejected(row, "", code, row_faults()[code](**fields).message, source))

    @transaction.atomic
    def _chunk(self, rows: Sequence[Row]) -> None:
        judged = [self._once(one) for one in self._judge.judged(rows)]
        ids = [one.payment.external_id for one in judged if one.payment]
        known = {one.external_id: one for one in Payment.objects.filter(external_source=SOURCE, external_id__in=ids)}
        fresh: list[NewPayment] = []
        bills: dict[int, int] = {}
        for one in judged:
            before = known.get(one.payment.external_id) if one.payment else None
            if one.payment is None:
                self._reject(one)
            elif before is None:
                fresh.append(one.payment)
                self._tally.unlinked += one.names_unknown
            elif _facts(before) != _facts(one.payment):
                self._reject(
                    replace(one, faults=((self._columns.get("payment_id", ""), _changed(before, one.payment)),))
                )
            elif before.invoice_id is None and one.payment.invoice_id is not None:
                bills[before.pk] = one.payment.invoice_id
            else:
                self._tally.unchanged += 1
        self._keep(fresh, bills)
        if self._options.dry_run:
            transaction.set_rollback(True)

    def _once(self, one: Judged) -> Judged:
        """A payment whose id stood in an earlier row of the file is left out."""
        if one.payment is None or one.payment.external_id not in self._seen:
            self._seen.update([one.payment.external_id] if one.payment else [])
            return one
        fault = row_faults()["DUPLICATE_IN_FILE"](value=one.payment.external_id)
        return Judged(one.row, None, ((self._columns.get("payment_id", ""), fault),))

    def _keep(self, fresh: list[NewPayment], bills: dict[int, int]) -> None:
        batch = self._batch.pk if self._batch else None
        kept = keep_payments(fresh, source=SOURCE, import_batch=batch)
        named = name_bills(bills)
        self._tally.imported += kept
        self._tally.unchanged += len(fresh) - kept
        self._tally.updated += named
        for one in fresh:
            self._tally.sums[one.currency] = self._tally.sums.get(one.currency, 0) + one.micros
        if self._batch is not None and (kept or named):
            journal.record(
                self._principal,
                verb="import",
                event="payments.imported",
                object_kind="import_batch",
                object_id=self._batch.pk,
                program_id=self._program.pk,
                changes={"imported": kept, "updated": named},
            )

    def _reject(self, one: Judged) -> None:
        self._tally.rejected += 1
        source = as_line(list(one.row.cells), self._survey.delimiter)
        for column, fault in one.faults:
            self._rejects.add(Rejected(one.row.n, column, fault.code, fault.message, source))

    def _open_batch(self) -> ImportBatch:
        said = self._options
        options = {"timezone": said.timezone, "currency": said.currency, "customer": said.customer}
        positions = self._found.positions
        return open_batch(
            self._principal, self._program, self._survey, format_=PAYMENTS, positions=positions, options=options
        )

    def _close_batch(self, batch: ImportBatch) -> None:
        tally = self._tally
        close_batch(batch, tally, {currency: {"paid": micros} for currency, micros in tally.sums.items()})

    def _messages(self, earlier: ImportBatch | None) -> list[str]:
        out = told_first(self._survey, earlier, self._tally)
        if self._tally.unlinked:
            many = "1 payment names" if self._tally.unlinked == 1 else f"{self._tally.unlinked:,} payments name"
            out.append(f"{many} a bill that is not here; import the bills, then this file again.")
        return out + self._rejects.messages()


def _check(options: Options) -> None:
    """Raises UnknownZone, UnknownCurrency, UnknownCustomer."""
    if options.timezone and options.timezone not in available_timezones():
        raise UnknownZone(zone=options.timezone)
    if options.currency:
        exponent(options.currency.upper())
    if options.customer and customer_numbered(options.customer) is None:
        raise UnknownCustomer(number=options.customer)


def _facts(one: Payment | NewPayment) -> tuple[int, int, str, Any]:
    return one.customer_id, one.micros, one.currency, one.paid_at


def _changed(before: Payment, after: NewPayment) -> PaymentChanged:
    first, then = (format_money(one.micros, one.currency) for one in (before, after))
    if first == then:
        first, then = (f"{one.paid_at:%Y-%m-%d} {first}" for one in (before, after))
    return PaymentChanged(value=after.external_id, before=first, after=then)
