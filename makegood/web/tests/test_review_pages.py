"""The queue and the bench of reviews nobody asked for, without a browser: what is read, kept, refused, taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.models import Dispute, Review
from makegood.disputes.states import ChosenBy, ReviewState, Stage
from makegood.disputes.tests.reviewing import ONLY_RANDOM, call, found, queued, reviewing, trusted
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import change_settings
from makegood.web.tests.conftest import SignedIn
from tests.recordings import ready_recording
from tests.refusals import unchanged
from tests.world import World

PART = {"HX-Request": "true"}
NON_BILLABLE = {"verdict": "non_billable", "findings": "ROBOCALL", "at-ROBOCALL": "0:02", "pressed": "non_billable"}


@pytest.fixture
def bench(qa: Principal, signed_in: SignedIn) -> Client:
    """Somebody of quality assurance, who was granted what these calls cost."""
    return signed_in(trusted(qa))


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_the_queue_says_why_how_likely_and_how_far(world: World, qa: Principal, bench: Client) -> None:
    reviewing(world, {"sample_per_day": 2, "rules": {"short": {"seconds": 20}}})
    assert "Nothing was drawn yet" in text_of(bench.get("/reviews/"))
    calls = [call(world, vendor=world.vendor, duration_s=60) for _ in range(4)]
    assert bench.post("/reviews/draw/")["Location"] == "/reviews/"
    page = text_of(bench.get("/reviews/"))
    assert "2 of 4 calls and leads drawn at random, 0 more by rule." in page
    assert "Sample of today: 0 of 2" in page
    assert page.count("At random</td>") == 2
    assert ("50.0%" in page, "North Ads" in page) == (True, True)
    assert "Every day that is over was drawn already" in text_of(bench.post("/reviews/draw/", follow=True))
    assert len(calls) == 4


def test_filters_narrow_the_queue_and_the_next_one(world: World, bench: Client) -> None:
    random, short = queued(world), queued(world, chosen_by=ChosenBy.SHORT, why={"seconds": 7})
    page = text_of(bench.get("/reviews/?by=short"))
    assert "Short, 7 s" in page
    assert f"/reviews/{random.pk}/" not in page
    assert bench.get("/reviews/next/?by=short")["Location"] == f"/reviews/{short.pk}/?by=short"
    assert "Nothing matches." in text_of(bench.get("/reviews/?by=no_speech"))
    other = queued(world, call(world, vendor=world.other_vendor))
    page = text_of(bench.get(f"/reviews/?vendor={world.other_vendor.pk}&by=nonsense"))
    assert f"/reviews/{other.pk}/" in page
    assert f"/reviews/{short.pk}/" not in page


def test_a_finished_sample_says_so(world: World, qa: Principal, bench: Client) -> None:
    reviewing(world, ONLY_RANDOM)
    call(world)
    operations.queue_reviews(qa, programs=[world.program.key])
    review = Review.objects.get()
    assert bench.post(f"/reviews/{review.pk}/verdict/", {"verdict": "billable"})["Location"] == "/reviews/"
    assert "Sample complete for today: 1 of 1." in text_of(bench.get("/reviews/"))
    page = text_of(bench.get("/reviews/?tab=done"))
    assert f"/reviews/{review.pk}/" in page
    assert "Billable" in page
    assert "0 of 1</b> drawn at random" in text_of(bench.get("/reviews/?tab=found"))


def test_a_verdict_without_script(world: World, qa: Principal, bench: Client) -> None:
    first, second = queued(world), queued(world)
    page = text_of(bench.get(f"/reviews/{first.pk}/"))
    for part in ("Robocall, solicitor", "price shopper", "Shift+N", "$45.00", "Acme Plumbing"):
        assert part in page
    sent = {**NON_BILLABLE, "tags": ["price shopper"], "more_tags": "Robo  Call, #x", "note": "A recorded voice."}
    answer = bench.post(f"/reviews/{first.pk}/verdict/", sent)
    assert (answer.status_code, answer["Location"]) == (303, f"/reviews/{second.pk}/")
    first.refresh_from_db()
    assert first.tags == ["price shopper", "robo call", "x"]
    dispute = Dispute.objects.get()
    page = text_of(bench.get(f"/reviews/{second.pk}/"))
    assert f"Non-billable: {dispute} credits $45.00" in page
    token = page.split('name="token" value="')[1].split('"')[0]
    back = bench.post("/reviews/undo/", {"token": token})
    assert back["Location"] == f"/reviews/{first.pk}/"
    page = text_of(bench.get(f"/reviews/{first.pk}/"))
    assert ("A recorded voice." in page, 'value="0:02"' in page, 'value="robo call, x"' in page) == (True, True, True)
    dispute.refresh_from_db()
    assert dispute.stage == Stage.WITHDRAWN


def test_a_part_goes_on_with_the_next(world: World, bench: Client) -> None:
    first, second = queued(world), queued(world)
    answer = bench.post(f"/reviews/{first.pk}/verdict/", {"verdict": "unclear"}, headers=PART)
    assert answer["HX-Push-Url"] == f"/reviews/{second.pk}/"
    assert 'hx-swap-oob="innerHTML"' in text_of(answer)
    last = bench.post(f"/reviews/{second.pk}/verdict/", {"verdict": "billable"}, headers=PART)
    assert last["HX-Push-Url"] == "/reviews/"


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"verdict": ""}, 422, "Say what you heard"),
        ({"verdict": "non_billable", "pressed": "non_billable"}, 422, "mark a finding that a reason goes with"),
        ({**NON_BILLABLE, "at-ROBOCALL": "soon"}, 422, "TIME_UNREADABLE"),
        ({**NON_BILLABLE, "more_tags": "x" * 41}, 422, "BAD_TAG"),
    ],
)
def test_what_cannot_be_kept_keeps_what_was_typed(
    world: World, bench: Client, sent: dict[str, str], status: int, said: str
) -> None:
    review = queued(world)
    for headers in ({}, PART):
        with unchanged(but=("evidence_recording_access", "django_session")):
            answer = bench.post(f"/reviews/{review.pk}/verdict/", {**sent, "note": "My own words"}, headers=headers)
        assert answer.status_code == status
        assert said in text_of(answer)
        assert "My own words" in text_of(answer)


def test_unheard_asks_once_more(world: World, bench: Client) -> None:
    charge = call(world, heard=False)
    ready_recording(charge)
    review = queued(world, charge)
    sent = {"verdict": "non_billable", "findings": "ROBOCALL"}
    answer = bench.post(f"/reviews/{review.pk}/verdict/", sent, headers=PART)
    assert (answer.status_code, "Nothing was listened to." in text_of(answer)) == (422, True)
    assert not Dispute.objects.exists()
    bench.post(f"/reviews/{review.pk}/verdict/", {**sent, "pressed": "non_billable"}, headers=PART)
    assert Dispute.objects.get().stage == Stage.DECIDED


def test_two_people_see_each_other(world: World, bench: Client, signed_in: SignedIn) -> None:
    review, following = queued(world), queued(world)
    other = signed_in(world.person("qa", "mia"))
    assert other.post(f"/reviews/{review.pk}/lease/", headers=PART).status_code == 204
    taken = bench.post(f"/reviews/{review.pk}/lease/", headers=PART)
    assert (taken.status_code, "mia" in text_of(taken)) == (409, True)
    assert bench.get("/reviews/next/")["Location"] == f"/reviews/{following.pk}/"
    assert "You are watching" in text_of(bench.get(f"/reviews/{review.pk}/"))
    assert bench.post(f"/reviews/{review.pk}/verdict/", {"verdict": "billable"}).status_code == 409
    assert other.post(f"/reviews/{review.pk}/skip/")["Location"] == f"/reviews/{following.pk}/"
    review.refresh_from_db()
    assert review.state == ReviewState.QUEUED


def test_above_the_limit_the_page_says_so(world: World, bench: Client, qa: Principal) -> None:
    User.objects.filter(pk=qa.id).update(max_decision_micros={"USD": 1_000_000})
    review = queued(world)
    assert "waits for a second signature" in text_of(bench.get(f"/reviews/{review.pk}/"))
    answer = bench.post(f"/reviews/{review.pk}/verdict/", NON_BILLABLE, follow=True)
    assert "waits for a second signature" in text_of(answer)


def test_what_was_not_granted_is_said_before_the_key(world: World, bench: Client, qa: Principal) -> None:
    User.objects.filter(pk=qa.id).update(max_decision_micros=None)
    review = queued(world)
    said = "You credit nothing alone: a non-billable verdict proposes the credit of $45.00, and a second"
    assert said in text_of(bench.get(f"/reviews/{review.pk}/"))
    answer = bench.post(f"/reviews/{review.pk}/verdict/", NON_BILLABLE, follow=True)
    assert "waits for a second signature" in text_of(answer)
    assert Dispute.objects.get().stage == Stage.IN_REVIEW
    story = text_of(bench.get(f"/reviews/{review.pk}/"))
    assert "What happened to this review" in story
    assert "Found non-billable" in story


def test_who_they_are_is_confirmed_above_the_programs_amount(world: World, bench: Client) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reauth_above_micros": {"USD": 1_000_000}})
    review = queued(world)
    with clock.shifted(timedelta(minutes=10)):
        answer = bench.post(f"/reviews/{review.pk}/verdict/", NON_BILLABLE)
    assert answer.status_code in {303, 403}


def test_out_of_sight_is_absent(world: World, bench: Client, signed_in: SignedIn, buyer: Principal) -> None:
    review = queued(world)
    assert bench.get(f"/reviews/{review.pk + 1}/").status_code == 404
    assert bench.get(f"/reviews/{10**30}/").status_code == 404
    assert signed_in(buyer).get("/reviews/").status_code == 403
    assert bench.post("/reviews/undo/", {"token": "forged"})["Location"] == "/reviews/"
    for verb in ("lease", "skip", "verdict"):
        assert bench.post(f"/reviews/{review.pk + 1}/{verb}/", {"verdict": "billable"}).status_code == 404


def test_figures_weigh_by_chance(world: World, qa: Principal, bench: Client) -> None:
    for n, (verdict, chance) in enumerate([("non_billable", "0.5")] * 4 + [("billable", "0.1")] * 8):
        review = queued(world, call(world, vendor=world.vendor), chance=chance)
        Review.objects.filter(pk=review.pk).update(
            state="done", verdict=verdict, reviewer=qa.id, finished_at=clock.now(), tags=["spam"] if n < 4 else []
        )
    queued(world, chosen_by=ChosenBy.SHORT)
    operations.keep_review(qa, items=[found(Review.objects.get(state="queued"))])
    page = text_of(bench.get("/reviews/?tab=found"))
    assert "9.1%" in page  # 8 of 88
    assert "4 of 12 drawn at random" in page
    assert "stand for 88 calls" in page
    assert "spam 4" in page
    assert ">spam <b" in page


def test_the_plan_is_a_section_of_the_program(world: World, signed_in: SignedIn) -> None:
    admin = signed_in(world.person("admin"))
    at = f"/admin/programs/{world.program.key}/change/reviews/"
    sent = {
        "on": "1", "proactive_review.sample_per_day": "30", "proactive_review.per_rule": "5",
        "proactive_review.rules.short.seconds": "15", "proactive_review.tags": "Spam,  Price  Shopper",
    }  # fmt: skip
    answer = admin.post(at, {**sent, "proactive_review.sample_per_day": "many"})
    assert answer.status_code == 422
    assert admin.post(at, sent).status_code == 303
    world.program.refresh_from_db()
    assert world.program.settings["proactive_review"] == {
        "sample_per_day": 30,
        "per_rule": 5,
        "rules": {"no_speech": False, "short": {"seconds": 15}},
        "tags": ["spam", "price shopper"],
    }
    page = text_of(admin.get(f"/admin/programs/{world.program.key}/"))
    assert "Every day 30 undisputed calls and leads are drawn at random." in page
    assert admin.post(at, {**sent, "on": ""}).status_code == 303
    world.program.refresh_from_db()
    assert world.program.settings["proactive_review"] is False
