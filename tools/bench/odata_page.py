"""Pages of 100 usage records out of 1,000,000 over HTTP, beside the same page read by hand."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from django.db import connection

from makegood.billing.models import Invoice
from tools.bench.charges import new_charges
from tools.bench.http_world import Desk, build_desk, settle_down, web_server
from tools.bench.load import Driven, drive
from tools.bench.report import Measure
from tools.bench.verdicts import timed

ROWS = 1_000_000
ROUNDS = 40
MOST_S = 0.05
ALIAS = "U2026"
_QUERIES = (
    "$top=100",
    "$top=100&$filter=Amount%20gt%2010",
    "$top=100&$orderby=UsageDate%20desc",
    "$top=100&$filter=Seconds%20ge%20600%20and%20UsageDate%20ge%202000-01-01T00:00:00Z",
    "$top=100&$select=UsageRecordID,Amount&$skip=2000",
)
_RARE = "$top=100&$filter=Seconds%20eq%20600"
"""What one row of 900 passes, by a property without an index: 90,000 rows are looked at for a page."""
_BY_HAND = """
SELECT usage_id, occurred_at, billed_micros, duration_s FROM billing_charge
WHERE invoice_id = %s AND usage_id IS NOT NULL ORDER BY usage_id LIMIT 100
"""


def run(rows: int = ROWS, rounds: int = ROUNDS) -> list[Measure]:
    """The time that 95 of 100 pages take at most; five queries in turn on one connection.

    What a search for rare rows takes is told beside it, without a target.
    """
    desk = build_desk()
    Invoice.objects.filter(pk=desk.invoice_id).update(usage_alias=ALIAS)
    _fill(desk, rows)
    settle_down()
    with tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder, web_server(Path(folder)) as place:
        requests = [_request(desk, query) for query in _QUERIES]
        drive(*place, requests * 4, 1)  # what every process learns once
        driven = drive(*place, requests * rounds, 1)
        searched = drive(*place, [_request(desk, _RARE)] * rounds, 1)
    if {*driven.statuses, *searched.statuses} != {200}:
        raise RuntimeError(f"not every page was read: {driven.statuses}, {searched.statuses}")
    by_hand = statistics.median(timed(lambda: _by_hand(desk))[0] for _ in range(rounds))
    return [
        _measure(f"page of OData out of {rows:,} usage records", driven, by_hand, MOST_S),
        _measure("search in OData for 1 row of 900", searched, by_hand, None),
    ]


def _measure(name: str, driven: Driven, by_hand: float, most_s: float | None) -> Measure:
    median = statistics.median(driven.each_s)
    wanted = f" (target under {most_s * 1000:.0f} ms)" if most_s else ""
    told = f"{len(driven.each_s)} pages, median {median * 1000:.1f} ms, p95 {driven.p95_s * 1000:.1f} ms"
    return Measure(
        name,
        1,
        median,
        by_hand,
        0.0,
        remarks=f"; {told}{wanted}",
        holds_besides=most_s is None or driven.p95_s < most_s,
    )


def _fill(desk: Desk, rows: int) -> None:
    """Calls on one invoice, of various lengths, prices and times."""
    new_charges(
        desk.world,
        rows,
        {
            "invoice_id": str(desk.invoice_id),
            "occurred_at": "c.occurred_at - n * interval '2 seconds'",
            "duration_s": "n %% 900",
            "billed_micros": "(n %% 4000) * 10000",
        },
    )


def _request(desk: Desk, query: str) -> bytes:
    head = (
        f"GET /odata/UsageDetail?{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {desk.secret}\r\n"
        f"CustomerID: {desk.world.customer.pk}\r\nUsageAlias: {ALIAS}\r\n\r\n"
    )
    return head.encode()


def _by_hand(desk: Desk) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, [desk.invoice_id])
        return list(cursor.fetchall())
