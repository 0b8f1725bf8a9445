"""Files that begin with a call are told by their columns and what stands in them, and no other is taken for one."""

import csv
from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.imports.errors import MissingColumns, NoHeader, WrongLayout
from makegood.imports.operations.survey import survey
from makegood.imports.policy.mapping import mappings
from makegood.imports.policy.recognition import SHAPES, Recognized, recognize
from makegood.imports.tests.logs import CALL, Importer, call, rejected, write_csv
from makegood.imports.tests.pbx_logs import (
    HOUSE,
    Row,
    asterisk,
    bare_text,
    custom,
    freepbx,
    freeswitch,
    threecx,
    without,
    write_bare,
)
from makegood.imports.tests.test_import_calls import stored

LINKED = {"peeraccount": "", "linkedid": "1772456954.0", "sequence": 7}


def found_in(path: Path, name: str = "") -> Recognized:
    """What the file is recognized as."""
    seen = survey(path)
    return recognize(seen.headers, name, seen.rows)


LAYOUTS: list[tuple[Row, str, int]] = [
    (asterisk(), "asterisk", 18),
    (without(asterisk(), "userfield"), "asterisk", 17),
    (without(asterisk(), "uniqueid"), "asterisk", 17),
    (without(asterisk(), "uniqueid", "userfield"), "asterisk", 16),
    ({**asterisk(), **LINKED}, "asterisk", 21),
    ({**without(asterisk(), "userfield"), **LINKED}, "asterisk", 20),
    ({**without(asterisk(), "uniqueid"), **LINKED}, "asterisk", 20),
    (custom(), "asterisk", 18),
    ({**custom(), "sequence": 7}, "asterisk", 19),
    (freeswitch(), "freeswitch", 15),
    (without(freeswitch(), "read_codec", "write_codec"), "freeswitch", 13),
    (threecx(), "threecx", 27),
    (threecx(**{"time-answered": "", "duration": ""}), "threecx", 27),
]


@pytest.mark.parametrize(("row", "name", "width"), LAYOUTS)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_columns_are_told_by_what_stands_in_them(log: Path, row: Row, name: str, width: int, quoting: int) -> None:
    found = found_in(write_bare(log, [row, row], quoting))
    assert (found.mapping.name, list(found.layout)) == (name, list(row))
    assert found.sentence == f"{found.mapping.title}, {width} of {width} columns"
    assert found_in(log, name).layout == found.layout


@pytest.mark.parametrize("row", [row for row, _, _ in LAYOUTS] + [freepbx()])
def test_the_same_columns_with_a_header_are_read_by_their_names(log: Path, row: Row) -> None:
    turned = dict(reversed(row.items()))
    for one in (row, turned):
        found = found_in(write_csv(log, [one, one]))
        assert (found.layout, found.sentence.endswith("headers")) == ((), True)
        assert {name: list(one)[place] for name, place in found.positions.items()} == {name: name for name in one}


def test_a_generic_log_keeps_its_header_whatever_its_width(log: Path) -> None:
    row = {**CALL, **{f"note_{n}": "2026-03-02 08:09:14" for n in range(18 - len(CALL))}}
    found = found_in(write_csv(log, [row, row]))
    assert (found.mapping.name, found.layout) == ("generic", ())


def test_the_first_row_is_a_call_too(load: Importer, log: Path) -> None:
    answer = load(write_bare(log, [asterisk(), asterisk(uniqueid="1772456955.1")]), **HOUSE)
    assert answer.tally.imported == 2
    assert Charge.objects.filter(external_id="1772456954.0").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_as_spreadsheets_write_them(load: Importer, log: Path, encoding: str) -> None:
    text = bare_text([freeswitch(), freeswitch(uuid="cb57a415-0000-4000-8000-000000000002")], csv.QUOTE_MINIMAL)
    log.write_bytes(text.replace(",", ";").replace("\n", "\r\n").encode(encoding))
    assert load(log, **HOUSE).tally.imported == 2


@pytest.mark.parametrize(
    "row",
    [
        dict(enumerate(["1", "2026-03-02 08:09:14", "9045550181", "43"])),
        dict(enumerate(asterisk().values())) | {9: "yesterday"},
        dict(enumerate([*threecx().values(), "one more"])),
        dict(reversed(threecx().items())),
    ],
)
def test_an_unknown_layout_is_refused(load: Importer, log: Path, row: Row) -> None:
    write_bare(log, [row, row])
    before = stored()
    with pytest.raises(NoHeader) as refused:
        load(log, **HOUSE)
    assert refused.value.code == "NO_HEADER"
    assert refused.value.message == (
        "The file begins with a call instead of the names of its columns, and its"
        f" {len(row)} columns are not laid out like those of a format known without them"
        " (asterisk, freeswitch, threecx). Write the names into a first line, or name the format with --format."
    )
    assert stored() == before


def test_a_named_format_has_to_fit(load: Importer, log: Path) -> None:
    write_bare(log, [threecx()])
    before = stored()
    with pytest.raises(WrongLayout) as refused:
        load(log, format="freeswitch", **HOUSE)
    assert refused.value.code == "WRONG_LAYOUT"
    assert refused.value.message == (
        'Read as "FreeSWITCH", a file without header has 13 or 15 columns and its times in their places;'
        " the rows here, of 27, have not. Write the names of the columns into a first line."
    )
    write_csv(log, [call()])
    with pytest.raises(MissingColumns):
        load(log, format="asterisk", **HOUSE)
    assert stored() == before


def test_a_named_format_bends_where_its_times_stand(load: Importer, log: Path) -> None:
    rows = [
        asterisk(disposition="ANSWERED (16)", uniqueid="one"),
        asterisk(disposition="ANSWERED (16)", uniqueid="two", start="?"),
    ]
    write_bare(log, rows)
    with pytest.raises(NoHeader):
        load(log, **HOUSE)
    answer = load(log, format="asterisk", **HOUSE)
    assert (answer.recognized, answer.tally.imported, answer.tally.rejected) == ("Asterisk, 18 of 18 columns", 1, 1)
    assert [(row["row"], row["column"], row["code"]) for row in rejected(log)] == [("2", "start", "BAD_TIME")]


@pytest.mark.parametrize(
    ("cut", "code", "reason"),
    [
        (30, "TRUNCATED", "The file ends in the middle of this row. Was it copied completely?"),
        (3, "TRUNCATED", "The file ends in the middle of this row. Was it copied completely?"),
    ],
)
@pytest.mark.parametrize("make", [asterisk, freeswitch])
def test_a_cut_last_line(load: Importer, log: Path, make: object, cut: int, code: str, reason: str) -> None:
    assert callable(make)
    text = bare_text([make(), make(), make(uniqueid="1772456955.1", uuid="cb57a415-0000-4000-8000-000000000002")])
    log.write_text(text[: -cut - 1], encoding="utf-8")
    answer = load(log, **HOUSE)
    told = [(row["row"], row["code"], row["reason"]) for row in rejected(log)]
    assert answer.tally.imported == 1
    assert told[-1] == ("3", code, reason)


def test_a_cut_line_without_quotes(load: Importer, log: Path) -> None:
    text = bare_text([threecx(), threecx(callid="00000002_1")], csv.QUOTE_MINIMAL)
    log.write_text(text[:-20], encoding="utf-8")
    assert load(log, **HOUSE).tally.imported == 1
    assert [(row["row"], row["code"]) for row in rejected(log)] == [("2", "TRUNCATED")]


def test_a_row_of_another_width_is_rejected(load: Importer, log: Path) -> None:
    rows = [asterisk(), without(asterisk(uniqueid="1772456955.1"), "userfield"), asterisk(uniqueid="1772456956.2")]
    answer = load(write_bare(log, rows), **HOUSE)
    assert (answer.tally.imported, answer.tally.rejected) == (2, 1)
    assert [(row["row"], row["code"], row["reason"]) for row in rejected(log)] == [
        ("2", "WRONG_WIDTH", "The row has 17 columns; the first one has 18.")
    ]


@pytest.mark.parametrize("name", list(mappings()))
def test_a_layout_names_each_column_once_and_knows_its_shapes(name: str) -> None:
    mapping = mappings()[name]
    for layout in mapping.layouts:
        assert len(set(layout)) == len(layout)
        assert set(mapping.required) <= set(layout)
        assert any(shape == "time" for column, shape in mapping.shapes if column in layout)
    assert {shape for _, shape in mapping.shapes} <= set(SHAPES)
    spoken = {column for column, _ in mapping.shapes}
    spoken |= {column for field in mapping.fields.values() for column in field.digest}
    assert spoken <= set(mapping.columns)
    if mapping.legs:
        assert {mapping.legs.same, *mapping.legs.most} <= set(mapping.columns)
