"""Reads of what the billing system was told not to bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.disputes.models import DoNotBillBatch
from makegood.kernel import sql
from makegood.kernel.money import Money, plain
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import User
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb

LATEST = 50
"""So many batches are listed."""


@dataclass(frozen=True)
class DoNotBill:
    """What was told of one item: the change, and what was left to bill of it then. Micros with tax. ``line`` is the
    first line about it in its batch."""

    batch: str
    external_source: str
    external_id: str
    usage_id: int | None
    customer: str
    dispute: str
    currency: str
    micros: int
    to_bill_micros: int
    full_micros: int
    at: datetime
    line: int

    @property
    def change(self) -> Money:
        """What the batch changed, signed as the customer's balance sees it."""
        return Money(self.micros, self.currency)

    @property
    def instruction(self) -> str:
        """What to do, in words; a reversal says that the item is billed after all, a fee that more is."""
        if not self.to_bill_micros:
            return "do not bill"
        if self.to_bill_micros < self.full_micros:
            return "bill less"
        return "bill in full" if self.to_bill_micros == self.full_micros else "bill more"

    def as_json(self) -> dict[str, Any]:
        """Plain values; amounts as exact decimals."""
        return {
            "batch": self.batch,
            "instruction": self.instruction,
            "external_source": self.external_source,
            "external_id": self.external_id,
            "usage_id": self.usage_id,
            "customer": self.customer,
            "dispute": self.dispute,
            "currency": self.currency,
            "change": plain(self.micros, self.currency),
            "left_to_bill": plain(self.to_bill_micros, self.currency),
            "decided_at": self.at.isoformat(),
        }


@dataclass(frozen=True)
class Waiting:
    """What would be told now, in one currency: so many changes of so many items, and what they come to."""

    changes: int
    items: int
    amount: Money

    @classmethod
    def of(cls, currency: str, changes: int, items: int, micros: int) -> Waiting:
        """The same from a row."""
        return cls(changes, items, Money(micros, currency))


@dataclass(frozen=True)
class Batch:
    """One telling: when, by whom (empty: by a command), of how many items, and what the changes come to."""

    number: int
    at: datetime
    by: str
    items: int
    amounts: tuple[Money, ...]

    def __str__(self) -> str:
        return f"X-{self.number}"


def told_program(principal: Principal, key: str) -> int:
    """The program's id. Raises NotFound for one out of scope, NotPermitted."""
    demand(principal, Verb.LEDGER_VIEW)
    found = programs_visible_to(principal).filter(key=key).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound()
    return int(found)


def waiting_to_tell(principal: Principal, *, program: str) -> list[Waiting]:
    """What ``tell_not_to_bill`` would tell now, by currency. Errors: NOT_FOUND. Raises NotPermitted."""
    parameters = {"program": told_program(principal, program), "since": None}
    rows = fetch(sql.load("disputes.waiting_to_tell"), parameters)
    return [Waiting.of(*row) for row in rows]


def batches_told(principal: Principal, *, program: str, rows: int = LATEST) -> list[Batch]:
    """The latest batches of a program, the newest first. Errors: NOT_FOUND. Raises NotPermitted."""
    found = fetch(sql.load("disputes.batches_told"), {"program": told_program(principal, program), "rows": rows})
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={row[2] for row in found if row[2]})}
    batches: dict[int, Batch] = {}
    for number, at, by, items, currency, micros in found:
        amount, known = Money(micros, currency), batches.get(number)
        before, others = (known.items, known.amounts) if known else (0, ())
        batches[number] = Batch(number, at, names.get(by, ""), before + items, (*others, amount))
    return list(batches.values())


def program_of_batch(principal: Principal, *, batch: int) -> str:
    """The key of the program that a batch is of. Errors: NOT_FOUND. Raises NotPermitted."""
    demand(principal, Verb.LEDGER_VIEW)
    found = DoNotBillBatch.objects.filter(number=batch, program__in=programs_visible_to(principal))
    key = found.values_list("program__key", flat=True).first()
    if key is None:
        raise NotFound()
    return str(key)


def told_in(principal: Principal, *, program: str, batch: int) -> list[DoNotBill]:
    """What a batch told, as it told it, however often it is read. Errors: NOT_FOUND. Raises NotPermitted."""
    parameters = {"program": told_program(principal, program), "batch": batch}
    with connection.cursor() as cursor:
        cursor.execute(sql.load("disputes.told_not_to_bill"), parameters)
        lines = [DoNotBill(*row) for row in cursor.fetchall()]
    if not lines:
        raise NotFound()
    return lines
