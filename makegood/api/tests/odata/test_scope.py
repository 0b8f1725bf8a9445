"""Who sees what: nothing of others anywhere, nothing of a decision in its undo window, no digits of callers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.api.odata.errors import BadOption
from makegood.api.odata.options import Options
from makegood.api.odata.query import Query
from makegood.api.odata.sets import RECORD, SETS
from makegood.api.odata.shape import EntitySet
from makegood.api.tests.odata.asking import ask
from makegood.api.tests.odata.scene import ALIAS, Scene
from makegood.billing.operations import Figures, correct_charge
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, DraftItem
from makegood.disputes.selectors.rows import WITH_PARTIES, Live, live_credits, word_for
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind, Door, Facts, Outcome, Stage, idi
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import create_customer
from makegood.parties.selectors import principal_of
from makegood.parties.states import Dimension
from tests.api_client import ClientMaker

EVERY = [*SETS.values(), RECORD]


def _all_of(one: EntitySet, who: Principal, customer: int) -> list[dict[str, Any]]:
    query = Query(one, who, Options(top=500, count=True), {"customer": customer, "alias": ALIAS})
    page = query.page()
    assert page.count == len(page.rows) == query.count()
    return page.rows


def test_nothing_of_others_is_seen_or_counted(
    scene: Scene, stranger: Principal, vendor: Principal, api_client: ClientMaker
) -> None:
    own, other = scene.world.customer.pk, scene.world.other_customer.pk
    for one in EVERY:
        keys = {key: [row[key] for row in _all_of(one, scene.manager, own)] for key in one.key}
        mine = _all_of(one, scene.buyer, own)
        foreign = [] if one is RECORD else [row for row in mine if row["CustomerID"] != own]
        assert foreign == [], one.name
        assert 0 < len(mine) <= len(keys[one.key[0]]), one.name
        for nobody in (stranger, vendor):
            assert _all_of(one, nobody, own) == [], one.name
        if one.of_one_bill or one is RECORD:
            assert _all_of(one, scene.buyer, other) == [], one.name
    client = api_client(scene.buyer)
    for one in SETS.values():
        context = f"?CustomerID={other}&UsageAlias={ALIAS}" if one.of_one_bill else "?"
        for row in _all_of(one, scene.manager, other):
            if not one.of_one_bill and row["CustomerID"] == own:
                continue
            key = ",".join(f"{name}={row[name]}" for name in one.key)
            answer = client.get(f"/odata/{one.name}({key}){context}")
            assert answer.status == 404, key
            assert "or it does not exist." in answer.detail
    hidden = client.get(f"/odata/UsageDetail?CustomerID={other}&UsageAlias={ALIAS}")
    absent = client.get(f"/odata/UsageDetail?CustomerID=999999&UsageAlias={ALIAS}")
    assert hidden.detail == f"You do not have access to Customer ID {other} or it does not exist."
    assert absent.detail.replace("999999", str(other)) == hidden.detail
    with pytest.raises(BadOption):
        ask(scene, "Dispute", "owner/password eq 'x'", scene.buyer)


@pytest.mark.parametrize(
    "limits",
    [
        [(Dimension.CUSTOMER_TAG, "gold")],
        [(Dimension.PROGRAM, "program")],
        [(Dimension.VENDOR, "vendor")],
        [(Dimension.AGENT, "nobody")],
        [(Dimension.CUSTOMER_SUBTREE, "customer"), (Dimension.PROGRAM, "program")],
    ],
)
def test_every_limit_shows_what_the_selectors_show(scene: Scene, limits: list[tuple[Dimension, str]]) -> None:
    world = scene.world
    world.customer.tags = ["gold"]
    world.customer.save()
    ids = {"program": world.program.pk, "vendor": world.vendor.pk, "customer": world.customer.pk}
    person = User.objects.get(pk=scene.manager.id)
    person.grants.all().delete()
    for dimension, value in limits:
        person.grants.create(dimension=dimension, value=str(ids.get(value, value)))
    who = principal_of(User.objects.get(pk=person.pk))
    seen = {row["DisputeID"] for row in ask(scene, "Dispute", who=who).rows}
    assert seen == set(disputes_visible_to(who).values_list("number", flat=True))
    customers = {row["CustomerID"] for row in ask(scene, "CustomerSummary", who=who).rows}
    assert customers == ({world.customer.pk} if limits[0][0] in {"customer_tag", "customer_subtree"} else set())


def test_a_parent_out_of_scope_is_not_told(scene: Scene) -> None:
    site = create_customer(
        SYSTEM, number="B1-1", name="Acme North", currency="USD", zone="America/New_York", parent=scene.world.customer
    )
    parents = {row["AccountNumber"]: row["ParentCustomerID"] for row in ask(scene, "CustomerSummary").rows}
    assert parents == {"B1": None, "B2": None, "B1-1": scene.world.customer.pk}
    person = scene.world.person("buyer", "site", customer_number="B1-1")
    (row,) = ask(scene, "CustomerSummary", who=person).rows
    assert (row["CustomerID"], row["ParentCustomerID"]) == (site.pk, None)
    assert ask(scene, "CustomerSummary", "ParentCustomerID ne null", person, count=True).count == 0


def test_numbers_are_masked_and_cannot_be_asked_about(scene: Scene) -> None:
    shown = {row["UsageRecordID"]: row for row in ask(scene, "UsageDetail", who=scene.buyer).rows}[465_321]
    assert (shown["OriginatingNumber"], shown["TerminatingNumber"]) == ("+1 *** *** 0142", "+12125550199")
    open_ = {row["UsageRecordID"]: row for row in ask(scene, "UsageDetail").rows}[465_321]
    assert open_["OriginatingNumber"] == "+12125550142"
    for options in (
        {"filter": "startswith(OriginatingNumber,'+1212')"},
        {"filter": "OriginatingNumber eq null"},
        {"orderby": "OriginatingNumber"},
    ):
        with pytest.raises(BadOption) as caught:
            ask(scene, "UsageDetail", who=scene.buyer, **options)
        assert "OriginatingNumber is masked for you" in caught.value.message
    qa = scene.world.person("qa")
    assert {row["ServiceNumber"] for row in ask(scene, "Dispute", who=qa).rows} == {None, "123 *** 7890"}
    with pytest.raises(BadOption):
        ask(scene, "Dispute", "ServiceNumber eq '1234567890'", qa)
    assert "DisputeID" in ask(scene, "Dispute", "ServiceNumber eq '1234567890'", scene.buyer).rows[0]


def test_a_decision_in_its_undo_window_is_nobody_elses_news(bills: Scene) -> None:
    dispute = bills.dispute(bills.usage(number=77))
    queries: dict[str, list[tuple[str, str]]] = {
        "Dispute": [
            ("DisputeID", f"DisputeID eq {dispute.number}"),
            ("Outcome", "Outcome ne null"),
            ("Stage", "Stage eq 'decided'"),
            ("Money", "Money ne 'none'"),
            ("LastModifiedUser", "LastModifiedUser ne 'buyer@test.example'"),
            ("LastModifiedDate", f"LastModifiedDate gt {dispute.submitted_at:%Y-%m-%dT%H:%M:%S.%fZ}"),
        ],
        "UsageDetail": [("Remaining", "Remaining lt Amount"), ("Credited", "Credited gt 0")],
        "Adjustment": [("AdjustmentID", "AdjustmentID gt 0")],
    }

    def seen(who: Principal) -> dict[str, Any]:
        counts = {
            text: ask(bills, name, text, who, count=True).count for name, asked in queries.items() for _, text in asked
        }
        rows = [row for name in queries for row in ask(bills, name, who=who).rows]
        return {"counts": counts, "rows": [{**row, "Stage": None} for row in rows]}

    before = seen(bills.buyer)
    item = DecisionItem(dispute.pk, DecisionKind.ACCEPT, note="Heard it")
    (answer,) = operations.decide(bills.manager, items=[item], door=Door.DESK)
    assert answer.ok
    assert seen(bills.buyer) == before
    ((row,), (usage,)) = (ask(bills, name, who=bills.buyer).rows for name in ("Dispute", "UsageDetail"))
    assert (row["Stage"], row["Status"], row["Outcome"], usage["Remaining"]) == (
        "in_review",
        "Pending",
        None,
        usage["Amount"],
    )
    (row,) = ask(bills, "Dispute").rows
    assert (row["Stage"], row["Money"], row["Outcome"]) == ("decided", "held", "accepted")
    assert row["LastModifiedUser"] == "manager@test.example"
    with clock.shifted(timedelta(minutes=5)):
        operations.commit_due()
    ((row,), (usage,)) = (ask(bills, name, who=bills.buyer).rows for name in ("Dispute", "UsageDetail"))
    assert (row["Outcome"], row["Money"], row["LastModifiedUser"]) == ("accepted", "credited", "")
    assert (usage["Credited"], usage["Remaining"]) == (usage["Amount"], 0)


def test_the_words_are_those_of_the_pages(scene: Scene) -> None:
    for who in (scene.manager, scene.buyer):
        rows = {row["DisputeID"]: row for row in ask(scene, "Dispute", who=who).rows}
        found = list(disputes_visible_to(who))
        WITH_PARTIES.fill(found)
        live = live_credits([dispute.pk for dispute in found])
        for dispute in found:
            row, stands = rows[dispute.number], live.get(dispute.pk, Live())
            assert row["Status"] == word_for(dispute, stands).label
            if dispute.stage in {Stage.WITHDRAWN, Stage.RESOLVED} and dispute.outcome in {None, Outcome.REJECTED}:
                facts = Facts(stage=Stage(dispute.stage), outcome=Outcome(dispute.outcome) if dispute.outcome else None)
                assert row["Resolution"] == idi(facts).label


def test_drafts_and_corrected_charges_are_not_shown(bills: Scene) -> None:
    charge = bills.usage(number=1)
    operations.save_draft(bills.buyer, items=[DraftItem(charge.pk, "SPAM", "Later")])
    assert ask(bills, "Dispute", who=bills.buyer).rows == []
    figures = Figures(1_000_000, 0, 0, charge.billed_at)
    newer = correct_charge(charge, figures, external_id="again", import_batch=8, raw=None)
    (row,) = ask(bills, "UsageDetail").rows
    assert (row["UsageRecordID"], row["Amount"]) == (newer.usage_id, 1)
