"""The lane without a browser: the next case, what stands in the way of a decision, and that nothing moved then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.entries import EditItem, Ref
from makegood.disputes.models import Decision, DeskTime, Dispute, Recommendation, Snooze
from makegood.disputes.states import Stage
from makegood.evidence.models import Recording, RecordingAccess
from makegood.evidence.states import AccessVia
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Role, User
from makegood.parties.operations import change_settings
from tests.recordings import ready_recording
from tests.world import DisputeMaker, World

PART = {"HX-Request": "true"}
ACCEPT = {"kind": "accept", "amount": "50%"}


def signed_in(principal: Principal) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=principal.id))
    return client


@pytest.fixture
def desk(manager: Principal) -> Client:
    """The manager in front of the lane."""
    return signed_in(manager)


def send(desk: Client, dispute: Dispute, what: Mapping[str, Any], to: str = "decide", **headers: str) -> Any:
    return desk.post(f"/lane/{dispute}/{to}/", what, headers={**PART, **headers})


def check_untouched(dispute: Dispute, *, stage: Stage = Stage.PENDING) -> None:
    """Nothing was decided, held or timed."""
    dispute.refresh_from_db()
    assert dispute.stage == stage
    assert not Decision.objects.exists()
    assert not DeskTime.objects.exists()


def test_the_lane_hands_out_the_first_and_goes_on_without_script(desk: Client, make_dispute: DisputeMaker) -> None:
    first, second = make_dispute(), make_dispute()
    assert desk.get("/lane/")["Location"] == f"/lane/{first}/"
    page = desk.get(f"/lane/{first}/").content.decode()
    assert "1 of 2" in page
    assert "Accept $45.00" in page
    done = desk.post(f"/lane/{first}/decide/", {**ACCEPT, "findings": "ROBOCALL"})
    assert (done.status_code, done["Location"]) == (303, f"/lane/{second}/")
    assert "accepted" in desk.get(done["Location"]).content.decode()
    last = desk.post(f"/lane/{second}/decide/", ACCEPT)
    assert last["Location"] == "/lane/"
    assert "Queue clear." in desk.get("/lane/").content.decode()
    assert DeskTime.objects.count() == 2


def test_a_decision_answers_with_the_next_case_or_with_the_one_that_is_ready(
    desk: Client, make_dispute: DisputeMaker
) -> None:
    first, second, third = (make_dispute() for _ in range(3))
    ahead = desk.get(f"/lane/{second}/", headers=PART)
    assert ahead.headers["Cache-Control"] == "private, max-age=30"
    second.refresh_from_db()
    assert second.stage == Stage.PENDING
    answer = send(desk, first, {**ACCEPT, "decision_ms": "6100", "listened_ms": "900", "sought": "1"})
    assert answer.headers["HX-Push-Url"] == f"/lane/{second}/"
    assert f"Next: {second}, spam, $45.00." in answer.headers["HX-Trigger"]
    assert f'id="lane-title" tabindex="-1" data-focus>{second}<' in answer.content.decode()
    time = DeskTime.objects.get()
    assert (time.decision_ms, time.listened_ms, time.sought) == (6100, 900, True)
    third.refresh_from_db()
    ready = send(desk, second, ACCEPT, **{"Lane-Have": f"{third}@{third.lock_version}"})
    assert ready.headers["Lane-Use"] == str(third)
    assert ready.headers["Lane-Place"] == "1 of 1"
    assert "lane-title" not in ready.content.decode()


def test_unheard_asks_for_a_second_press_and_heard_does_not(
    desk: Client, make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    dispute, other, third = make_dispute(), make_dispute(), make_dispute()
    for one in (dispute, other, third):
        ready_recording(one.charge)
    first = send(desk, dispute, ACCEPT)
    assert first.status_code == 422
    assert "Nothing was listened to." in first.content.decode()
    assert first.headers["HX-Retarget"] == "#lane-bar"
    check_untouched(dispute)
    assert send(desk, dispute, {**ACCEPT, "pressed": "reject"}).status_code == 422
    check_untouched(dispute)
    assert send(desk, dispute, {**ACCEPT, "pressed": "accept"}).status_code == 200
    assert send(desk, other, {**ACCEPT, "listened_ms": "1200"}).status_code == 200
    heard = Recording.objects.get(charge=third.charge_id)
    RecordingAccess.objects.create(
        recording=heard, user_id=manager.id, via=AccessVia.PAGE, link="l", at=clock.now(),
        last_at=clock.now(), from_ms=1_000, to_ms=2_000, heard=True,
    )  # fmt: skip
    assert send(desk, third, ACCEPT).status_code == 200


def test_the_program_can_switch_the_second_press_off(desk: Client, make_dispute: DisputeMaker, world: World) -> None:
    dispute = make_dispute()
    ready_recording(dispute.charge)
    change_settings(SYSTEM, program=world.program, settings={"second_press": False})
    assert send(desk, dispute, ACCEPT).status_code == 200


def test_a_rejection_is_explained_by_its_findings(desk: Client, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    first = send(desk, dispute, {"kind": "reject", "amount": "50%", "findings": "PRICE_SHOPPER"})
    text = first.content.decode()
    assert first.status_code == 422
    assert "A caller who compares prices is a valid opportunity" in text
    assert 'name="pressed" value="reject"' in text
    check_untouched(dispute)
    empty = send(desk, dispute, {"kind": "reject", "amount": "50%", "pressed": "reject", "note": " "})
    assert empty.status_code == 422
    assert "EXPLANATION_REQUIRED" in empty.content.decode()
    done = {"kind": "reject", "amount": "50%", "pressed": "reject", "note": "A person asked for prices."}
    assert send(desk, dispute, done).status_code == 200
    dispute.refresh_from_db()
    assert dispute.decision_note == "A person asked for prices."


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [
        ({"kind": "partial", "amount": "half", "note": "x"}, 422, "BAD_AMOUNT"),
        ({"kind": "partial", "amount": "45", "note": "x"}, 422, "PARTIAL_OUT_OF_RANGE"),
        ({"kind": "accept", "amount": "1", "clawback": "typed", "taken": "31"}, 422, "CLAWBACK_OUT_OF_RANGE"),
        ({"kind": "accept", "amount": "1", "clawback": "typed", "taken": "?"}, 422, "BAD_AMOUNT"),
        ({"kind": "burn", "amount": "1"}, 422, "DECISION_NOT_OFFERED"),
        ({"kind": "accept", "amount": "1", "findings": "ROBOCALL", "at-ROBOCALL": "soon"}, 422, "TIME_UNREADABLE"),
    ],
)
def test_what_cannot_be_decided_changes_nothing_and_keeps_what_was_typed(
    desk: Client, make_dispute: DisputeMaker, manager: Principal, typed: dict[str, str], status: int, code: str
) -> None:
    dispute = make_dispute()
    operations.claim(manager, items=[Ref(dispute.pk)])
    answer = send(desk, dispute, {**typed, "note": "Kept words"})
    assert answer.status_code == status
    assert f"Code {code}" in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    check_untouched(dispute, stage=Stage.IN_REVIEW)


def test_who_sees_no_payouts_decides_without_them(desk: Client, world: World, make_dispute: DisputeMaker) -> None:
    dispute, clerk = make_dispute(), signed_in(world.person("billing"))
    assert "Vendor gets" in desk.get(f"/lane/{dispute}/").content.decode()
    page = clerk.get(f"/lane/{dispute}/").content.decode()
    assert ("Buyer pays" in page, "Vendor gets" in page, "$30.00" in page) == (True, False, False)
    for said in ({"clawback": "typed", "taken": "31"}, {"clawback": "none"}, {"clawback": "whole"}):
        answer = send(clerk, dispute, {**ACCEPT, "note": "x", **said}).content.decode()
        assert ("Code PERMISSION_DENIED" in answer, "30.00" in answer) == (True, False)
    check_untouched(dispute)


def test_a_chosen_claw_back_counts_where_a_large_sum_asks_again(
    desk: Client, world: World, make_dispute: DisputeMaker
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reauth_above_micros": {"USD": 20_000_000}})
    dispute = make_dispute()
    typed = {"kind": "partial", "amount": "0.01", "note": "x", "clawback": "whole"}
    assert send(desk, dispute, typed).status_code == 403
    check_untouched(dispute)
    assert send(desk, dispute, {**typed, "clawback": "none"}).status_code == 200


def test_a_stale_version_shows_the_difference_and_the_next_press_decides(
    desk: Client, make_dispute: DisputeMaker, buyer: Principal
) -> None:
    dispute = make_dispute()
    seen = (clock.now() - timedelta(seconds=5)).isoformat()
    operations.edit(buyer, items=[EditItem(dispute.pk, {"description": "It was about roofs."})])
    stale = send(desk, dispute, {**ACCEPT, "version": dispute.lock_version, "seen": seen})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "Code VERSION_MISMATCH" in text
    assert "buyer: Changed" in text
    assert "It was about roofs." in text
    check_untouched(dispute)
    assert send(desk, dispute, {**ACCEPT, "version": dispute.lock_version}).status_code == 200


def test_a_case_in_other_hands_is_watched_until_it_is_taken_over(
    desk: Client, make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    operations.claim(other_manager, items=[Ref(dispute.pk)])
    page = desk.get(f"/lane/{dispute}/").content.decode()
    assert "other_manager opened this" in page
    assert 'id="decide"' not in page
    assert send(desk, dispute, {}, "lease").status_code == 409
    refused = send(desk, dispute, ACCEPT)
    assert refused.status_code == 409
    check_untouched(dispute, stage=Stage.IN_REVIEW)
    assert 'id="decide"' in send(desk, dispute, {}, "take").content.decode()
    dispute.refresh_from_db()
    assert dispute.assignee_id == manager.id
    assert send(desk, dispute, {}, "lease").status_code == 204


def test_a_lease_that_ran_out_is_taken_without_asking(
    desk: Client, make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    operations.claim(other_manager, items=[Ref(dispute.pk)])
    Dispute.objects.filter(pk=dispute.pk).update(claimed_until=clock.now() - timedelta(seconds=1))
    assert send(desk, dispute, {}, "lease").status_code == 204
    dispute.refresh_from_db()
    assert dispute.assignee_id == manager.id


def test_above_one_s_limit_it_becomes_a_recommendation(desk: Client, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    Role.objects.filter(key="manager").update(max_decision_micros={"USD": 10_000_000})
    assert "Recommend" in desk.get(f"/lane/{dispute}/").content.decode()
    answer = send(desk, dispute, ACCEPT)
    assert f"{dispute} recommended, waits for a second signature" in answer.headers["HX-Trigger"]
    assert Recommendation.objects.get().dispute_id == dispute.pk
    check_untouched(dispute, stage=Stage.IN_REVIEW)


def test_later_ask_and_duplicate(desk: Client, make_dispute: DisputeMaker, manager: Principal) -> None:
    first, second, third = (make_dispute() for _ in range(3))
    send(desk, first, {}, "lease")
    assert send(desk, first, {"until": "hour"}, "later").headers["HX-Push-Url"] == f"/lane/{second}/"
    first.refresh_from_db()
    assert (first.stage, Snooze.objects.get().dispute_id) == (Stage.PENDING, first.pk)
    assert "You put it off until" in desk.get(f"/lane/{first}/").content.decode()
    assert send(desk, first, {"until": "now"}, "later").status_code == 200
    assert not Snooze.objects.exists()

    empty = send(desk, second, {"text": " "}, "ask")
    assert (empty.status_code, "QUESTION_REQUIRED" in empty.content.decode()) == (422, True)
    assert send(desk, second, {"text": "Which number?"}, "ask").status_code == 200
    second.refresh_from_db()
    assert second.stage == Stage.INFO_NEEDED

    unknown = send(desk, third, {"of": "D-1"}, "duplicate")
    assert (unknown.status_code, "DUPLICATE_UNKNOWN" in unknown.content.decode()) == (422, True)
    assert (
        f'Marked as a repeat of <a href="/disputes/{first}/">'
        in send(desk, third, {"of": str(first.number)}, "duplicate").content.decode()
    )


def test_undo_brings_the_case_back_with_what_was_said(desk: Client, make_dispute: DisputeMaker) -> None:
    dispute, _ = make_dispute(), make_dispute()
    send(desk, dispute, {**ACCEPT, "findings": "ROBOCALL", "note": "Mine."})
    token = desk.session["undo"]["token"]
    back = desk.post("/lane/undo/", {"token": token}, headers=PART)
    text = back.content.decode()
    assert back.headers["HX-Push-Url"] == f"/lane/{dispute}/"
    assert 'value="ROBOCALL" checked' in text
    assert "Mine." in text
    assert "undo" not in desk.session
    assert desk.post("/lane/undo/", {"token": token}, headers=PART).headers["HX-Redirect"] == "/lane/"
    assert desk.post("/lane/undo/", {"token": "forged"})["Location"] == "/lane/"


def test_effects_follow_what_is_typed_and_heard(desk: Client, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    typed = {"amount": "1/3", "clawback": "none", "findings": "ROBOCALL"}
    text = send(desk, dispute, typed, "effects").content.decode()
    assert "In part $15.00" in text
    assert "-$10.00" not in text
    assert "Suggested" in text
    check_untouched(dispute)


def test_the_lane_is_for_those_who_decide_and_shows_only_their_own(
    desk: Client, make_dispute: DisputeMaker, buyer: Principal
) -> None:
    dispute = make_dispute()
    client = signed_in(buyer)
    assert client.get("/lane/").status_code == 403
    for to in ("decide", "take", "later", "ask", "duplicate", "effects", "lease"):
        assert send(client, dispute, ACCEPT, to).status_code == 403
        assert desk.post(f"/lane/D-99/{to}/", ACCEPT, headers=PART).status_code == 404
    check_untouched(dispute)
