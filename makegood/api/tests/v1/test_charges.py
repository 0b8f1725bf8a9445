"""Charges of the native service: what each side reads, what each may look for, and what the policy says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.states import Dimension, Verb
from tests.api_client import ClientMaker
from tests.world import ChargeMaker, DisputeMaker, World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/charges"


def test_a_buyer_reads_what_it_pays_and_no_telephone_number(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    charge = make_charge(destination_e164="+12125559999", tax_micros=1_000_000)
    body = api_client(buyer).get(f"{PATH}/chg_{charge.pk}").json
    assert (body["amount"], body["tax"]) == (
        {"amount": "45.00", "currency": "USD"},
        {"amount": "1.00", "currency": "USD"},
    )
    assert (body["payout"], body["vendor"], body["dispute"]) == (None, None, None)
    assert body["caller"] == "+1 *** *** 0142"
    assert (body["kind"], body["subkind"], body["customer"]["number"]) == ("usage", "call", "B1")


def test_a_vendor_reads_what_it_is_paid_and_never_the_buyer(
    make_charge: ChargeMaker, vendor: Principal, api_client: ClientMaker
) -> None:
    charge = make_charge()
    client = api_client(vendor)
    found = client.get(f"{PATH}/chg_{charge.pk}")
    body = found.json
    assert body["payout"] == {"amount": "30.00", "currency": "USD"}
    hidden = ("amount", "tax", "credited", "customer", "invoice", "billed_at", "dispute")
    assert {name: body[name] for name in hidden} == dict.fromkeys(hidden)
    told = " ".join(str(value) for value in body.values())
    assert [secret for secret in ("45.00", "Acme", "B1", "+12125550142") if secret in told] == []


@pytest.mark.parametrize(
    "query", ["customer=1", "invoice=1", "billed=true", "min_amount=45", "max_amount=44.99", "phone=12125550142"]
)
def test_a_vendor_finds_nothing_by_what_it_may_not_read(
    make_charge: ChargeMaker, vendor: Principal, api_client: ClientMaker, query: str
) -> None:
    make_charge()
    found = api_client(vendor).get(f"{PATH}?{query}")
    assert (found.status, found.code) == (403, "PERMISSION_DENIED")


def test_who_may_see_numbers_reads_and_finds_them(
    make_charge: ChargeMaker, manager: Principal, api_client: ClientMaker
) -> None:
    charge = make_charge()
    make_charge(caller_e164="+12125550199")
    client = api_client(manager)
    (found,) = client.get(f"{PATH}?phone=(212) 555-0142").json["items"]
    assert (found["id"], found["caller"]) == (f"chg_{charge.pk}", "+1 212-555-0142")
    masked = api_client(manager, scopes=[Verb.CHARGE_VIEW])
    assert masked.get(f"{PATH}/chg_{charge.pk}").json["caller"] == "+1 *** *** 0142"
    assert masked.get(f"{PATH}?phone=2125550142").code == "PERMISSION_DENIED"


def test_lists_are_narrowed(
    make_charge: ChargeMaker, make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker, world: World
) -> None:
    old = make_charge(occurred_at=clock.now() - timedelta(days=40), billed_at=None, subkind="lead")
    dear = make_charge(billed_micros=90_000_000, customer=world.other_customer, vendor=world.other_vendor)
    contested = make_dispute()
    client = api_client(manager)

    def found(query: str) -> list[str]:
        return [one["id"] for one in client.get(f"{PATH}?{query}").json["items"]]

    ids = [f"chg_{pk}" for pk in (old.pk, dear.pk, contested.charge_id)]
    cut = (clock.now() - timedelta(days=30)).isoformat().replace("+00:00", "Z")
    assert found(f"to={cut}") == found("billed=false") == found("subkind=lead") == [ids[0]]
    assert found("min_amount=45.01") == found(f"customer={world.other_customer.pk}") == [ids[1]]
    assert found(f"vendor={world.other_vendor.pk}") == found(f"external_id={dear.external_id}") == [ids[1]]
    assert found("disputed=true") == [ids[2]]
    assert sorted(found("disputed=false")) == sorted(ids[:2])
    assert found(f"from={cut}&kind=usage&program={world.program.key}&limit=1") == [ids[2]]
    (shown,) = client.get(f"{PATH}?disputed=true").json["items"]
    assert (shown["dispute"], shown["credited"]["amount"]) == (contested.public_id, "0.00")


def test_a_list_pages_through_every_charge_once(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    at = clock.now()
    wanted = {f"chg_{make_charge(occurred_at=at).pk}" for _ in range(5)}
    client, seen, cursor = api_client(buyer), [], ""
    while True:
        page = client.get(f"{PATH}?limit=2{cursor}").json
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert (len(seen), set(seen)) == (5, wanted)


@pytest.mark.parametrize("place", ["", "/eligibility"])
def test_absent_and_not_theirs_read_alike(
    make_charge: ChargeMaker, other_buyer: Principal, api_client: ClientMaker, place: str
) -> None:
    charge = make_charge()
    client = api_client(other_buyer)
    for text in (f"chg_{charge.pk}", "chg_999999999", "chg_0", "chg_1e3", "99", f"chg_{10**25}"):
        found = client.get(f"{PATH}/{text}{place}")
        told = f"You do not have access to Charge ID {text} or it does not exist."
        assert (found.status, found.code, found.detail) == (404, "NOT_FOUND", told)
    asked = client.post(f"{PATH}/eligibility", {"charges": [f"chg_{charge.pk}"]}).json
    assert asked == {"items": [], "unknown": [f"chg_{charge.pk}"]}
    assert client.get(PATH).json["items"] == []


def test_a_token_sees_no_more_than_its_own_limits(
    make_charge: ChargeMaker, manager: Principal, api_client: ClientMaker, world: World
) -> None:
    charge = make_charge()
    theirs = make_charge(customer=world.other_customer)
    client = api_client(manager, grants=[(Dimension.CUSTOMER_SUBTREE, str(world.other_customer.pk))])
    assert [one["id"] for one in client.get(PATH).json["items"]] == [f"chg_{theirs.pk}"]
    assert client.get(f"{PATH}/chg_{charge.pk}").status == 404


def test_the_policy_says_why(make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker) -> None:
    fine, unbilled = make_charge(), make_charge(billed_at=None)
    client = api_client(buyer)
    good = client.get(f"{PATH}/chg_{fine.pk}/eligibility").json
    assert (good["result"], good["can_submit"], good["policy"][-2:]) == ("ok", True, "@1")
    assert good["deadline"] is None
    both = client.post(f"{PATH}/eligibility", {"charges": [f"chg_{unbilled.pk}", f"chg_{fine.pk}"]}).json["items"]
    assert [one["charge"] for one in both] == [f"chg_{unbilled.pk}", f"chg_{fine.pk}"]
    rule = next(rule for rule in both[0]["rules"] if not rule["passed"])
    assert (both[0]["can_submit"], both[0]["deadline"], rule["code"]) == (False, None, "NOT_BILLED")
    assert rule["message"]
    assert both[1]["rules"] == good["rules"]


def test_a_draft_is_judged_as_filing_would(make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker) -> None:
    charge = make_charge()
    client = api_client(buyer)
    drafts = [{"amount": "45.00", "reason": "SPAM"}, {"amount": "46.00", "reason": "SPAM"}]
    asked = [
        client.post(f"{PATH}/eligibility", {"charges": [f"chg_{charge.pk}"], "draft": draft}).json["items"][0]
        for draft in drafts
    ]
    assert [one["can_submit"] for one in asked] == [True, False]
    failing = [rule["code"] for rule in asked[1]["rules"] if not rule["passed"]]
    assert failing == ["AMOUNT_NOT_FULL"]
    fine = client.post(f"{PATH}/eligibility", {"charges": [f"chg_{charge.pk}"], "draft": {"amount": "1.001"}})
    assert (fine.status, fine.code, fine.detail) == (
        422,
        "FIELD_INVALID",
        'The field "draft.amount" is not right: 1.001 is finer than 0.01 USD.',
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"charges": []}, "FIELD_INVALID"),
        ({"charges": ["12"]}, "FIELD_INVALID"),
        ({"charges": [f"chg_{n}" for n in range(1, 502)]}, "FIELD_INVALID"),
        ({"charges": ["chg_1"], "draft": {"files": -1}}, "FIELD_INVALID"),
        ({"charges": ["chg_1"], "draft": {"amout": 1}}, "UNKNOWN_FIELD"),
        ({}, "FIELD_REQUIRED"),
    ],
)
def test_a_question_that_is_not_right_is_refused(
    buyer: Principal, api_client: ClientMaker, body: dict[str, object], code: str
) -> None:
    found = api_client(buyer).post(f"{PATH}/eligibility", body)
    assert (found.status, found.code) == (422, code)


def test_a_vendor_asks_no_policy(make_charge: ChargeMaker, vendor: Principal, api_client: ClientMaker) -> None:
    charge = make_charge()
    client = api_client(vendor)
    for found in (
        client.get(f"{PATH}/chg_{charge.pk}/eligibility"),
        client.post(f"{PATH}/eligibility", {"charges": [f"chg_{charge.pk}"]}),
    ):
        assert (found.status, found.code) == (403, "PERMISSION_DENIED")


def test_advice_to_the_reviewer_is_told_to_those_who_decide(
    make_charge: ChargeMaker, buyer: Principal, manager: Principal, api_client: ClientMaker
) -> None:
    asked = {"charges": [f"chg_{make_charge().pk}"], "draft": {"reason": "SPAM"}}
    said = [api_client(one).post(f"{PATH}/eligibility", asked).json["items"][0]["rules"] for one in (buyer, manager)]
    severities = [{rule["severity"] for rule in rules} for rules in said]
    assert severities[0] <= {"block", "override", "warn"}
    assert [rule for rule in said[1] if rule["severity"] in severities[0]] == said[0]
