"""Bulk intake: rows in any way of naming a charge, bad ones among them, and the same key again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from makegood.api.v1 import intake, intake_rows
from makegood.disputes.models import Dispute
from makegood.parties.entries import Principal
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import ChargeMaker, World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/disputes/intake"
NDJSON = "application/x-ndjson"
WORDS = {"reason": "SPAM", "description": "A recorded voice, nobody there"}


def send(client: ApiClient, lines: list[Any], **headers: str) -> Answer:
    """Rows as lines of JSON; text goes as it is."""
    raw = b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines)
    return client.post(PATH, raw=raw, media=NDJSON, headers=headers)


def results(answer: Answer) -> list[dict[str, Any]]:
    """The lines of an answer."""
    return [json.loads(line) for line in answer.content.splitlines()]


def test_bad_rows_stand_alone_and_the_rest_is_filed(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CHUNK", 3)
    fine = [make_charge() for _ in range(3)]
    theirs, unbilled = make_charge(customer=world.other_customer), make_charge(billed_at=None)
    answer = send(
        api_client(buyer),
        [
            {"charge": f"chg_{fine[0].pk}", "amount": "45.00", **WORDS},
            b"{nope",
            b"",
            {"charge": f"chg_{theirs.pk}", **WORDS},
            {"source": "test", "external_id": fine[1].external_id, **WORDS},
            b'{"charge":"chg_1","charge":"chg_2"}',
            {"charge": f"chg_{unbilled.pk}", **WORDS},
            {"charge": f"chg_{fine[0].pk}", **WORDS},
            {"charge": f"chg_{fine[2].pk}", "amout": 1},
            {"charge": f"chg_{fine[2].pk}", "amount": 1.001},
            {"charge": f"chg_{fine[2].pk}", "external_id": "x"},
            {**WORDS},
            {"charge": f"chg_{fine[2].pk}", **WORDS},
        ],
    )
    found = results(answer)
    assert (answer.status, answer.headers["Content-Type"]) == (200, NDJSON)
    assert [one["line"] for one in found] == [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    codes = [one["problem"]["code"] if one["status"] == "refused" else one["status"] for one in found]
    assert codes == [
        "created",
        "MALFORMED_JSON",
        "NOT_FOUND",
        "created",
        "MALFORMED_JSON",
        "NOT_BILLED",
        "ALREADY_DISPUTED",
        "UNKNOWN_FIELD",
        "FIELD_INVALID",
        "ROW_UNREADABLE",
        "ROW_UNREADABLE",
        "created",
    ]
    made = {str(dispute): dispute for dispute in Dispute.objects.all()}
    assert {made[one["number"]].public_id for one in found if one["status"] == "created"} == {
        dispute.public_id for dispute in made.values()
    }
    assert {dispute.charge_id for dispute in made.values()} == {charge.pk for charge in fine}
    assert found[0]["asked"] == {"amount": "45.00", "currency": "USD"}


def test_csv_rows_are_read_below_their_columns(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    charges = [make_charge() for _ in range(2)]
    text = (
        "\ufeffcharge,amount,reason,description\r\n"
        f'chg_{charges[0].pk},45.00,SPAM,"Said ""hello"",\nthen nothing"\r\n'
        "\r\n"
        "chg_1,1\r\n"
        'chg_1,"1,5",SPAM,x\r\n'
        f"chg_{charges[1].pk},,SPAM,A recorded voice\r\n"
    )
    answer = api_client(buyer).post(PATH, raw=text.encode(), media="text/csv; charset=utf-8")
    found = results(answer)
    told = [(one["line"], one["status"] if one["status"] == "created" else one["problem"]["code"]) for one in found]
    assert told == [(3, "created"), (5, "ROW_UNREADABLE"), (6, "FIELD_INVALID"), (7, "created")]
    assert Dispute.objects.get(charge=charges[0]).description == 'Said "hello",\nthen nothing'


@pytest.mark.parametrize(
    ("media", "raw", "status", "code"),
    [
        ("application/json", b"{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("text/csv", b"charge,amout\nchg_1,2\n", 422, "UNKNOWN_FIELD"),
        ("text/csv", b"charge,charge\nchg_1,2\n", 422, "ROW_UNREADABLE"),
        ("text/csv", b'charge\xff\n"', 422, "ROW_UNREADABLE"),
        (NDJSON, b"{}\n" * 10_001, 413, "TOO_MANY_ROWS"),
        ("text/csv", b"charge\n" + b"x\n" * 10_001, 413, "TOO_MANY_ROWS"),
        ("text/csv", b"charge\r" + b"x\r" * 10_001, 413, "TOO_MANY_ROWS"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    buyer: Principal, api_client: ClientMaker, media: str, raw: bytes, status: int, code: str
) -> None:
    client = api_client(buyer)
    with unchanged(but=UNCOUNTED):
        found = client.post(PATH, raw=raw, media=media)
    assert (found.status, found.code) == (status, code)


def test_more_than_20_mb_are_refused(
    buyer: Principal, api_client: ClientMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LIMIT", 100)
    found = api_client(buyer).post(PATH, raw=b" " * 101, media=NDJSON)
    assert (found.status, found.code) == (413, "BODY_TOO_LARGE")


def test_the_same_key_gives_the_whole_answer_again(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    charge, client = make_charge(), api_client(buyer)
    rows = [{"charge": f"chg_{charge.pk}", **WORDS}, {"charge": "chg_999999"}]
    headers = {"Idempotency-Key": "file-1"}
    first = send(client, rows, **headers)
    again = send(client, rows, **headers)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert send(client, rows[:1], **headers).code == "IDEMPOTENCY_KEY_REUSED"
    assert Dispute.objects.count() == 1


def test_who_may_not_file_is_told_so(manager: Principal, api_client: ClientMaker) -> None:
    found = send(api_client(manager), [{"charge": "chg_1"}])
    assert (found.status, found.code) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    "line",
    [
        b'{"charge":"chg_1","amount":1.10,"reason":"A","description":"b"}',
        b'{"charge":"chg_1","amount":"1.10"}',
        b'{"charge":"chg_1","description":"a: \\"b\\""}',
        b'{"invoice":7,"feature":8,"description":"\\u00e9"}',
        b'{"charge":"chg_1","amount":1e2}',
        b'{"charge":"chg_1","amount":NaN}',
        b'{"charge":"chg_1","amount":null}',
        b'{"charge":1}',
        b'{"charge":"chg_1","amount":1,"amount":2}',
        b'{"charge":"chg_1","description":"\\ud800"}',
        b'{"charge":"chg_1","description":"\xc3\xa9"}',
        b'{"charge":"chg_1","description":"\xff"}',
        b"[]",
        b'"x"',
        b'{"charge":"chg_1"} {}',
    ],
)
def test_the_quick_way_reads_a_line_as_the_strict_way_does(line: bytes) -> None:
    quick, strict = intake_rows._json_row(line), intake_rows._strict(line)
    if isinstance(strict, intake_rows.IntakeRow):
        assert isinstance(quick, intake_rows.IntakeRow)
        assert [getattr(quick, name) for name in intake_rows.FIELDS] == [
            getattr(strict, name) for name in intake_rows.FIELDS
        ]
    else:
        assert (type(quick), str(quick)) == (type(strict), str(strict))
