"""Files to begin with: for each kind of import its usual columns and one row that shows what goes into them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A file of one kind: what it is called, and its cells by column."""

    words: str
    cells: Mapping[str, str]

    @property
    def text(self) -> str:
        """The file as CSV."""
        out = io.StringIO()
        csv.writer(out).writerows((self.cells.keys(), self.cells.values()))
        return out.getvalue()


SAMPLES: Mapping[str, Sample] = {
    "calls": Sample(
        "calls",
        {
            "call_id": "C-20451", "started_at": "2026-03-02T13:09:14Z", "buyer_id": "B1", "vendor_id": "V1",
            "campaign_id": "PL-1", "category": "Plumbing", "caller": "+12125550142", "destination": "+18445550100",
            "duration_s": "31", "answered": "yes", "recording_enabled": "yes", "converted": "yes", "revenue": "45.00",
            "payout": "30.00", "currency": "USD",
        },
    ),
    "bills": Sample(
        "bills",
        {
            "invoice_number": "1984950", "customer_id": "B1", "issued_on": "2026-03-01", "due_on": "2026-03-21",
            "period_start": "2026-02-01", "period_end": "2026-02-28", "line_id": "10986", "type": "recurring",
            "description": "Fiber 500", "service_number": "2125550142", "quantity": "1", "unit": "each",
            "unit_price": "59.00", "net": "59.00", "tax": "4.87", "currency": "USD", "total": "63.87",
        },
    ),
    "payments": Sample(
        "payments",
        {
            "payment_id": "P-1", "paid_on": "2026-03-15", "customer_id": "B1", "invoice_number": "1984950",
            "amount": "63.87", "currency": "USD", "method": "ACH", "note": "",
        },
    ),
}  # fmt: skip
"""By name, as addresses carry it."""
