"""What the five source texts promise and no other test says in one place; docs/coverage.md names the rest."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from makegood.api.tests.costguard.bill import FEATURE, INVOICE, USAGE, build_bill
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.models import Reason
from makegood.disputes.policy.presets import preset
from makegood.disputes.states import DecisionKind, ReasonType
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from tests.api_client import ClientMaker
from tests.refusals import unchanged
from tests.world import World, standing_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def credits_world(db: None) -> World:
    """A program that gives credits for calls and leads."""
    return standing_world("lead_credit")


def page_of(principal: Principal, path: str) -> str:
    """What somebody reads at an address."""
    client = Client()
    client.force_login(User.objects.get(pk=principal.id or 0))
    return client.get(path).content.decode()


def test_a_marketplace_offers_the_reasons_that_were_promised(world: World, buyer: Principal) -> None:
    page = page_of(buyer, f"/calls/{world.charge().pk}/dispute/")
    offered = ("Spam", "Bot traffic", "Prank call", "Duplicate call", "Technical issue", "Did not meet the criteria")
    assert [label for label in offered if label not in page] == []


def test_bills_are_disputed_for_billing_product_and_fraud(world: World, csr: Principal) -> None:
    program = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="bills", currency="USD")
    page = page_of(csr, f"/calls/{world.charge(program=program).pk}/dispute/")
    kinds: dict[str, set[str]] = {}
    for reason in Reason.objects.filter(program=program, is_active=True):
        kinds.setdefault(reason.type, set()).add(reason.code)
        assert reason.label in page, reason
    assert kinds[ReasonType.BILLING] >= {"WRONG_PRICE", "DOUBLE_CHARGE", "UNEXPECTED_CHARGE", "UNEXPECTED_FEE"}
    assert kinds[ReasonType.PRODUCT] >= {"POOR_QUALITY", "NOT_FUNCTIONAL"}
    assert kinds[ReasonType.FRAUD] >= {"UNAUTHORIZED_USE"}


def test_the_action_menu_of_an_account_explains_and_disputes(world: World, csr: Principal) -> None:
    number = build_bill(world).invoice.number
    menu = page_of(csr, f"/accounts/{world.customer.pk}/").split('id="actions"')[1].split("</nav>")[0]
    assert f"Explain bill {number}" in menu
    assert f"/accounts/{world.customer.pk}/dispute/new/?bill={number}" in menu


def test_every_trade_has_reasons_of_its_own() -> None:
    found = preset("lead_credit")
    trades = {category["code"] for category in found.categories}
    own = {trade: [r["code"] for r in found.reasons if trade in r.get("categories", ())] for trade in trades}
    assert len(trades) == 10
    assert [trade for trade, codes in own.items() if len(codes) < 2] == []


def test_a_missed_call_comes_with_what_to_do_about_the_next(credits_world: World) -> None:
    buyer = credits_world.person("buyer", customer_number="B1")
    credits_world.charge()
    pages = {
        code: page_of(buyer, f"/guidelines/{credits_world.program.key}/{code}/")
        for code in ("VOICEMAIL", "PRICE_SHOPPER")
    }
    assert "sales opportunity" in pages["VOICEMAIL"]
    assert "asks for an estimate is a valid opportunity" in pages["PRICE_SHOPPER"]
    assert ["Call back within five minutes" in page for page in pages.values()] == [True, False]


def test_nothing_hastens_a_credit_request(credits_world: World) -> None:
    buyer, manager = credits_world.person("buyer", customer_number="B1"), credits_world.person("manager")
    filed = [
        operations.submit(buyer, items=[SubmitItem(credits_world.charge().pk, "WRONG_NUMBER", "They wanted a bank.")])
        for _ in range(2)
    ]
    second = filed[1][0].data["number"]
    page = page_of(buyer, f"/disputes/{second}/")
    assert "1 waiting before yours" in page
    assert "xpedite" not in page
    with unchanged():
        (answer,) = operations.decide(manager, items=[DecisionItem(filed[1][0].id or 0, DecisionKind.ACCEPT, note="x")])
    assert (answer.ok, answer.code) == (False, "OUT_OF_TURN")


def test_the_ids_that_a_claim_needs_are_found_by_asking(
    world: World, biller: Principal, api_client: ClientMaker
) -> None:
    bill, client = build_bill(world), api_client(biller)

    def rows(path: str, **headers: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get(path, headers=headers).json["value"]
        return found

    (customer,) = rows("/odata/CustomerSummary?$filter=AccountNumber eq 'B1'")
    number = customer["CustomerID"]
    assert rows("/api/customer?accountNumber=B1")[0]["customerID"] == number
    (invoice,) = rows(f"/odata/Invoice?$filter=CustomerID eq {number}")
    on_it = f"CustomerID eq {number} and InvoiceNumber eq {invoice['InvoiceNumber']}"
    (feature,) = rows(f"/odata/InvoiceFeature?$filter={on_it}")
    (usage,) = rows("/odata/UsageDetail", CustomerID=str(number), UsageAlias=invoice["UsageAlias"])
    resolution = rows("/api/disputeResolution")[0]["resolutionID"]
    assert (invoice["InvoiceNumber"], feature["FeatureID"], usage["UsageRecordID"]) == (INVOICE, FEATURE, USAGE)
    for ids in ({"featureID": feature["FeatureID"]}, {"featureID": None, "usageRecordID": usage["UsageRecordID"]}):
        claim = bill.body(invoiceNumber=invoice["InvoiceNumber"], resolutionID=resolution, amount="1.50", **ids)
        assert client.post(f"/api/customer/{number}/dispute", claim).status == 201
