"""A look at the file finds encoding, delimiter, container and headers."""

import json
from pathlib import Path

import pytest

from makegood.imports.errors import EmptyFile, FileNotReadable, NotText
from makegood.imports.operations.survey import survey
from makegood.imports.states import Container
from makegood.imports.tests.logs import CALL, Importer, call, csv_text, retreaver_v2, trackdrive, write_csv, write_json


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(log: Path, delimiter: str) -> None:
    found = survey(write_csv(log, [call(buyer_id="a b")], delimiter=delimiter))
    assert (found.delimiter, found.headers) == (delimiter, tuple(CALL))


@pytest.mark.parametrize(
    ("encoding", "found_as"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_the_encoding_is_found(log: Path, encoding: str, found_as: str) -> None:
    found = survey(write_csv(log, [call(buyer_id="Café Noé")], encoding=encoding))
    assert found.encoding == found_as
    assert found.headers[0] == "call_id"
    assert "Café Noé" in found.sample[0]
    assert ("Windows-1252" in found.note) == (encoding == "cp1252")


def test_some_bad_bytes_in_a_file_with_real_utf8_leave_it_utf8(log: Path) -> None:
    log.write_bytes(csv_text([call(buyer_id="Café")]).encode() + b"c2,\xff\xfe,,,,,,,,,,,\n")
    assert survey(log).encoding == "utf-8"


@pytest.mark.parametrize(
    ("text", "container", "records"),
    [
        (json.dumps([{"call": retreaver_v2()}]), Container.JSON, "item"),
        (
            json.dumps({"status": 200, "calls": [trackdrive()], "metadata": {"next_cursor": 0}}),
            Container.JSON,
            "calls.item",
        ),
        (json.dumps(trackdrive()), Container.JSON, ""),
        (json.dumps(trackdrive()) + "\n" + json.dumps(trackdrive()) + "\n", Container.JSON_LINES, ""),
    ],
)
def test_json_is_told_apart(tmp_path: Path, text: str, container: Container, records: str) -> None:
    path = tmp_path / "calls.json"
    path.write_text(text, encoding="utf-8")
    found = survey(path)
    assert (found.container, found.records) == (container, records)
    assert "uuid" in found.headers


def test_lists_inside_a_record_are_not_taken_for_the_records(tmp_path: Path) -> None:
    path = write_json(tmp_path / "calls.json", [{"call": retreaver_v2(fired_pixels=[{"fired_pixel": {"url": "x"}}])}])
    assert survey(path).records == "item"


def test_headers_without_a_name_or_twice_get_one(log: Path) -> None:
    log.write_text("call_id,,note,note\n1,2,3,4\n", encoding="utf-8")
    assert survey(log).headers == ("call_id", "column_2", "note", "note_2")


def test_an_empty_file_is_refused(log: Path) -> None:
    log.write_bytes(b"")
    with pytest.raises(EmptyFile) as refused:
        survey(log)
    assert refused.value.message == f"{log} holds no rows. Nothing was imported."


def test_binary_is_refused(log: Path) -> None:
    log.write_bytes(csv_text([call()]).encode("utf-16-le"))
    with pytest.raises(NotText):
        survey(log)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotReadable):
        survey(tmp_path / "none.csv")


def test_lines_may_end_as_on_old_machines(load: Importer, log: Path) -> None:
    log.write_bytes(csv_text([call(), call(call_id="c2", buyer_id="B1")]).replace("\n", "\r").encode())
    assert survey(log).headers == tuple(CALL)
    assert load(log).tally.imported == 2


def test_a_first_row_without_end_is_refused(log: Path) -> None:
    log.write_text("x" * 2_000_000)
    with pytest.raises(FileNotReadable) as refused:
        survey(log)
    assert refused.value.code == "FILE_NOT_READABLE"
    assert "its first row is no names of columns" in refused.value.message
