"""Imports of the native service: a file as the body, what came of it, and the rows that were left out."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest

from makegood.api.v1 import imports
from makegood.billing.models import Charge, Invoice, Payment
from makegood.disputes import operations
from makegood.imports.entries import Options
from makegood.imports.models import ImportBatch, RejectPart
from makegood.imports.operations import import_calls
from makegood.imports.tests.bills import bill, json_text, line
from makegood.imports.tests.logs import call, csv_text
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.states import Dimension
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/imports"
GOOD = [call(call_id=f"c{n}") for n in range(3)]


@pytest.fixture
def client(world: World, api_client: ClientMaker) -> ApiClient:
    made = api_client(world.person("admin"))
    made.get("/api/v1/me")
    return made


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads lie while they are imported; nothing stays there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def send(client: ApiClient, content: bytes | str, query: str = "", media: str = "text/csv", key: str = "") -> Answer:
    raw = content.encode() if isinstance(content, str) else content
    headers = {"Idempotency-Key": key} if key else {}
    return client.send("POST", f"{PATH}?{query}", raw=raw, media=media, headers=headers)


def test_calls_come_in_and_what_cannot_is_told(client: ApiClient, world: World, folder: Path) -> None:
    rows = [*GOOD, call(call_id="c9", buyer_id="B99"), call(call_id="", revenue="=1+1")]
    made = send(client, csv_text(rows), f"program={world.program.key}&name=../../march%202026.csv")
    body = made.json
    assert (made.status, body["imported"], body["rejected"], body["dry_run"]) == (201, 3, 2, False)
    assert body["sums"] == {"USD": {"billed": "298.50", "payout": "180.00"}}
    run = body["run"]
    assert made.headers["Location"] == f"{PATH}/{run['id']}"
    assert (run["file_name"], run["program"], run["rejected"], run["by"]) == (
        "march 2026.csv",
        world.program.key,
        2,
        "admin",
    )
    assert run["finished_at"] is not None
    assert client.get(made.headers["Location"]).json == run
    assert client.get(PATH).json["items"] == [run]
    left = client.get(run["rejects"])
    assert (left.status, left.headers["Content-Type"]) == (200, "text/csv")
    assert left.headers["Content-Disposition"] == f'attachment; filename="{run["id"]}.rejects.csv"'
    told = list(csv.DictReader(io.StringIO(left.content.decode())))
    assert {row["row"] for row in told} == {"5", "6"}
    assert "UNKNOWN_CUSTOMER" in {row["code"] for row in told}
    assert Charge.objects.count() == 3
    assert list(folder.iterdir()) == []


def test_bills_come_in_as_csv_and_json(client: ApiClient, world: World) -> None:
    table = send(client, csv_text([line()]), f"program={world.program.key}&mapping=bill_csv&timezone=UTC")
    assert (table.status, table.json["imported"], table.json["format"]) == (201, 1, "bill_csv")
    assert table.json["sums"]["USD"] == {"net": "745.00", "tax": "61.46", "credits": "0.00", "total": "806.46"}
    tree = json_text([bill(number="1984951")])
    second = send(client, tree, f"program={world.program.key}&mapping=tmf678&timezone=UTC", "application/json")
    assert (second.status, second.json["run"]["format"]) == (201, "tmf678")
    assert set(Invoice.objects.values_list("number", flat=True)) == {1984950, 1984951}
    header = client.get(f"{second.headers['Location']}/rejects.csv")
    assert header.content.decode().strip() == "row,column,code,reason,source"


def test_a_dry_run_stores_nothing_and_the_same_file_changes_nothing(client: ApiClient, world: World) -> None:
    query = f"program={world.program.key}"
    with unchanged(but=UNCOUNTED):
        tried = send(client, csv_text(GOOD), f"{query}&dry_run=true")
    assert (tried.status, tried.json["run"], tried.json["imported"]) == (200, None, 3)
    assert "Location" not in tried.headers
    send(client, csv_text(GOOD), query)
    again = send(client, csv_text(GOOD), query)
    assert (again.json["imported"], again.json["unchanged"]) == (0, 3)
    assert again.json["messages"][0].endswith(": 0 changes.")


def test_a_repeat_with_its_key_imports_once(client: ApiClient, world: World) -> None:
    query = f"program={world.program.key}"
    first = send(client, csv_text(GOOD), query, key="i-1")
    second = send(client, csv_text(GOOD), query, key="i-1")
    assert (second.status, second.json, second.headers["Idempotency-Replayed"]) == (201, first.json, "true")
    assert ImportBatch.objects.count() == 1
    with unchanged(but=UNCOUNTED):
        other = send(client, csv_text(GOOD[:2]), query, key="i-1")
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")


REFUSED: list[tuple[bytes, str, str, int, str]] = [
    (b"", "", "text/csv", 422, "EMPTY_FILE"),
    (b"\x00\x01\x02" * 50, "", "text/csv", 422, "NOT_TEXT"),
    (b"a,b\n1,2\n", "", "text/csv", 422, "UNKNOWN_FORMAT"),
    (b"{}", "mapping=tmf678", "application/json", 422, "EMPTY_FILE"),
    (b"a,b\n1,2\n", "mapping=bill_csv", "text/csv", 422, "NOT_A_BILL"),
    (b"a,b\n1,2\n", "mapping=horoscope", "text/csv", 422, "UNKNOWN_FORMAT"),
    (csv_text(GOOD).encode(), "program=nothing", "text/csv", 422, "UNKNOWN_PROGRAM"),
    (csv_text(GOOD).encode(), "timezone=Mars/Base", "text/csv", 422, "UNKNOWN_ZONE"),
    (csv_text(GOOD).encode(), "currency=ZZZ", "text/csv", 422, "UNKNOWN_CURRENCY"),
    (csv_text(GOOD).encode(), "customer=B99", "text/csv", 422, "UNKNOWN_CUSTOMER"),
    (csv_text(GOOD).encode(), "rate=free", "text/csv", 422, "BAD_RATE"),
    (b"a,b\n", "dry_run=maybe", "text/csv", 400, "BAD_PARAMETER"),
    (b"a,b\n", "maping=x", "text/csv", 400, "BAD_PARAMETER"),
    (b"a,b\n", "name=" + "x" * 201, "text/csv", 400, "BAD_PARAMETER"),
    (b"<x/>", "", "application/xml", 415, "UNSUPPORTED_MEDIA_TYPE"),
]
"""Content, address and media type of what is no import, with the status and the code that say so."""


def test_a_file_that_cannot_be_imported(client: ApiClient, folder: Path) -> None:
    with unchanged(but=UNCOUNTED):
        answers = [
            client.send("POST", f"{PATH}?{query}", raw=content, headers={"Content-Type": media})
            for content, query, media, _, _ in REFUSED
        ]
    for (_, query, _, status, code), found in zip(REFUSED, answers, strict=True):
        assert (found.status, found.code) == (status, code), (query, found.detail)
        assert str(folder) not in found.content.decode()
    assert list(folder.iterdir()) == []


def test_a_body_that_is_too_large_or_too_short(
    client: ApiClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = client.send("POST", PATH, raw=b"a,b\n", media="text/csv", headers={"Content_Length": "9"})
    assert (short.status, short.code) in {(400, "BAD_HEADER"), (422, "UNKNOWN_FORMAT")}
    monkeypatch.setattr(imports, "LIMIT", 10)
    with unchanged(but=UNCOUNTED):
        found = send(client, "a,b\n" * 4)
    assert (found.status, found.code) == (413, "BODY_TOO_LARGE")
    assert list(folder.iterdir()) == []


def test_who_may_not_import_or_sees_a_part(
    world: World, manager: Principal, api_client: ClientMaker, client: ApiClient, folder: Path
) -> None:
    place = send(client, csv_text(GOOD), f"program={world.program.key}").headers["Location"]
    admin = world.person("admin", "second")
    part = api_client(admin, grants=[(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))])
    theirs = api_client(manager)
    for one in (part, theirs):
        one.get("/api/v1/me")
    with unchanged(but=UNCOUNTED):
        for found in (send(theirs, "a"), theirs.get(PATH), theirs.get(place), theirs.get(f"{place}/rejects.csv")):
            assert (found.status, found.code) == (403, "PERMISSION_DENIED")
        limited = send(part, csv_text([call(call_id="new")]), f"program={world.program.key}")
        told = "A file may name any customer and vendor, so it is imported by who sees whole programs."
        assert (limited.status, limited.code, limited.detail) == (403, "SIGHT_LIMITED", told)
    assert part.get(PATH).json["items"] == []
    for text in (place.rpartition("/")[2], "imp_999999", "x"):
        for rest in ("", "/rejects.csv"):
            found = part.get(f"{PATH}/{text}{rest}")
            told = f"You do not have access to Import ID {text} or it does not exist."
            assert (found.status, found.code, found.detail) == (404, "NOT_FOUND", told)
    assert list(folder.iterdir()) == []


def test_who_sees_one_program_imports_into_it(world: World, api_client: ClientMaker) -> None:
    other = operations.install_preset(SYSTEM, preset_key="call_marketplace", key="other", name="Other", currency="USD")
    client = api_client(world.person("admin"), grants=[(Dimension.PROGRAM, str(other.pk))])
    client.get("/api/v1/me")
    with unchanged(but=UNCOUNTED):
        found = send(client, csv_text(GOOD), f"program={world.program.key}")
    told = f'There is no program "{world.program.key}". The programs are: other.'
    assert (found.status, found.code, found.detail) == (422, "UNKNOWN_PROGRAM", told)
    made = send(client, csv_text(GOOD))
    assert (made.status, made.json["run"]["program"]) == (201, "other")
    ImportBatch.objects.create(
        program=world.program, file_name="x", sha256="0" * 64, size_bytes=1, format="generic", started_at=clock.now()
    )
    assert [one["program"] for one in client.get(f"{PATH}?count=true").json["items"]] == ["other"]


def test_rejects_that_lie_elsewhere_are_not_here(client: ApiClient, world: World, tmp_path: Path) -> None:
    log = tmp_path / "calls.csv"
    log.write_text(csv_text([call(buyer_id="B99")]))
    answer = import_calls(SYSTEM, path=log, options=Options(program=world.program.key))
    run = client.get(f"{PATH}/imp_{answer.batch}").json
    assert (run["rejected"], run["rejects"]) == (1, None)
    assert client.get(f"{PATH}/imp_{answer.batch}/rejects.csv").status == 404
    for file in tmp_path.iterdir():
        file.unlink()


def test_long_rejects_are_kept_in_pieces(client: ApiClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makegood.imports.operations.receiving.PART", 200)
    rows = [call(call_id=f"c{n}", buyer_id="B99") for n in range(5)]
    run = send(client, csv_text(rows), f"program={world.program.key}").json["run"]
    assert RejectPart.objects.count() > 2
    told = list(csv.DictReader(io.StringIO(client.get(run["rejects"]).content.decode())))
    assert [row["row"] for row in told] == ["2", "3", "4", "5", "6"]


def test_payments_come_in_where_they_are_named(client: ApiClient, world: World) -> None:
    content = "Receipt,Paid on,Account,Amount\nr1,2026-03-02,B1,12.50\nr2,2026-03-03,NOBODY,7.50\n"
    made = send(client, content, f"mapping=payment_csv&program={world.program.key}&name=paid.csv")
    assert (made.status, made.json["imported"], made.json["rejected"]) == (201, 1, 1)
    assert (made.json["format"], made.json["sums"]) == ("payment_csv", {"USD": {"paid": "12.50"}})
    assert Payment.objects.get().micros == 12_500_000
