"""How a customer's balance came about, entry by entry: bills, payments and credits a page at a time, the newest first.

What lies before a page is summed where it lies, so that each page ends at what the balance says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F, IntegerField, QuerySet, Sum, Value

from makegood.billing.models import Payment
from makegood.billing.selectors.issued import IssuedBill, issued_bills
from makegood.billing.selectors.payments import payments_visible_to
from makegood.billing.states import InvoiceStatus
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.balance import Balance, adjustments_on_bills, balances
from makegood.disputes.selectors.credits import KINDS
from makegood.kernel.money import Money
from makegood.kernel.paging import AFTER, BEFORE, Key, Page, Place, beyond, mark_of, page_of, place_of
from makegood.ledger.models import Adjustment
from makegood.ledger.states import AdjustmentKind
from makegood.parties.entries import Principal

SIZE, STREAMED = 100, 500
ORDER = (Key("entered_at", descending=True), Key("rank", descending=True), Key("id", descending=True))
_BILL, _CALLED_PAID, _PAYMENT, _CREDIT = range(4)
"""Of one moment a bill comes first, then what was paid and given for it."""


@dataclass(frozen=True)
class Entry:
    """One line of a running balance, signed as the balance sees it; ``running`` is what stands with it. ``rank`` and
    ``id`` order those of one moment."""

    at: datetime
    kind: str
    words: str
    amount: Money
    running: Money
    bill: int | None = None
    dispute: str = ""
    rank: int = _BILL
    id: int = 0

    @property
    def entered_at(self) -> datetime:
        """The moment by which it is ordered."""
        return self.at


@dataclass(frozen=True)
class Ledger:
    """A page of the entries of one currency, the newest first; ``opening`` stood before the oldest shown."""

    balance: Balance
    page: Page[Entry]
    opening: Money

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of the page."""
        return self.page.rows

    @property
    def currency(self) -> str:
        """What all of it is in."""
        return self.balance.billed.currency


def ledgers(
    principal: Principal, customer_id: int, currency: str = "", after: str = "", before: str = ""
) -> list[Ledger]:
    """The running balance of a customer in scope per currency; the newest page ends at what the balance says. The place
    is one in the list of ``currency``."""
    bills = issued_bills(principal, customer_id)
    found = []
    for one in balances(principal, customer_id, bills):
        source = _Source(principal, customer_id, one, bills)
        place = place_of(after, before, ORDER) if one.billed.currency == currency else Place()
        found.append(source.ledger(place, SIZE))
    return found


def streamed_entries(principal: Principal, customer_id: int) -> Iterator[Entry]:
    """All entries, currency by currency, a few at a time."""
    bills = issued_bills(principal, customer_id)
    for one in balances(principal, customer_id, bills):
        source, place = _Source(principal, customer_id, one, bills), Place()
        while True:
            found = source.ledger(place, STREAMED)
            yield from found.entries
            if not found.page.after:
                break
            place = place_of(found.page.after, "", ORDER)


class _Source:
    """The entries of a customer in one currency."""

    def __init__(self, principal: Principal, customer_id: int, balance: Balance, bills: Sequence[IssuedBill]) -> None:
        self.balance, self.currency = balance, balance.billed.currency
        payments = payments_visible_to(principal).filter(customer_id=customer_id, currency=self.currency)
        given = adjustments_on_bills(principal, customer_id).filter(currency=self.currency)
        self.payments = _placed(payments.select_related("invoice").defer("raw"), "paid_at", _PAYMENT)
        self.credits = _placed(given, "at", _CREDIT)
        self.bills = list(_bill_entries(balance, bills))

    def ledger(self, place: Place, size: int) -> Ledger:
        """A page, its balances worked out from the newest down."""
        page = self._page(place, size)
        running = self.balance.left - self._newer(page.rows[0]) if page.rows else self.balance.left
        told: list[Entry] = []
        for entry in page.rows:
            told.append(replace(entry, running=running))
            running = running - entry.amount
        return Ledger(self.balance, page.with_rows(told), running)

    def _page(self, place: Place, size: int) -> Page[Entry]:
        backward = place.direction == BEFORE
        parts = [page_of(rows, ORDER, place, size) for rows in (self.payments, self.credits)]
        found = [*_paid(parts[0].rows), *_given(parts[1].rows), *_beyond(self.bills, place)]
        found.sort(key=_key, reverse=True)
        more = len(found) > size or any(part.before if backward else part.after for part in parts)
        found = found[-size:] if backward else found[:size]
        if not found:
            return Page(())
        has_before, has_after = (more, True) if backward else (bool(place.values), more)
        return Page(
            tuple(found), mark_of(found[0], ORDER) if has_before else "", mark_of(found[-1], ORDER) if has_after else ""
        )

    def _newer(self, first: Entry) -> Money:
        """What all entries after one come to."""
        place = Place(_key(first), BEFORE)
        newer = beyond(place, ORDER)
        paid = self.payments.filter(newer).aggregate(micros=Sum("micros"))["micros"] or 0
        credits = self.credits.filter(newer).aggregate(micros=Sum(F("amount_micros") + F("tax_micros")))["micros"] or 0
        billed = sum(entry.amount.micros for entry in _beyond(self.bills, place))
        return Money(billed - paid + credits, self.currency)


def _placed(rows: QuerySet[Any], moment: str, rank: int) -> QuerySet[Any]:
    placed: QuerySet[Any] = rows.annotate(entered_at=F(moment), rank=Value(rank, output_field=IntegerField()))
    return placed


def _key(entry: Entry) -> tuple[datetime, int, int]:
    return (entry.at, entry.rank, entry.id)


def _beyond(entries: Sequence[Entry], place: Place) -> list[Entry]:
    if not place.values:
        return list(entries)
    older = place.direction == AFTER
    return [one for one in entries if (_key(one) < place.values if older else _key(one) > place.values)]


def _paid(payments: Sequence[Payment]) -> Iterator[Entry]:
    for one in payments:
        amount = Money(one.micros, one.currency)
        words = " · ".join(part for part in ("Payment", one.method, one.external_id) if part)
        number = one.invoice.number if one.invoice else None
        yield Entry(one.paid_at, "payment", words, -amount, amount, number, rank=_PAYMENT, id=one.pk)


def _given(adjusted: Sequence[Adjustment]) -> Iterator[Entry]:
    labels = dict(Dispute.objects.filter(pk__in=[one.dispute_id for one in adjusted]).values_list("pk", "label"))
    for one in adjusted:
        amount, label = Money(one.amount_micros + one.tax_micros, one.currency), labels[one.dispute_id]
        words = f"{KINDS[AdjustmentKind(one.kind)]} {label}"
        number = label.removeprefix("D-")
        yield Entry(one.at, "credit", words, amount, amount, dispute=number, rank=_CREDIT, id=one.pk)


def _bill_entries(balance: Balance, bills: Sequence[IssuedBill]) -> Iterator[Entry]:
    for bill in bills:
        if bill.is_written_off or bill.bill.currency != balance.billed.currency:
            continue
        at, number = bill.bill.issued_at, bill.bill.number
        yield Entry(at, "bill", f"Bill {number}", bill.total, bill.total, number, id=number)
        if balance.called_paid and bill.bill.status == InvoiceStatus.PAID and bill.paid < bill.total:
            gone = bill.total - bill.paid
            words = f"Bill {number} is called paid; the day is not known"
            yield Entry(at, "called paid", words, -gone, gone, number, rank=_CALLED_PAID, id=number)
