"""Judges rows of payments: what each says, and every reason why one is left out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from makegood.billing.models import Invoice
from makegood.billing.operations.keep_payments import NewPayment
from makegood.imports.entries import Options
from makegood.imports.errors import (
    AmountTooFineInRow,
    BadAmountInRow,
    BadBillNumber,
    BadTime,
    CurrencyMismatch,
    InvoiceOfAnother,
    NoAmount,
    NoPayer,
    NoPaymentDay,
    NotAboveZero,
    RowFault,
    TooLong,
    UnknownPayer,
)
from makegood.imports.policy.payment_layout import moment_of, plain_amount
from makegood.kernel.errors import AmountTooFine, BadAmount
from makegood.kernel.money import parse_amount
from makegood.parties.models import Customer

LONGEST = 200
_NUMBER_DIGITS = 18


@dataclass(frozen=True)
class Row:
    """A row of the file: its line, what the columns say (canonical names), and all its cells as they stand."""

    n: int
    said: dict[str, str]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """A payment to keep, or why not: pairs (column, fault). ``names_unknown`` says that it names a bill that is not
    here."""

    row: Row
    payment: NewPayment | None
    faults: tuple[tuple[str, RowFault], ...] = ()
    names_unknown: bool = False


class PaymentJudge:
    """Judges chunk after chunk; ids that a file does not give are made of what the rows say."""

    def __init__(self, options: Options, columns: dict[str, str]) -> None:
        self._options = options
        self._columns = columns
        self._alike: Counter[str] = Counter()

    def judged(self, rows: Sequence[Row]) -> list[Judged]:
        """Every row with its verdict, in order."""
        numbers = {row.said.get("customer_id") or self._options.customer for row in rows}
        customers = {one.number: one for one in Customer.objects.select_related("zone").filter(number__in=numbers)}
        bills = _bills(row.said.get("invoice_number", "") for row in rows)
        return [self._judge(row, customers, bills) for row in rows]

    def _judge(self, row: Row, customers: dict[str, Customer], bills: dict[int, Invoice]) -> Judged:
        faults: list[tuple[str, RowFault]] = []

        def wrong(name: str, fault: type[RowFault], **fields: Any) -> None:
            column = self._columns.get(name, "")
            faults.append((column, fault(**{"column": column, "value": row.said.get(name, ""), **fields})))

        customer = self._customer(row, customers, wrong)
        currency = (row.said.get("currency") or self._options.currency).upper()
        if customer and currency and currency != customer.currency:
            wrong(
                "currency", CurrencyMismatch, currency=currency, customer=customer.number,
                customer_currency=customer.currency,
            )  # fmt: skip
        micros = _amount(row, customer.currency if customer else currency or "USD", wrong)
        zone = self._options.timezone or (customer.zone.name if customer else "UTC")
        text = row.said.get("paid_on", "")
        at = moment_of(text, zone) if text else None
        if at is None:
            wrong("paid_on", BadTime if text else NoPaymentDay)
        bill = _bill(row, customer, bills, wrong)
        for name in ("payment_id", "method", "note"):
            if len(row.said.get(name, "")) > LONGEST:
                wrong(name, TooLong)
        if faults or customer is None or micros is None or at is None:
            return Judged(row, None, tuple(faults))
        payment = NewPayment(
            external_id=row.said.get("payment_id") or self._made_id(row, customer),
            customer_id=customer.pk,
            paid_at=at,
            currency=customer.currency,
            micros=micros,
            method=row.said.get("method", ""),
            note=row.said.get("note", ""),
            invoice_id=bill.pk if bill else None,
            raw=row.said,
        )
        return Judged(row, payment, names_unknown=bool(row.said.get("invoice_number")) and bill is None)

    def _customer(self, row: Row, customers: dict[str, Customer], wrong: Any) -> Customer | None:
        number = row.said.get("customer_id") or self._options.customer
        customer = customers.get(number)
        if not number:
            wrong("customer_id", NoPayer)
        elif customer is None:
            wrong("customer_id", UnknownPayer, value=number)
        return customer

    def _made_id(self, row: Row, customer: Customer) -> str:
        """An id for a row that has none: the same row in another file of the same rows gets the same one."""
        facts = [
            customer.number,
            *(row.said.get(name, "") for name in ("paid_on", "amount", "invoice_number", "method")),
        ]
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]
        self._alike[key] += 1
        return f"row:{key}:{self._alike[key]}"


def _amount(row: Row, currency: str, wrong: Any) -> int | None:
    text = row.said.get("amount", "")
    if not text:
        wrong("amount", NoAmount)
        return None
    plain = plain_amount(text, currency)
    try:
        micros = parse_amount(plain, currency) if plain is not None else None
    except BadAmount:
        micros = None
    except AmountTooFine:
        wrong("amount", AmountTooFineInRow)
        return None
    if micros is None:
        wrong("amount", BadAmountInRow)
    elif micros <= 0:
        wrong("amount", NotAboveZero)
        return None
    return micros


def _bill(row: Row, customer: Customer | None, bills: dict[int, Invoice], wrong: Any) -> Invoice | None:
    """The bill that a row names, where it is here. A reference that is no number names none."""
    text = row.said.get("invoice_number", "")
    if not text.isdecimal():
        return None
    if len(text) > _NUMBER_DIGITS:
        wrong("invoice_number", BadBillNumber)
        return None
    bill = bills.get(int(text))
    if bill is not None and customer is not None and bill.customer_id != customer.pk:
        wrong("invoice_number", InvoiceOfAnother, invoice=bill.number, value=customer.number)
    return bill


def _bills(texts: Iterable[str]) -> dict[int, Invoice]:
    numbers = {int(text) for text in texts if text.isdecimal() and len(text) <= _NUMBER_DIGITS}
    return {one.number: one for one in Invoice.objects.only("number", "customer_id").filter(number__in=numbers)}
