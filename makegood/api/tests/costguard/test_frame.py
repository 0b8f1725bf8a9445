"""What every call shares: repeats by key, limits on bodies, media, methods, aliases, reads and searches."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest

from makegood.api.costguard import ROUTES
from makegood.api.tests.costguard.bill import KEYS, USAGE, Bill, Filed, nothing_changed, replace
from makegood.billing.models import Service
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.models import Dispute
from makegood.journal.errors import KeyInUse
from makegood.journal.models import Command
from makegood.ledger.models import Adjustment
from makegood.parties.entries import Principal
from tests.api_client import ApiClient, ClientMaker

pytestmark = pytest.mark.django_db
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def keyed(key: str = KEY) -> dict[str, str]:
    return {"Idempotency-Key": key}


# Repeats


@pytest.mark.parametrize("form", [KEY, f'"{KEY}"'])
def test_a_repeat_gets_the_stored_answer(bill: Bill, rep: ApiClient, form: str) -> None:
    first = rep.post(bill.path, bill.body(), headers=keyed())
    assert first.status == 201
    with nothing_changed():
        again = rep.post(
            bill.path, dict(reversed(bill.body(amount="4.950").items())) | {"amount": 4.95}, headers=keyed(form)
        )
    assert (again.status, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.headers["Location"], again.headers["ETag"]) == (first.headers["Location"], first.headers["ETag"])


def test_another_request_with_the_same_key(filed: Filed) -> None:
    bill, client = filed.bill, filed.client
    body = bill.body(featureID=None, usageRecordID=USAGE, amount=1)
    assert client.post(bill.path, body, headers=keyed()).status == 201
    with nothing_changed():
        answers = [
            client.post(bill.path, body | {"amount": "1.01"}, headers=keyed()),
            filed.post("adjustment", headers=keyed()),
            filed.patch(replace("amount", 1), headers=keyed()),
        ]
    assert {(answer.status, answer.code) for answer in answers} == {(422, "IDEMPOTENCY_KEY_REUSED")}


def test_every_change_may_be_repeated(filed: Filed) -> None:
    steps: list[tuple[str, Any]] = [
        ("PATCH", [replace("amount", "1.25")]), ("adjustment", {}), ("reversal", {}), ("reversalFee", {}),
        ("close", {}), ("reopen", {}),
    ]  # fmt: skip
    for ordinal, (verb, body) in enumerate(steps):
        method, path = ("PATCH", filed.path) if verb == "PATCH" else ("POST", f"{filed.path}/{verb}")
        first, again = (filed.client.send(method, path, body=body, headers=keyed(f"k{ordinal}")) for _ in range(2))
        assert (first.status, first.content) == (again.status, again.content), verb
        assert again.headers["Idempotency-Replayed"] == "true"
    assert Adjustment.objects.count() == 3


def test_a_refusal_is_not_kept(bill: Bill, rep: ApiClient) -> None:
    assert rep.post(bill.path, bill.body(amount=99), headers=keyed()).status == 422
    assert Command.objects.count() == 0
    assert rep.post(bill.path, bill.body(), headers=keyed()).status == 201


def test_the_alias_is_the_same_path(filed: Filed) -> None:
    filed.go("adjustment", "reversal")
    first = filed.post("reversalFee", headers=keyed())
    again = filed.post("reversalfee", headers=keyed())
    assert (first.status, again.status, again.content) == (201, 201, first.content)


def test_a_key_in_progress(filed: Filed) -> None:
    with patch("makegood.api.idempotency.kept_answer", side_effect=KeyInUse()), nothing_changed():
        answer = filed.post("adjustment", headers=keyed())
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (409, "IDEMPOTENCY_IN_PROGRESS", "1")


@pytest.mark.parametrize("key", ["", '"', '"open', "a b", 'a"b', "é", "x" * 256, '""', "a,b"])
def test_keys_that_are_none(filed: Filed, key: str) -> None:
    with nothing_changed():
        answer = filed.post("adjustment", headers=keyed(key))
    assert (answer.status, answer.code) == (400, "IDEMPOTENCY_KEY_MALFORMED")


def test_a_key_of_somebody_else(bill: Bill, rep: ApiClient, api_client: ClientMaker, biller: Principal) -> None:
    other = api_client(biller)
    assert rep.post(bill.path, bill.body(), headers=keyed()).status == 201
    answer = other.post(bill.path, bill.body(featureID=None, usageRecordID=USAGE, amount=1), headers=keyed())
    assert answer.status == 201


# Bodies, media, methods


NO_BODIES: list[tuple[bytes, int, str]] = [
    (b"", 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b" ", 400, "MALFORMED_JSON"),
    (b"{", 400, "MALFORMED_JSON"),
    (b"null", 422, "FIELD_INVALID"),
    (b"[]", 422, "FIELD_INVALID"),
    (b'"x"', 422, "FIELD_INVALID"),
    (b"{}", 422, "FIELD_REQUIRED"),
    (b"\xef\xbb\xbf{}", 400, "MALFORMED_JSON"),
    ('{"amount": 1}'.encode("utf-16"), 400, "MALFORMED_JSON"),
    (b'{"amount": 1, "amount": 2}', 400, "MALFORMED_JSON"),
    (b'{"amount": NaN}', 400, "MALFORMED_JSON"),
    (b'{"amount": 1e999999999}', 400, "MALFORMED_JSON"),
    (b'{"invoiceNumber": ' + b"9" * 5000 + b"}", 400, "MALFORMED_JSON"),
    (b"[" * 5000 + b"]" * 5000, 400, "MALFORMED_JSON"),
    (b'{"a":' * 40 + b"1" + b"}" * 40, 400, "MALFORMED_JSON"),
    (b'{"description": "' + b"x" * (1024 * 1024) + b'"}', 413, "BODY_TOO_LARGE"),
]


def test_bodies_that_are_none(bill: Bill, rep: ApiClient) -> None:
    assert rep.get(bill.path).status == 200
    with nothing_changed():
        answers = [rep.post(bill.path, raw=raw) for raw, _, _ in NO_BODIES]
    for (raw, status, code), answer in zip(NO_BODIES, answers, strict=True):
        assert (answer.status, answer.code) == (status, code), raw[:60]


@pytest.mark.parametrize("verb", ["adjustment", "close", "reversal"])
def test_other_media(filed: Filed, verb: str) -> None:
    with nothing_changed():
        answer = filed.post(verb, {}, media="text/plain")
    assert (answer.status, answer.code, answer.headers["Accept"]) == (415, "UNSUPPORTED_MEDIA_TYPE", "application/json")


def test_methods(filed: Filed) -> None:
    client, bill = filed.client, filed.bill
    allowed = {
        bill.path: "GET, HEAD, POST",
        filed.path: "GET, HEAD, PATCH",
        f"{filed.path}/close": "POST",
        f"{filed.path}/adjustment": "POST",
        f"{filed.path}/adjustment/1": "GET, HEAD",
        "/api/disputeResolution": "GET, HEAD",
        "/api/customerSearch": "POST",
    }
    for path, methods in allowed.items():
        answer = client.send("DELETE", path)
        assert (answer.status, answer.headers["Allow"]) == (405, methods), path


def test_heads(filed: Filed) -> None:
    for path in (filed.path, filed.bill.path, "/api/disputeResolution", "/api/customer?name=acme"):
        full, head = filed.client.get(path), filed.client.send("HEAD", path)
        assert (head.status, head.content) == (200, b"")
        assert head.headers["Content-Length"] == full.headers["Content-Length"]


def test_addresses_in_lower_case(filed: Filed) -> None:
    filed.go("adjustment", "reversal")
    assert filed.post("reversalfee").status == 201
    assert filed.client.get("/api/disputeresolution").status == 200
    assert filed.client.post("/api/customersearch", {"name": "acme"}).status == 200
    for path in (f"{filed.path}/", f"{filed.path}/REVERSAL", "/api/DisputeResolution"):
        answer = filed.client.get(path)
        assert (answer.status, answer.code) == (404, "ADDRESS_UNKNOWN")


def test_every_route_is_described() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES) == 13
    assert all(route.answer is not None and route.summary for route in ROUTES)


# Reads


def test_known_versions(filed: Filed) -> None:
    tag = filed.client.get(filed.path).headers["ETag"]
    known = filed.client.get(filed.path, headers={"If-None-Match": f'"x", W/{tag}'})
    assert (known.status, known.content, known.headers["ETag"]) == (304, b"", tag)
    filed.patch(replace("amount", 1))
    assert filed.client.get(filed.path, headers={"If-None-Match": tag}).status == 200


def test_search(filed: Filed) -> None:
    client, bill = filed.client, filed.bill
    second = bill.filed(client, featureID=None, usageRecordID=USAGE, amount=1).go("close")
    every = client.get(bill.path)
    assert [list(row) for row in every.json["value"]] == [KEYS, KEYS]

    def numbers(query: str) -> list[int]:
        return [row["disputeID"] for row in client.get(f"{bill.path}?{query}").json["value"]]

    assert numbers("$filter=closeDate eq null") == [filed.number]
    assert numbers("$filter=amount lt 2") == [second.number]
    assert numbers("$orderby=disputeID") == [filed.number, second.number]
    page = client.get(f"{bill.path}?$top=2&$skip=1&$count=true").json
    assert (page["@odata.count"], [row["disputeID"] for row in page["value"]]) == (2, [filed.number])
    chosen = client.get(f"{bill.path}?$select=disputeID,closeDate&$filter=disputeID eq {filed.number}").json["value"]
    assert chosen == [{"disputeID": filed.number, "closeDate": None}]


@pytest.mark.parametrize(
    "query", ["filter=amount gt 1", "$filter=owner eq 1", "$top=x", "$spam=1", "$filter=amount gt", "amount=1"]
)
def test_bad_searches(filed: Filed, query: str) -> None:
    answer = filed.client.get(f"{filed.bill.path}?{query}")
    assert (answer.status, answer.code) == (400, "BAD_OPTION")


def test_pages_of_a_search_lead_on(bill: Bill, rep: ApiClient, biller: Principal) -> None:
    charges = [bill.charge(usage_id=1000 + n).pk for n in range(101)]
    operations.submit(biller, items=[SubmitItem(pk, "WRONG_PRICE", "Too much") for pk in charges])
    first = rep.get(bill.path).json
    path = first["@odata.nextLink"].removeprefix("http://testserver")
    rest = rep.get(path).json
    assert (len(first["value"]), len(rest["value"]), "@odata.nextLink" in rest) == (100, 1, False)
    seen = {row["disputeID"] for page in (first, rest) for row in page["value"]}
    assert len(seen) == 101


def test_lines_of_a_submission_have_addresses(bill: Bill, rep: ApiClient, biller: Principal) -> None:
    charges = [bill.charge(usage_id=1000 + n).pk for n in range(2)]
    items = [SubmitItem(pk, "WRONG_PRICE", "Too much") for pk in charges]
    operations.submit(biller, items=items, together=Together())
    listed = rep.get(bill.path).json["value"]
    for row in listed:
        assert row["disputeID"] < 2**53
        assert rep.get(f"{bill.path}/{row['disputeID']}").json == row
    assert rep.post(f"{bill.path}/{listed[0]['disputeID']}/adjustment", {}).status == 201
    assert Dispute.objects.filter(stage="resolved").count() == 1


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1234567890", 1234567890),
        ("0123", "0123"),
        ("1" * 15, int("1" * 15)),
        ("1" * 16, "1" * 16),
        ("C-77", "C-77"),
        ("0", "0"),
    ],
)
def test_numbers_of_lines(bill: Bill, rep: ApiClient, number: str, shown: int | str) -> None:
    Service.objects.filter(pk=bill.service.pk).update(number=number)
    filed = bill.filed(rep)
    found = [rep.get(filed.path).json, *rep.get(bill.path).json["value"]]
    assert [row["serviceNumber"] for row in found] == [shown, shown]


def test_numbers_of_lines_are_masked_for_who_may_not_see_them(
    filed: Filed, api_client: ClientMaker, biller: Principal
) -> None:
    blind = api_client(biller, scopes=[verb for verb in biller.verbs if verb != "phone.view"])
    found = [blind.get(filed.path).json, *blind.get(filed.bill.path).json["value"]]
    assert len({row["serviceNumber"] for row in found}) == 1
    assert "456" not in found[0]["serviceNumber"]


def test_amounts_of_a_search_are_exact(bill: Bill, rep: ApiClient) -> None:
    bill.charge(usage_id=9, billed_micros=1_234_567)
    bill.filed(rep, featureID=None, usageRecordID=9, amount="1.234567")
    (row,) = rep.get(bill.path).json["value"]
    assert row["amount"] == Decimal("1.234567")


# Customers


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=acme", ["B1"]),
        ("name=PLUMB", ["B1"]),
        ("name=ac&name=bolt", ["B1", "B2"]),
        ("accountNumber=B1", ["B1"]),
        ("accountNumber=b1", []),
        ("accountNumber=B", []),
        ("accountNumber=B1&accountNumber=B2", ["B1", "B2"]),
        ("name=acme&accountNumber=B2", []),
        ("name=%25%25", []),
        ("customerID=9007199254740991", []),
    ],
)
def test_customers_by_address(bill: Bill, rep: ApiClient, query: str, found: list[str]) -> None:
    answer = rep.get(f"/api/customer?{query}")
    assert [row["accountNumber"] for row in answer.json["value"]] == found
    assert all(list(row) == ["customerID", "accountNumber", "customerName"] for row in answer.json["value"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "name"),
        ("nam=acme", "nam"),
        ("name=a", "name"),
        ("name=", "name"),
        ("customerID=x", "customerID"),
        ("customerID=0", "customerID"),
    ],
)
def test_customers_by_a_bad_address(rep: ApiClient, query: str, field: str) -> None:
    answer = rep.get(f"/api/customer?{query}")
    assert (answer.status, answer.code, answer.json["errors"][0]["field"]) == (400, "BAD_PARAMETER", field)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"name": "acme"}, ["B1"]),
        ({"name": ["ac", "bolt"]}, ["B1", "B2"]),
        ({"accountNumber": "B2"}, ["B2"]),
        ({"customerID": None, "name": "acme"}, ["B1"]),
    ],
)
def test_customers_by_a_body(bill: Bill, rep: ApiClient, body: Any, found: list[str]) -> None:
    assert [row["accountNumber"] for row in rep.post("/api/customerSearch", body).json["value"]] == found
    by_id = rep.post("/api/customerSearch", {"customerID": [bill.customer.pk]}).json["value"]
    assert [row["accountNumber"] for row in by_id] == ["B1"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "BAD_PARAMETER"),
        ({"name": None}, 400, "BAD_PARAMETER"),
        ({"name": []}, 400, "BAD_PARAMETER"),
        ({"name": "a"}, 422, "FIELD_INVALID"),
        ({"name": 5}, 422, "FIELD_INVALID"),
        ({"name": ["acme"] * 101}, 422, "FIELD_INVALID"),
        ({"accountNumber": ["B1"] * 101}, 422, "FIELD_INVALID"),
        ({"customerID": [1] * 101}, 422, "FIELD_INVALID"),
        ({"nam": "acme"}, 422, "UNKNOWN_FIELD"),
        ({"customerID": "1"}, 422, "FIELD_INVALID"),
        ({"customerID": 2**53}, 422, "FIELD_INVALID"),
    ],
)
def test_customers_by_a_bad_body(rep: ApiClient, body: Any, status: int, code: str) -> None:
    answer = rep.post("/api/customerSearch", body)
    assert (answer.status, answer.code) == (status, code)
