"""The books in the native service: the proof, entries and balances, and who reads them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, ReverseItem
from makegood.disputes.models import Dispute
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.states import Dimension, Verb
from tests.api_client import UNCOUNTED, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import ChargeMaker, DisputeMaker

pytestmark = pytest.mark.django_db
PATH = "/api/v1/ledger"
BOOKS = ("proof", "entries", "balances")


@pytest.fixture
def client(manager: Principal, api_client: ClientMaker) -> ApiClient:
    return api_client(manager)


@pytest.fixture
def reversed_dispute(make_dispute: DisputeMaker, manager: Principal) -> Dispute:
    """45.00 credited with 30.00 taken back from the vendor, and all of it reversed."""
    dispute = make_dispute()
    operations.adjust(manager, items=[AdjustItem(dispute.pk, 45_000_000, note="As the tariff says")])
    (answer,) = operations.reverse(manager, items=[ReverseItem(dispute.pk)])
    assert answer.ok, answer
    return dispute


def test_the_proof_adds_up(
    client: ApiClient, make_dispute: DisputeMaker, make_charge: ChargeMaker, manager: Principal
) -> None:
    empty = client.get(f"{PATH}/proof").json
    assert (empty["holds"], empty["entries"], empty["currencies"], empty["first_broken"]) == (True, 0, [], None)
    credited = make_dispute()
    make_dispute(currency="EUR", payout_currency="EUR")
    (answer,) = operations.adjust(manager, items=[AdjustItem(credited.pk, 40_000_000, note="As the tariff says")])
    assert answer.ok, answer
    body = client.get(f"{PATH}/proof").json
    assert (body["holds"], body["entries"], body["adjustments"]) == (True, 1, 1)
    assert all(law["holds"] for law in body["laws"])
    eur, usd = body["currencies"]
    assert (eur["currency"], eur["lines"], eur["charges"], eur["billed"]["amount"]) == ("EUR", [], 1, "45.00")
    figures = ("charges", "billed", "held", "credited", "balanced")
    assert [usd[name] if isinstance(usd[name], int) else usd[name]["amount"] for name in figures] == [
        1,
        "45.00",
        "0.00",
        "40.00",
        True,
    ]
    assert usd["debit"] == usd["credit"]
    debits = sum(Decimal(line["debit"]["amount"]) for line in usd["lines"])
    assert debits == Decimal(usd["debit"]["amount"])
    assert {line["kind"] for line in usd["lines"]} >= {"AR", "REV_CONTRA", "AP"}


def test_the_proof_names_what_is_broken(client: ApiClient, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_charge_balance SET non_billable_mark = true WHERE charge_id = %s", [dispute.charge_id]
        )
    body = client.get(f"{PATH}/proof").json
    law = "a charge counts as not billable only while it is credited"
    assert (body["holds"], [one["law"] for one in body["laws"] if not one["holds"]]) == (False, [law])
    assert body["first_broken"] == {
        "law": law,
        "where": f"charge {dispute.charge_id}",
        "found": "is marked and has no credit",
    }


def test_entries_are_listed_and_narrowed(
    client: ApiClient, reversed_dispute: Dispute, make_dispute: DisputeMaker, manager: Principal
) -> None:
    other = make_dispute(currency="EUR", payout_currency="EUR", payout_micros=0)
    operations.adjust(manager, items=[AdjustItem(other.pk, 45_000_000, note="As the tariff says")])

    def found(query: str) -> list[tuple[str, str]]:
        items = client.get(f"{PATH}/entries?{query}").json["items"]
        return [(one["kind"], one["dispute"]) for one in items]

    mine = [("reversal", reversed_dispute.public_id), ("credit", reversed_dispute.public_id)]
    theirs = [("credit", other.public_id)]
    assert found("") == theirs + mine
    assert found(f"dispute={reversed_dispute.public_id}") == found("currency=USD") == mine
    assert found("dispute=dsp_nobody") == found("account=AR:0") == found("currency=XXX") == []
    customer = f"AR:{other.customer_id}"
    assert found(f"account={customer}") == theirs + mine
    assert found(f"account={customer}&currency=EUR") == theirs
    ahead = (clock.now() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert (found(f"from={ahead}"), found(f"to={ahead}")) == ([], theirs + mine)
    first = client.get(f"{PATH}/entries?limit=2&count=true").json
    rest = client.get(f"{PATH}/entries?limit=2&count=true&cursor={first['next_cursor']}").json
    assert (first["count"], len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, 1, None)
    for one in first["items"] + rest["items"]:
        debits, credits = (
            sum(Decimal(line[side]["amount"]) for line in one["postings"] if line[side]) for side in ("debit", "credit")
        )
        assert debits == credits > 0


def test_balances_stand_where_their_postings_leave_them(
    client: ApiClient, make_dispute: DisputeMaker, manager: Principal
) -> None:
    dispute = make_dispute()
    operations.adjust(manager, items=[AdjustItem(dispute.pk, 45_000_000, note="As the tariff says")])
    items = client.get(f"{PATH}/balances").json["items"]
    assert sum(Decimal(one["signed_balance"]["amount"]) for one in items) == 0
    (owed,) = client.get(f"{PATH}/balances?prefix=AR:").json["items"]
    assert (owed["account"], owed["words"], owed["signed_balance"]) == (
        f"AR:{dispute.customer_id}",
        "Receivable from the customer",
        {"amount": "-45.00", "currency": "USD"},
    )
    assert client.get(f"{PATH}/balances?prefix=AR%25").json["items"] == []
    assert client.get(f"{PATH}/balances?currency=EUR").json["items"] == []
    paged = client.get(f"{PATH}/balances?limit=1&count=true").json
    assert (len(paged["items"]), paged["count"]) == (1, len(items))


@pytest.mark.parametrize("book", BOOKS)
def test_who_sees_a_part_reads_no_books(
    book: str, manager: Principal, buyer: Principal, api_client: ClientMaker, reversed_dispute: Dispute
) -> None:
    limited = api_client(manager, grants=[(Dimension.CUSTOMER_SUBTREE, str(reversed_dispute.customer_id))])
    others = [api_client(buyer), api_client(manager, scopes=[Verb.DISPUTE_VIEW])]
    for client in (limited, *others):
        client.get("/api/v1/me")
    with unchanged(but=UNCOUNTED):
        found = limited.get(f"{PATH}/{book}")
        said = "The books are read by those who see everything; your sight is limited."
        assert (found.status, found.code, found.detail) == (403, "WHOLE_LEDGER_NEEDED", said)
        for client in others:
            found = client.get(f"{PATH}/{book}")
            assert (found.status, found.code) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("query", ["entries?acount=AR:1", "entries?from=today", "balances?prefix=a&prefix=b"])
def test_a_question_that_is_not_right(client: ApiClient, query: str) -> None:
    found = client.get(f"{PATH}/{query}")
    assert (found.status, found.code) == (400, "BAD_PARAMETER")
