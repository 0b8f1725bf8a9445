"""Bulk plans on pages: looked at like a slip, committed as looked at or shown again, undone as one."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.entries import EditItem, Ref
from makegood.disputes.models import BulkPlan, Dispute, Handling, Recommendation
from makegood.disputes.selectors import plan_lists
from makegood.disputes.states import Outcome, Stage
from makegood.kernel import clock
from makegood.ledger.models import Posting
from makegood.notifications.models import Digest
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program, User
from makegood.parties.operations import change_settings
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

# The module, not the operation of the same name.
committing = import_module("makegood.disputes.operations.commit_plan")
MILLION = 1_000_000
PLANS = ("disputes_bulk_plan", "disputes_bulk_plan_row", "journal_event", "django_session")


def made(client: Client, verb: str, disputes: list[Dispute], **fields: str) -> tuple[str, str]:
    """The address of a plan of these disputes, and its page."""
    form = {"verb": verb, "id": [str(one) for one in disputes], **fields}
    answer = client.post("/plans/", form, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:500]
    address = answer.redirect_chain[-1][0]
    assert address.startswith("/plans/pln_")
    return address, answer.content.decode()


def sent(client: Client, address: str, step: str, **fields: object) -> tuple[str, str]:
    """Where a press leads, and the page there."""
    answer = client.post(f"{address}{step}/", fields, follow=True)
    return (answer.redirect_chain[-1][0] if answer.redirect_chain else address), answer.content.decode()


@pytest.fixture
def three(make_dispute: DisputeMaker) -> list[Dispute]:
    return [make_dispute(billed_micros=micros * MILLION) for micros in (45, 30, 15)]


def test_a_slip_is_committed_once_and_undone_as_one(
    three: list[Dispute], make_dispute: DisputeMaker, manager: Principal, signed_in: SignedIn
) -> None:
    client, done = signed_in(manager), make_dispute()
    client.post(f"/lane/D-{done.number}/decide/", {"kind": "accept"})
    with unchanged(but=PLANS):
        address, page = made(client, "accept", [*three, done])
    assert "4 selected, 1 left out. Nothing has happened yet." in re.sub(r"\s+", " ", page)
    assert ("$90.00" in page, "$90.00" in page, "$0.00" in page) == (True, True, False)
    assert f"{done} was already decided" in page
    there, page = sent(client, address, "commit")
    assert (there, "3 accepted" in page) == (address, True)
    sent(client, address, "commit")
    assert Dispute.objects.filter(stage=Stage.DECIDED, outcome=Outcome.ACCEPTED).count() == 4
    elsewhere = client.get("/queue/").content.decode()
    assert "3 disputes accepted" in elsewhere
    assert f'action="{address}undo/"' in elsewhere
    _, page = sent(client, address, "undo")
    assert "3 decisions undone" in page
    assert "No money moved, and nobody was told." in page
    assert Posting.objects.count() == 0
    assert Dispute.objects.filter(stage=Stage.DECIDED).count() == 1


def test_all_that_a_filter_finds(three: list[Dispute], manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    answer = client.post("/plans/", {"verb": "accept", "all": "1", "query": "min=20", "id": []}, follow=True)
    assert "Accept 2 disputes" in answer.content.decode()
    for form in ({"verb": "accept"}, {"verb": "adjust", "id": str(three[0])}, {"verb": "sell", "id": str(three[0])},
                 {"verb": "accept", "all": "1", "query": "min=much"}):  # fmt: skip
        with unchanged(but=("django_session",)):
            back = client.post("/plans/", form)
        assert back["Location"].startswith("/queue/")


@pytest.mark.parametrize(
    ("how", "amount", "micros"),
    [
        ("percent", "50%", [22_500_000, 15_000_000, 7_500_000]),
        ("percent", "1/3", [15_000_000, 10_000_000, 5_000_000]),
        ("each", "$10", [10_000_000, 10_000_000, 10_000_000]),
        ("total", "10.00", [5_000_000, 3_330_000, 1_670_000]),
    ],
)
def test_a_part_is_split_exactly(
    how: str, amount: str, micros: list[int], three: list[Dispute], manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    address, page = made(client, "partial", three)
    assert "Write the explanation first." in page
    address, page = sent(client, address, "again", how=how, amount=amount, note="Half the call was fine.")
    assert "Accept in part 3 disputes" in page
    _, page = sent(client, address, "commit", how=how, amount=amount, note="Half the call was fine.")
    assert "3 accepted in part" in page
    assert [one.decided_micros for one in Dispute.objects.order_by("id")] == micros


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"how": "percent", "amount": "120"}, "a percentage is above 0 and at most 100"),
        ({"how": "each", "amount": "ten"}, "ten"),
        ({"how": "percent", "amount": "1/0"}, "1/0"),
        ({"note": "Dear {vendor}"}, "the text may name {amount}, {buyer}, {caller}, {finding}, {number}, {reason}"),
        ({"note": "We heard {finding}."}, "the text names {finding}, and no finding is chosen"),
    ],
)
def test_what_cannot_be_planned_is_said_and_kept(
    fields: dict[str, str], said: str, three: list[Dispute], manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    address, _ = made(client, "partial", three)
    for step in ("again", "commit"):
        with unchanged(but=("django_session",)):
            answer = client.post(f"{address}{step}/", fields)
        page = answer.content.decode()
        assert (answer.status_code, said in page) == (422, True), page[:300]
        assert fields.get("amount", fields.get("note", "")) in page


def test_what_changes_more_than_words_is_shown_again_and_never_committed_silently(
    three: list[Dispute], buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    address, _ = made(client, "accept", three)
    with unchanged(but=PLANS):
        there, page = sent(client, address, "commit", clawback="none")
    assert there != address
    assert "What was typed changes more than words" in page
    assert "3 disputes stand" in page
    with clock.shifted(timedelta(minutes=11)):
        operations.edit(buyer, items=[EditItem(three[0].pk, {"amount_micros": 20 * MILLION})])
        operations.withdraw(buyer, items=[Ref(three[1].pk)])
        with unchanged(but=PLANS):
            fresh, page = sent(client, address, "commit")
        assert "The look was older than ten minutes, so it was made again." in page
        assert re.search(rf"<mark>{three[1]}</mark> is left out now", page)
        _, page = sent(client, fresh.split("?")[0], "commit")
        assert re.search(r"\d accepted", page)


def test_words_alone_are_committed_at_the_first_press(
    three: list[Dispute], manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    address, _ = made(client, "accept", three)
    _, page = sent(client, address, "commit", note="As heard, {number}.")
    assert "3 accepted" in page
    assert {one.buyer_explanation or one.decision_note for one in Dispute.objects.all()} == {
        f"As heard, {one}." for one in three
    }


def test_what_changed_meanwhile_is_named_and_reviewed_in_one_press(
    three: list[Dispute], buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    address, _ = made(client, "accept", three)
    operations.edit(buyer, items=[EditItem(three[0].pk, {"description": "It was a recording, and it hung up."})])
    _, page = sent(client, address, "commit")
    assert "2 accepted, 1 changed meanwhile" in page
    assert f"{three[0]} was changed meanwhile" in page
    again, page = sent(client, address, "again", only="refused")
    assert again != address
    assert "Accept 1 dispute" in page
    _, page = sent(client, again, "commit")
    assert "1 accepted" in page


def test_above_the_limit_is_left_out_and_recommended(
    three: list[Dispute], manager: Principal, signed_in: SignedIn
) -> None:
    User.objects.filter(pk=manager.id).update(max_decision_micros={"USD": 20 * MILLION})
    client = signed_in(manager)
    address, page = made(client, "accept", three)
    assert "Accept 1 dispute" in page
    assert "Recommend these 2" in page
    _, page = sent(client, address, "recommend")
    assert "2 disputes wait for a second signature." in page
    assert Recommendation.objects.filter(state="waiting").count() == 2
    assert "waits for a second signature" in page
    assert numbers_waiting(client) == 2


def numbers_waiting(client: Client) -> int:
    return client.get("/queue/?tab=signature").content.decode().count("data-row-pick")


def test_assigning_closing_and_reopening(
    three: list[Dispute], world: World, manager: Principal, other_manager: Principal, signed_in: SignedIn
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reopen": True})
    client = signed_in(manager)
    address, page = made(client, "assign", three)
    assert "takes effect at once" in page
    address, _ = sent(client, address, "again", to=str(other_manager.id))
    _, page = sent(client, address, "commit", to=str(other_manager.id))
    assert "3 assigned" in page
    assert Handling.objects.filter(assigned_to=other_manager.id).count() == 3
    address, _ = made(client, "close", three)
    _, page = sent(client, address, "commit", note="Twice the same.")
    assert "3 closed" in page
    address, page = made(client, "reopen", three)
    assert "Write the cause first." in page
    address, page = sent(client, address, "again", note="Closed by mistake.")
    _, page = sent(client, address, "commit", note="Closed by mistake.")
    assert "3 reopened" in page
    assert Dispute.objects.filter(stage=Stage.PENDING, round=2).count() == 3


def test_a_large_sum_asks_again_who_sits_there(
    three: list[Dispute], world: World, manager: Principal, signed_in: SignedIn
) -> None:
    settings = Program.objects.get(pk=world.program.pk).settings
    change_settings(SYSTEM, program=world.program, settings={**settings, "reauth_above_micros": {"USD": 50 * MILLION}})
    client = signed_in(manager)
    address, _ = made(client, "accept", three)
    answer = client.post(f"{address}commit/", {})
    assert answer.status_code == 403
    assert 'name="confirm_secret"' in answer.content.decode()
    assert not Dispute.objects.filter(stage=Stage.DECIDED).exists()


def test_a_plan_too_large_to_compare_is_shown_again_before_it_does_something_else(
    three: list[Dispute], manager: Principal, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_lists, "MOST_COMPARED", 2)
    client = signed_in(manager)
    address, _ = made(client, "partial", three, note="x")
    address, _ = sent(client, address, "again", how="percent", amount="1", note="Half the call was fine.")
    there, page = sent(client, address, "commit", how="percent", amount="90", note="Half the call was fine.")
    assert there != address
    assert "It is too large to be compared line by line." in page
    assert not Dispute.objects.filter(stage=Stage.DECIDED).exists()


def test_who_sees_no_payouts_learns_of_no_vendor(
    three: list[Dispute], world: World, manager: Principal, signed_in: SignedIn
) -> None:
    told = ("Vendor claw-back", "By vendor", "Net margin")
    page = made(signed_in(manager), "accept", three)[1]
    assert [words in page for words in told] == [True] * 3
    desk = signed_in(world.person("billing"))
    address, page = made(desk, "accept", three)
    assert [words in page for words in told] == [False] * 3
    assert "whole payout" not in page
    with unchanged():
        answer = desk.post(f"{address}commit/", {"clawback": "none"})
    assert answer.status_code == 403
    vendor = three[0].charge.vendor
    assert vendor is not None
    for query in ("group=vendor&more=1", f"vendor={vendor.pk}"):
        assert vendor.name not in desk.get(f"/queue/?{query}").content.decode()
    assert vendor.name in signed_in(manager).get("/queue/?group=vendor").content.decode()


def test_a_running_plan_shows_how_far_it_is_and_stops(
    three: list[Dispute], manager: Principal, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "CHUNK", 2)
    client = signed_in(manager)
    address, _ = made(client, "accept", three)
    answer = client.post(f"{address}commit/", {}, follow=True)
    assert answer.status_code == 202
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert ('hx-trigger="every 1s"' in part, "<progress" in part, "<html" in part) == (True, True, False)
    assert operations.run_plans() == 2
    _, page = sent(client, address, "stop")
    assert "Stopped after 2 of 3; 1 were not touched." in page
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "every 1s" not in part


def test_plans_are_ones_own_and_their_file_is_told(
    three: list[Dispute], manager: Principal, other_manager: Principal, buyer: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    address, _ = made(client, "accept", three)
    assert "Accept" in client.get("/plans/").content.decode()
    assert "No bulk plans yet." in signed_in(other_manager).get("/plans/").content.decode()
    lines = b"".join(client.get(f"{address}rows.csv")).decode().splitlines()
    assert (len(lines), lines[0].split(",")[:2]) == (4, ["dispute", "number"])
    assert signed_in(buyer).get(address).status_code in {403, 404}
    assert client.get("/plans/pln_NOBODY/").status_code == 404
    assert BulkPlan.objects.count() == 1
    assert Digest.objects.count() == 0
