"""Reads of what the billing system was told not to bill, and of what it billed nevertheless."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.kernel import sql
from makegood.kernel.money import plain
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb


@dataclass(frozen=True)
class DoNotBill:
    """What was told of one item: the change, and what was left to bill of it then. Micros with tax."""

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


def _lines(principal: Principal, program: str, batches: Sequence[int] | None, *, billed: bool) -> list[DoNotBill]:
    demand(principal, Verb.LEDGER_VIEW)
    found = programs_visible_to(principal).filter(key=program).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound()
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("disputes.told_not_to_bill"),
            {"program": found, "batches": None if batches is None else list(batches), "billed": billed},
        )
        return [DoNotBill(*row) for row in cursor.fetchall()]


def told_in(principal: Principal, *, program: str, batch: int) -> list[DoNotBill]:
    """What a batch told, as it told it, however often it is read. Errors: NOT_FOUND. Raises NotPermitted."""
    lines = _lines(principal, program, [batch], billed=False)
    if not lines:
        raise NotFound()
    return lines


def billed_nevertheless(principal: Principal, *, program: str) -> list[DoNotBill]:
    """What was told and yet billed, and is on no statement yet. Errors: NOT_FOUND. Raises NotPermitted."""
    return _lines(principal, program, None, billed=True)
