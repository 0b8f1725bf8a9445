"""Builders of small bills: CSV lines, TM Forum 678 bills, TM Forum 635 usage records, with made-up values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from makegood.imports.entries import BillAnswer, BillOptions
from makegood.imports.operations import import_bills
from makegood.parties.entries import SYSTEM

BillImporter = Callable[..., BillAnswer]

LINE: dict[str, str] = {
    "invoice_number": "1984950",
    "customer_id": "B1",
    "issued_on": "2026-06-01",
    "due_on": "2026-06-21",
    "period_start": "2026-05-01",
    "period_end": "2026-05-31",
    "total": "",
    "line_id": "10986",
    "type": "recurring",
    "description": "Fiber 500M",
    "quantity": "5",
    "unit_price": "149.00",
    "net": "745.00",
    "tax": "61.46",
    "tax_jurisdiction": "TX",
    "currency": "USD",
    "detail": "",
}


_NUMBER = re.compile('"#([^"#]+)#"')
"""How a text stands for a JSON number until it is written."""


def line(**facts: str) -> dict[str, str]:
    """A line of a CSV bill of customer B1: 745.00 net, 61.46 tax."""
    return {**LINE, **facts}


def money(text: str, unit: str = "USD") -> dict[str, Any]:
    """An amount as TM Forum writes it, with the number letter by letter."""
    return {"unit": unit, "value": f"#{text}#"}


def rate(ident: str = "1", net: str = "745.0", gross: str = "806.46", **facts: Any) -> dict[str, Any]:
    """An applied rate: a recurring charge of 745.00 and 61.46 tax."""
    return {
        "id": ident,
        "isBilled": True,
        "name": "Fiber 500M",
        "type": "recurringCharge",
        "taxExcludedAmount": money(net),
        "taxIncludedAmount": money(gross),
        **facts,
    }


def bill(*rates: dict[str, Any], number: str = "1984950", total: str = "806.46", **facts: Any) -> dict[str, Any]:
    """A TM Forum 678 bill of customer B1 for May 2026, in the order of keys that put the lines last."""
    return {
        "id": f"bill-{number}",
        "billNo": number,
        "billDate": "2026-06-01",
        "paymentDueDate": "2026-06-21",
        "category": "normal",
        "state": "sent",
        "billingPeriod": {"startDateTime": "2026-05-01T00:00:00Z", "endDateTime": "2026-05-31T23:59:59Z"},
        "billingAccount": {"id": "B1", "name": "Acme Plumbing"},
        "taxIncludedAmount": money(total),
        "taxItem": [{"taxCategory": "state+local", "taxAmount": money("61.46")}],
        "appliedCustomerBillingRate": list(rates) or [rate()],
        **facts,
    }


def usage(ident: str = "465320", net: str = "0.25", **facts: Any) -> dict[str, Any]:
    """A TM Forum 635 usage record of customer B1: a call of 274 seconds, 0.25 net and 0.02 tax, billed."""
    return {
        "id": ident,
        "usageDate": "2026-05-15T09:56:23-04:00",
        "usageType": "voice",
        "description": "Long distance",
        "status": "billed",
        "relatedParty": [{"role": "Customer", "id": "B1", "name": "Acme Plumbing"}],
        "usageCharacteristic": [
            {"name": "originatingNumber", "value": "+12025550104"},
            {"name": "destinationNumber", "value": "(202) 555-0148"},
            {"name": "duration", "value": 274},
            {"name": "billNo", "value": "1984950"},
        ],
        "ratedProductUsage": [
            {
                "isBilled": True,
                "ratingDate": "2026-05-16T00:00:00Z",
                "taxExcludedRatingAmount": money(net),
                "taxIncludedRatingAmount": money(str(Decimal(net) + Decimal("0.02"))),
                "productRef": {"name": "LD"},
            }
        ],
        **facts,
    }


def write_bills(path: Path, bills: Sequence[Any] | dict[str, Any]) -> Path:
    """The bills as JSON, numbers letter by letter."""
    path.write_text(json_text(bills), encoding="utf-8")
    return path


def json_text(value: Any) -> str:
    """The JSON text of bills, numbers letter by letter."""
    return _NUMBER.sub(r"\1", json.dumps(value, indent=1))


def bill_importer(program: str) -> BillImporter:
    """Imports a file of bills into the program as the system does; options by name."""

    def run(path: Path, *, chunk_lines: int = 20_000, **options: Any) -> BillAnswer:
        wanted = BillOptions(program=program, **options)
        return import_bills(SYSTEM, path=path, options=wanted, chunk_lines=chunk_lines)

    return run
