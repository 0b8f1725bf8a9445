"""Whatever text stands in a cell of a platform's export, every row gets an answer, and the same one the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.imports.tests import platform_logs as made
from makegood.imports.tests.logs import Importer, write_csv
from makegood.imports.tests.test_any_text import STRANGE

IDS = {
    made.ringba: "inboundCallId",
    made.ringba_report: "Inbound Call ID",
    made.callrail: "id",
    made.invoca: "transaction_id",
    made.twilio: "sid",
    made.dialics: "Call ID",
    made.local_services: "local_services_lead.id",
    made.lead_feed: "call_id",
}


@pytest.mark.parametrize("make", list(IDS), ids=lambda make: make.__name__)
def test_strange_texts_in_every_column(load: Importer, log: Path, make: made.Maker) -> None:
    name = IDS[make]
    plain = {name: "", **{column: str(value or "") for column, value in make().items()}}
    rows = [
        {**plain, name: f"{place}-{n}", column: text}
        for place, column in enumerate(plain)
        for n, text in enumerate(STRANGE)
    ]
    path = write_csv(log, rows)
    options = {"create_parties": True, "timezone": "America/New_York", "customer": "B1"}
    tried = load(path, dry_run=True, **options).tally
    assert not Charge.objects.exists()
    done = load(path, **options).tally
    again = load(path, **options).tally
    assert tried == done
    assert done.imported + done.unchanged + done.rejected + done.orphans + done.children + done.left_out == len(rows)
    assert done.imported > len(STRANGE)
    assert (again.imported, again.updated, again.corrections) == (0, 0, 0)
    assert (again.unchanged, again.rejected) == (done.imported + done.unchanged, done.rejected)
    assert Charge.objects.count() == done.imported
