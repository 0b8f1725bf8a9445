"""Whose is whose: what is absent and what is somebody else's answer in the same words, before any permission."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from makegood.api.costguard import ROUTES
from makegood.api.routing import Route
from makegood.api.tests.costguard.bill import KEYS, Bill, Filed, nothing_changed, replace
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, DraftItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.parties.entries import Principal
from makegood.parties.states import Dimension, Verb
from tests.api_client import Answer, ApiClient, ClientMaker

pytestmark = pytest.mark.django_db
NO_CUSTOMER = "You do not have access to Customer ID {} or it does not exist."
NO_DISPUTE = "You do not have access to Dispute ID {} or it does not exist."
NO_ADJUSTMENT = "You do not have access to Adjustment ID {} or it does not exist."
ABOUT_CUSTOMERS = [route for route in ROUTES if "{customerID}" in route.path and "{disputeID}" not in route.path]
ABOUT_DISPUTES = [route for route in ROUTES if "{disputeID}" in route.path]
BODIES: dict[str, Any] = {"updateDispute": [replace("amount", "1")], "createDispute": {}}


def call(client: ApiClient, route: Route, **params: Any) -> Answer:
    """The route's call on some address."""
    named = {"customerID": 1, "disputeID": 1, "adjustmentID": 1} | params
    path = route.path_of({name: str(value) for name, value in named.items()})
    return client.send(route.method, path, body=BODIES.get(route.name, {}) if route.method != "GET" else None)


def check_absent(answer: Answer, sentence: str) -> None:
    """Raise AssertionError unless the answer knows of nothing there."""
    assert (answer.status, answer.code, answer.detail) == (404, "NOT_FOUND", sentence)
    (line,) = answer.json["errors"]
    assert line["message"] == sentence


@pytest.fixture
def outsider(api_client: ClientMaker, other_buyer: Principal) -> ApiClient:
    """A token of another customer's person, with all that the service knows."""
    return api_client(other_buyer)


@pytest.mark.parametrize("route", ABOUT_CUSTOMERS, ids=lambda route: route.name)
def test_customers_of_others(bill: Bill, outsider: ApiClient, route: Route) -> None:
    assert outsider.get("/api/customer?name=zz").status == 200
    with nothing_changed():
        for customer in (bill.customer.pk, 2**53 - 1, 2**53, 2**70, 0, "-1", "01", "1.0", "+1", "abc", "1e3"):
            check_absent(call(outsider, route, customerID=customer), NO_CUSTOMER.format(customer))


@pytest.mark.parametrize("route", ABOUT_DISPUTES, ids=lambda route: route.name)
def test_disputes_of_others(filed: Filed, outsider: ApiClient, route: Route) -> None:
    assert outsider.get("/api/customer?name=zz").status == 200
    mine, theirs = filed.bill.world.other_customer.pk, filed.bill.customer.pk
    ids = (filed.number, filed.number + 1, 2**53 - 1, 2**53, 0, "-1", f"0{filed.number}", f"{filed.number}.0", "abc")
    with nothing_changed():
        for customer in (theirs, mine, 2**53 - 1, "abc"):
            for number in ids[:2] if customer != mine else ids:
                check_absent(call(outsider, route, customerID=customer, disputeID=number), NO_DISPUTE.format(number))


@pytest.mark.parametrize("route", ABOUT_DISPUTES, ids=lambda route: route.name)
def test_a_dispute_under_the_path_of_another_customer(filed: Filed, route: Route) -> None:
    with nothing_changed():
        answer = call(filed.client, route, customerID=filed.bill.world.other_customer.pk, disputeID=filed.number)
    check_absent(answer, NO_DISPUTE.format(filed.number))


@pytest.mark.parametrize("limit", ["program", "vendor"])
def test_a_limit_without_a_customer_shows_no_address(filed: Filed, api_client: ClientMaker, limit: str) -> None:
    bill = filed.bill
    value = bill.program.pk if limit == "program" else bill.world.vendor.pk
    client = api_client(None, grants=[(Dimension(limit), str(value))])
    check_absent(client.get(bill.path), NO_CUSTOMER.format(bill.customer.pk))
    check_absent(client.get(filed.path), NO_DISPUTE.format(filed.number))


def test_a_limit_by_customer_and_program(filed: Filed, api_client: ClientMaker) -> None:
    bill = filed.bill
    subtree = (Dimension.CUSTOMER_SUBTREE, str(bill.customer.pk))
    elsewhere = api_client(None, grants=[subtree, (Dimension.PROGRAM, str(bill.world.program.pk))])
    assert elsewhere.get(bill.path).json == {"value": []}
    check_absent(elsewhere.get(filed.path), NO_DISPUTE.format(filed.number))
    unbilled = elsewhere.post(bill.path, bill.body())
    assert (unbilled.status, unbilled.code) == (422, "NOT_BILLED")
    here = api_client(None, grants=[subtree, (Dimension.PROGRAM, str(bill.program.pk))])
    assert [row["disputeID"] for row in here.get(bill.path).json["value"]] == [filed.number]
    assert here.get(filed.path).status == 200


def test_nothing_of_others_in_searches(filed: Filed, outsider: ApiClient) -> None:
    bill = filed.bill
    for query in ("name=Acme", "accountNumber=B1", f"customerID={bill.customer.pk}", "name=in"):
        found = outsider.get(f"/api/customer?{query}").json["value"]
        assert {row["customerID"] for row in found} <= {bill.world.other_customer.pk}
    own = f"/api/customer/{bill.world.other_customer.pk}/dispute?$count=true"
    assert outsider.get(own).json == {"@odata.count": 0, "value": []}


def test_adjustments_of_other_disputes(filed: Filed) -> None:
    other = filed.bill.filed(filed.client, featureID=None, usageRecordID=465320, amount=1).go("adjustment")
    credit = other.client.get(other.path).json["adjustmentID"]
    assert other.client.get(f"{other.path}/adjustment/{credit}").status == 200
    for number in (credit, credit + 1, 0, "abc", 2**53):
        check_absent(filed.client.get(f"{filed.path}/adjustment/{number}"), NO_ADJUSTMENT.format(number))


def test_drafts_are_not_there(bill: Bill, api_client: ClientMaker, buyer: Principal) -> None:
    (made,) = operations.save_draft(buyer, items=[DraftItem(bill.charge(feature_id=5).pk)])
    draft = Dispute.objects.get(pk=made.id)
    client = api_client(buyer)
    assert client.get(bill.path).json == {"value": []}
    check_absent(client.get(f"{bill.path}/{draft.number}"), NO_DISPUTE.format(draft.number))


def _without(biller: Principal, verb: Verb) -> list[str]:
    """What a biller may do without a verb; without the sight of disputes nothing of theirs is left."""
    kept = [one for one in biller.verbs if one != verb]
    return [one for one in kept if not one.startswith("dispute.")] if verb is Verb.DISPUTE_VIEW else kept


def test_permissions(filed: Filed, biller: Principal, api_client: ClientMaker) -> None:
    asked = [(route, route.verb) for route in ROUTES if route.verb is not None]
    clients = {verb: api_client(biller, scopes=_without(biller, verb)) for verb in {verb for _, verb in asked}}
    for client in clients.values():
        assert client.get("/api/customer?name=zz").status in (200, 403)
    names = {"customerID": filed.bill.customer.pk, "disputeID": filed.number}
    with nothing_changed():
        answers = [call(clients[verb], route, **names) for route, verb in asked]
    for (route, verb), answer in zip(asked, answers, strict=True):
        assert (answer.status, answer.code) == (403, "PERMISSION_DENIED"), route.name
        assert answer.detail == f'This needs the permission "{verb.value}"; an administrator can grant it.'


def test_scope_is_asked_before_permission(filed: Filed, api_client: ClientMaker, other_buyer: Principal) -> None:
    weak = api_client(other_buyer, scopes=["customer.view"])
    check_absent(weak.post(f"{filed.path}/close", {}), NO_DISPUTE.format(filed.number))
    check_absent(weak.post(filed.bill.path, raw=b"{no json"), NO_CUSTOMER.format(filed.bill.customer.pk))


def test_permission_is_asked_before_the_body(filed: Filed, api_client: ClientMaker, biller: Principal) -> None:
    weak = api_client(biller, scopes=["dispute.view"])
    assert weak.post(filed.bill.path, raw=b"{no json").code == "PERMISSION_DENIED"
    assert weak.patch(filed.path, raw=b"{no json").code == "PERMISSION_DENIED"


def test_no_token(filed: Filed) -> None:
    for path in (filed.path, f"{filed.bill.path}/999999", "/api/customer?name=acme", "/api/disputeResolution"):
        answer = ApiClient("").get(path)
        assert (answer.status, answer.code) == (401, "NOT_AUTHENTICATED")


def test_the_submitting_side_changes_what_it_has_read(filed: Filed, api_client: ClientMaker, buyer: Principal) -> None:
    client = api_client(buyer)
    tag = client.get(filed.path).headers["ETag"]
    changed = client.patch(filed.path, [replace("amount", "1.25")], headers={"If-Match": tag})
    assert (changed.status, changed.json["amount"]) == (200, Decimal("1.25"))
    assert client.get(filed.path).headers["ETag"] == changed.headers["ETag"] != tag
    with nothing_changed():
        for known in (tag, '"2"'):
            stale = client.patch(filed.path, [replace("amount", "2")], headers={"If-Match": known})
            assert (stale.status, stale.code) == (412, "PRECONDITION_FAILED")
            assert stale.headers["ETag"] == changed.headers["ETag"]


def test_the_submitting_side_hears_of_no_decision_in_its_undo_window(
    filed: Filed, api_client: ClientMaker, buyer: Principal, manager: Principal
) -> None:
    """One who does not decide reads the record as it was; the representative sees that money waits."""
    client, read = api_client(buyer), api_client(buyer).get(filed.path)
    before, tag = read.json, read.headers["ETag"]
    (said,) = operations.decide(manager, items=[DecisionItem(filed.row.pk, DecisionKind.ACCEPT)])
    assert said.ok, said
    after = client.get(filed.path)
    assert (after.json, after.headers["ETag"]) == (before, tag)
    assert client.get(filed.path, headers={"If-None-Match": tag}).status == 304
    assert client.patch(filed.path, [replace("amount", 1)], headers={"If-Match": tag}).code == "WRONG_STAGE"
    assert filed.client.get(filed.path).headers["ETag"] == '"2"'
    assert list(before) == KEYS
    refused = client.patch(filed.path, [replace("amount", "1.25")])
    assert (refused.status, refused.code) == (409, "WRONG_STAGE")
    assert refused.detail == f"D-{filed.number} is being reviewed, so this step is not possible."
