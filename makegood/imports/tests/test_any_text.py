"""Whatever text stands in a cell, an import ends with an answer for every row."""

from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.imports.policy.mapping import mappings
from makegood.imports.tests.logs import CALL, Importer, call, csv_text, write_csv

STRANGE = (
    *(
        " ",
        "-0",
        "+1",
        "..",
        "1e5",
        "1E400",
        "NaN",
        "-Infinity",
        "0x10",
        "1_000",
        "9" * 200,
        "2147483648",
        "--5",
        "$-5",
    ),
    *("1:2:3", "9999:59:59", "2026-01-01", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-00-00 00:00:00"),
    *("2026-01-01T10:00:00+25:00", "infi-ni-tyT__:__:__Z", "today", "13/13/2026 10:00", "1/1/2026 0:00 AM"),
    *("9999999999999", "(5.00)", "$1,23", "TRUE", "Maybe", "XXX", "+", "+0202555", "2.0E9", "1E99999", "\u202e", "💥"),
    *("'", '"', '""', "\\", "\\.", "%s", "%(batch)s", "{x}", "\t", "a\nb", "\u00a0", "\x1f", ",", ";", "[]", "١٢"),
)


def test_strange_texts_in_every_column(load: Importer, log: Path) -> None:
    columns = list(mappings()["generic"].columns)
    rows = [
        {**dict.fromkeys(columns, ""), **call(call_id=f"{place}-{n}"), column: text}
        for place, column in enumerate(columns)
        for n, text in enumerate(STRANGE)
    ]
    path = write_csv(log, rows)
    options = {"create_parties": True, "timezone": "America/New_York"}
    tried = load(path, dry_run=True, **options).tally
    done = load(path, **options).tally
    again = load(path, **options).tally
    assert tried == done
    assert done.imported + done.unchanged + done.rejected == len(rows)  # a strange id may be corrected by its like
    assert done.imported > len(STRANGE)
    assert (again.imported, again.updated, again.unchanged, again.rejected) == (
        0,
        0,
        done.imported + done.unchanged,
        done.rejected,
    )
    assert Charge.objects.count() == done.imported


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_files_as_spreadsheets_write_them(load: Importer, log: Path, encoding: str, ending: str) -> None:
    rows = [{**CALL, "buyer_ref": 'Café "Noé", 2'}, call(call_id="c2", buyer_ref="Zoë")]
    log.write_bytes(csv_text(rows).replace("\n", ending).encode(encoding))
    answer = load(log)
    assert (answer.tally.imported, answer.tally.rejected) == (2, 0)
    assert sorted(Charge.objects.values_list("buyer_ref", flat=True)) == ['Café "Noé", 2', "Zoë"]
    assert any("Windows-1252" in message for message in answer.messages) == (encoding == "cp1252")
