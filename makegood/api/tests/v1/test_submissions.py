"""Filing by the native service: one, several, all or nothing, and again with the same key."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.disputes.models import Dispute, Submission
from makegood.parties.entries import Principal
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import ChargeMaker, World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/submissions"
_keys = count(1)


def item(charge: Charge, **more: Any) -> dict[str, Any]:
    """A claim that passes."""
    return {"charge": f"chg_{charge.pk}", "reason": "SPAM", "description": "A recorded voice, nobody there", **more}


def file(client: ApiClient, customer: int, items: list[dict[str, Any]], key: str = "", **more: Any) -> Answer:
    """One call that files."""
    headers = {"Idempotency-Key": key or f"key-{next(_keys)}"}
    return client.post(PATH, {"customer": customer, "items": items, **more}, headers=headers)


def test_one_charge_becomes_a_dispute(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World
) -> None:
    charge = make_charge()
    found = file(api_client(buyer), world.customer.pk, [item(charge)])
    made = Dispute.objects.get()
    (result,) = found.json["results"]
    assert (found.status, found.headers["Location"]) == (201, f"/api/v1/disputes/{made.public_id}")
    assert (result["status"], result["dispute"]["id"], result["dispute"]["number"]) == (
        "created",
        made.public_id,
        str(made),
    )
    assert (made.origin, made.submission_id, made.amount_micros) == ("api", None, 45_000_000)
    assert found.json["submission"] is None


def test_several_become_lines_of_one_submission(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World
) -> None:
    charges = [make_charge(), make_charge(billed_at=None), make_charge()]
    client = api_client(buyer)
    found = file(client, world.customer.pk, [item(charge) for charge in charges], note="From last week")
    results = found.json["results"]
    assert (found.status, [one["status"] for one in results]) == (201, ["created", "refused", "created"])
    problem = results[1]["problem"]
    assert (problem["code"], problem["errors"][0]["field"]) == ("NOT_BILLED", "items[1]")
    submission = Submission.objects.get()
    place = f"{PATH}/{submission.public_id}"
    assert (found.json["submission"], found.headers["Location"]) == (submission.public_id, place)
    read = client.get(place)
    body = read.json
    assert (body["note"], body["total"]["amount"], body["counts"]) == ("From last week", "90.00", {"waiting": 2})
    assert [one["number"] for one in body["disputes"]] == [f"{submission}.1", f"{submission}.2"]
    assert client.get(place, headers={"If-None-Match": read.headers["ETag"]}).status == 304
    assert [one["id"] for one in client.get(PATH).json["items"]] == [submission.public_id]
    assert [one["id"] for one in client.get(f"/api/v1/disputes?submission={submission.public_id}").json["items"]] == [
        one["id"] for one in reversed(body["disputes"])
    ]


@pytest.mark.parametrize("atomic", [False, True])
def test_when_nothing_can_be_filed_nothing_is(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World, *, atomic: bool
) -> None:
    charges = [make_charge(billed_at=None), make_charge(customer=world.other_customer)]
    client = api_client(buyer)
    with unchanged(but=UNCOUNTED):
        found = file(client, world.customer.pk, [item(charge) for charge in charges], atomic=atomic)
    assert (found.status, found.code) == (422, "NOTHING_FILED")
    codes = [error["code"] for error in found.json["errors"]]
    assert codes == (["NOT_FOUND"] if atomic else ["NOT_BILLED", "NOT_FOUND"])


def test_a_refused_item_names_every_rule_that_stands_in_its_way(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World
) -> None:
    claims = [item(make_charge()), item(make_charge(billed_at=None), amount="1.00")]
    found = file(api_client(buyer), world.customer.pk, claims)
    problem = found.json["results"][1]["problem"]
    lines = problem["errors"]
    assert found.json["results"][0]["status"] == "created"
    assert problem["code"] == "NOT_BILLED"
    assert [line["code"] for line in lines] == ["NOT_BILLED", "AMOUNT_NOT_FULL"]
    assert all(line["field"] == "items[1]" and line["pointer"] == "#/items/1" for line in lines)
    assert all(isinstance(line["fact"], dict) and isinstance(line["limit"], dict) for line in lines)


def test_one_refusal_takes_all_of_an_atomic_call_back(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World
) -> None:
    charges = [make_charge(), make_charge(billed_at=None)]
    client = api_client(buyer)
    with unchanged(but=UNCOUNTED):
        found = file(client, world.customer.pk, [item(charge) for charge in charges], atomic=True)
    assert (found.status, found.code) == (422, "NOTHING_FILED")
    assert found.detail == "Nothing was filed: 1 of 2 items were refused; results says why."
    assert [one["status"] for one in found.json["results"]] == ["not_filed", "refused"]
    again = file(client, world.customer.pk, [item(charges[0])], atomic=True)
    assert again.status == 201


def test_the_same_key_files_once(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World
) -> None:
    charge, client = make_charge(), api_client(buyer)
    first = file(client, world.customer.pk, [item(charge)], key="once")
    again = file(client, world.customer.pk, [item(charge)], key="once")
    assert (again.status, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")
    assert again.headers["Location"] == first.headers["Location"]
    other = file(client, world.customer.pk, [item(charge, reason="BOT")], key="once")
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Dispute.objects.count() == 1


def test_a_key_is_required(make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World) -> None:
    charge, client = make_charge(), api_client(buyer)
    with unchanged(but=UNCOUNTED):
        found = client.post(PATH, {"customer": world.customer.pk, "items": [item(charge)]})
    assert (found.status, found.code) == (400, "IDEMPOTENCY_KEY_REQUIRED")


def test_another_customers_charge_reads_like_an_absent_one(
    make_charge: ChargeMaker, csr: Principal, api_client: ClientMaker, world: World
) -> None:
    theirs = make_charge(customer=world.other_customer)
    found = file(api_client(csr), world.customer.pk, [item(theirs), {**item(theirs), "charge": "chg_999999999"}])
    problems = [one["problem"]["errors"][0]["message"] for one in found.json["results"]]
    assert (found.status, problems) == (422, ["Not found, or not yours."] * 2)


@pytest.mark.parametrize(
    ("more", "code", "status"),
    [
        ({"amount": "1.001"}, "FIELD_INVALID", 422),
        ({"amount": "99.00"}, "AMOUNT_EXCEEDS_REMAINING", 422),
        ({"amount": 0}, "AMOUNT_NOT_POSITIVE", 422),
        ({"reason": "NOBODY_HAS_IT"}, "REASON_REQUIRED", 422),
    ],
)
def test_an_item_is_refused_by_its_own_code(
    make_charge: ChargeMaker,
    buyer: Principal,
    api_client: ClientMaker,
    world: World,
    more: dict[str, Any],
    code: str,
    status: int,
) -> None:
    charge = make_charge()
    found = file(api_client(buyer), world.customer.pk, [item(charge, **more)])
    problem = found.json["results"][0]["problem"]
    assert (found.status, problem["status"]) == (422, status)
    assert problem["code"] in {code, "AMOUNT_NOT_FULL"}
    assert not Dispute.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"customer": 1, "items": []}, "FIELD_INVALID"),
        ({"items": [{"charge": "chg_1"}]}, "FIELD_REQUIRED"),
        ({"customer": 1, "items": [{"charge": "12"}]}, "FIELD_INVALID"),
        ({"customer": 1, "items": [{"charge": "chg_1", "amout": 1}]}, "UNKNOWN_FIELD"),
        ({"customer": 1, "items": [{"charge": "chg_1", "evidence": ["evd_1"]}]}, "FIELD_INVALID"),
        ({"customer": 1, "items": [{"charge": "chg_1"}] * 501}, "FIELD_INVALID"),
    ],
)
def test_a_body_that_is_not_right_is_refused(
    buyer: Principal, api_client: ClientMaker, body: dict[str, Any], code: str
) -> None:
    found = api_client(buyer).post(PATH, body, headers={"Idempotency-Key": "k"})
    assert (found.status, found.code) == (422, code)


def test_who_may_not_file_is_told_so(
    make_charge: ChargeMaker, manager: Principal, api_client: ClientMaker, world: World
) -> None:
    found = file(api_client(manager), world.customer.pk, [item(make_charge())])
    assert (found.status, found.code) == (403, "PERMISSION_DENIED")


def test_a_submission_of_others_reads_like_an_absent_one(
    make_charge: ChargeMaker, buyer: Principal, other_buyer: Principal, api_client: ClientMaker, world: World
) -> None:
    made = file(api_client(buyer), world.customer.pk, [item(make_charge()), item(make_charge())]).json["submission"]
    client = api_client(other_buyer)
    for public_id in (made, "sub_absent"):
        found = client.get(f"{PATH}/{public_id}")
        told = f"You do not have access to Submission ID {public_id} or it does not exist."
        assert (found.status, found.detail) == (404, told)
    assert client.get(PATH).json["items"] == []
