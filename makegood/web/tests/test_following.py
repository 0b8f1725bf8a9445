"""The pages that follow a dispute: question and answer, comments, re-review, the list as CSV, credits."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.entries import CommentItem, DecisionItem
from makegood.disputes.models import Comment, Dispute, DisputeFile, Heard
from makegood.disputes.states import DecisionKind, Stage, Visibility
from makegood.disputes.tests.test_heard import record
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

QUESTION, SECRET = "Which number called?", "We know this bot."
AGAIN = {"reopen": True, "max_rounds": 2, "appeal_days": 14}


def at(dispute: Dispute, step: str = "") -> str:
    return f"/disputes/D-{dispute.number}/{f'{step}/' if step else ''}"


def text(response: Any) -> str:
    return str(response.content.decode())


def table(client: Client, path: str) -> list[dict[str, str]]:
    response: Any = client.get(path)
    assert response.streaming
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


@pytest.fixture
def asked(make_dispute: DisputeMaker, manager: Principal, signed_in: SignedIn) -> Dispute:
    """A dispute with a question that the manager asked on its page, and a note that is no business of the buyer."""
    dispute = make_dispute()
    response = signed_in(manager).post(at(dispute, "ask"), {"text": QUESTION, "version": str(dispute.lock_version)})
    assert response.status_code == 303
    operations.comment(manager, items=[CommentItem(dispute.pk, SECRET, Visibility.INTERNAL)])
    dispute.refresh_from_db()
    return dispute


def test_the_question_stands_on_top_and_its_tab_counts_it(
    asked: Dispute, buyer: Principal, csr: Principal, signed_in: SignedIn
) -> None:
    assert asked.stage == Stage.INFO_NEEDED
    client = signed_in(buyer)
    page = text(client.get(at(asked)))
    for words in ("A question for you", QUESTION, "Without an answer the review goes on", "Send the answer"):
        assert words in page, words
    assert SECRET not in page
    assert str(asked) in text(client.get("/disputes/?tab=answer"))
    assert '<span id="count-answer" class="mg-count is-pending">1</span>' in text(client.get("/disputes/"))
    waiting = text(signed_in(csr).get("/disputes/?tab=answer"))
    assert ("Waiting for an answer" in waiting, "Acme Plumbing" in waiting, str(asked) in waiting) == (True,) * 3


def test_an_answer_comes_with_evidence_and_the_review_goes_on(
    asked: Dispute, buyer: Principal, manager: Principal, signed_in: SignedIn, evidence_here: Any
) -> None:
    client = signed_in(buyer)
    file = io.BytesIO(b"12:01 +1 312 555 0199")
    file.name = "calls.txt"
    response = client.post(at(asked, "answer"), {"text": "The man from Ohio.", "files": [file]})
    assert (response.status_code, response["Location"]) == (303, f"{at(asked)}#story")
    asked.refresh_from_db()
    assert asked.stage == Stage.IN_REVIEW
    assert DisputeFile.objects.get().dispute_id == asked.pk
    desk = text(signed_in(manager).get(at(asked)))
    for words in ("The man from Ohio.", "calls.txt", SECRET):
        assert words in desk, words
    assert "Needs your answer" in text(client.get("/disputes/"))
    assert str(asked) not in text(client.get("/disputes/?tab=answer"))


def test_refused_answers_change_nothing_and_lose_nothing(
    asked: Dispute, make_dispute: DisputeMaker, buyer: Principal, signed_in: SignedIn
) -> None:
    client, quiet = signed_in(buyer), make_dispute()
    with unchanged():
        empty = client.post(at(asked, "answer"), {"text": "  "})
        late = client.post(at(quiet, "answer"), {"text": "Nobody asked."})
    assert (empty.status_code, late.status_code) == (422, 409)
    assert 'id="q-error" role="alert"' in text(empty)
    assert "Please answer the question." in text(empty)


def test_what_is_asked_wrongly_is_said_at_its_field(
    make_dispute: DisputeMaker, manager: Principal, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    with unchanged():
        empty = client.post(at(dispute, "ask"), {"text": ""})
        stale = client.post(at(dispute, "ask"), {"text": "Who?", "version": "99"})
        silent = client.post(at(dispute, "comment"), {"text": " "})
    assert (empty.status_code, stale.status_code, silent.status_code) == (422, 409, 422)
    assert "Please say what you need to know." in text(empty)
    assert ">Who?</textarea>" in text(stale)
    assert "was changed meanwhile" in text(stale)
    assert "Please write something." in text(silent)


def test_comments_reach_the_other_side_and_notes_do_not(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    dispute, client, desk = make_dispute(), signed_in(buyer), signed_in(manager)
    client.post(at(dispute, "comment"), {"text": "It rang twice."})
    desk.post(at(dispute, "comment"), {"text": SECRET, "internal": "1"})
    desk.post(at(dispute, "comment"), {"text": "We listen again."})
    assert client.post(at(dispute, "comment"), {"text": "x", "internal": "1"}).status_code == 403
    page, other = text(client.get(at(dispute))), text(desk.get(at(dispute)))
    assert ("It rang twice." in other, SECRET in other) == (True, True)
    assert ("We listen again." in page, SECRET in page, "review team" in page) == (True, False, True)
    assert Comment.objects.count() == 3


@pytest.mark.parametrize("who", ["other_buyer", "stranger"])
def test_others_find_nothing_of_it(
    who: str, request: pytest.FixtureRequest, asked: Dispute, signed_in: SignedIn
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(at(asked, "story")).status_code == 404
    assert client.get(at(asked, "again")).status_code == 404
    assert client.get(at(asked, "withdraw")).status_code == 404
    with unchanged():
        for step in ("answer", "comment", "again"):
            assert client.post(at(asked, step), {"text": "Hello"}).status_code == 404, step


def test_a_vendor_has_no_way_there(asked: Dispute, vendor: Principal, signed_in: SignedIn) -> None:
    client = signed_in(vendor)
    paths = (at(asked, "story"), at(asked, "again"), "/disputes/export/", "/disputes/counts/", "/credits/")
    assert {client.get(path).status_code for path in paths} == {403}
    with unchanged():
        assert {client.post(at(asked, step), {"text": "x"}).status_code for step in ("answer", "ask")} == {403}


def test_inside_the_undo_window_the_page_is_that_of_a_review(
    make_dispute: DisputeMaker, world: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    change_settings(SYSTEM, program=world.program, settings=AGAIN)
    dispute, client = make_dispute(), signed_in(buyer)
    before = client.get(at(dispute, "story"))
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.REJECT, None, SECRET, ("ROBOCALL",))])
    page = text(client.get(at(dispute)))
    for words in (SECRET, "Robocall", "Rejected", "Ask for a re-review</a>", ">Decision<"):
        assert words not in page, words
    assert client.get(at(dispute, "story"), headers={"If-None-Match": before["ETag"]}).status_code == 304
    rows = table(client, "/disputes/export/")
    assert [(row["status"], row["decided_at"], row["credited"]) for row in rows] == [("Pending", "", "")]


def test_parts_that_ask_again_get_304_until_something_happens(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(buyer)
    for path, change in (
        (at(dispute, "story"), CommentItem(dispute.pk, "New", Visibility.PARTIES)),
        ("/disputes/counts/", None),
    ):
        first = client.get(path)
        assert first["Cache-Control"] == "private, no-store"
        same = {"If-None-Match": first["ETag"]}
        assert (client.get(path, headers=same).status_code, client.get(path, headers=same).content) == (304, b"")
        if change:
            operations.comment(manager, items=[change])
        else:
            make_dispute()
        assert client.get(path, headers=same).status_code == 200


def test_the_decision_says_what_was_heard_where_and_by_which_guideline(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    dispute, desk = make_dispute(), signed_in(manager)
    record(dispute)
    form = {
        "kind": "reject",
        "note": "A real caller.",
        "findings": ["PRICE_SHOPPER", "ORDINARY"],
        "at-NOBODY": "0:01",
        "listened_ms": "5000",
    }
    lane = f"/lane/D-{dispute.number}/decide/"
    for wrong, words in (("soon", "is not a time in the recording"), ("1:00", "The recording ends at 1:00")):
        with unchanged():
            refused = desk.post(lane, {**form, "at-PRICE_SHOPPER": wrong})
        assert (refused.status_code, words in text(refused)) == (422, True)
        assert f'value="{wrong}"' in text(refused)
    assert desk.post(lane, {**form, "at-PRICE_SHOPPER": "0:41"}).status_code == 303
    assert Heard.objects.get().start_ms == 41_000
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    page = text(signed_in(buyer).get(at(dispute)))
    assert 'data-play-at="41000"' in page
    assert "A caller who compares prices is a valid opportunity" in page
    assert f"/guidelines/{dispute.program.key}/PRICE_SHOPPER/" in page
    assert "Ordinary inquiry" in page
    guidelines = text(signed_in(buyer).get("/guidelines/"))
    assert 'id="f-PRICE_SHOPPER"' in guidelines


def test_a_re_review_is_asked_with_its_cause(
    make_dispute: DisputeMaker, world: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    change_settings(SYSTEM, program=world.program, settings=AGAIN)
    dispute, client = make_dispute(), signed_in(buyer)
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.REJECT, None, "A real caller.")])
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    assert "1 of 2 reviews used" in text(client.get(at(dispute)))
    with unchanged():
        refused = client.post(at(dispute, "again"), {"text": " "})
    assert (refused.status_code, "Please say why." in text(refused)) == (422, True)
    assert client.post(at(dispute, "again"), {"text": "Listen at 0:20."}).status_code == 303
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.round) == (Stage.PENDING, 2)
    assert "Listen at 0:20." in text(signed_in(manager).get(at(dispute)))
    with unchanged():
        late = client.post(at(dispute, "again"), {"text": "And again."})
    assert (late.status_code, "so this step is not possible" in text(late)) == (409, True)


def test_withdrawing_is_asked_first_only_where_nobody_can_open_it_again(
    make_dispute: DisputeMaker, world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(buyer)
    assert "Withdraw…" in text(client.get(at(dispute)))
    with unchanged():
        assert "It cannot be opened again in this program." in text(client.get(at(dispute, "withdraw")))
    change_settings(SYSTEM, program=world.program, settings=AGAIN)
    assert "Withdraw…" not in text(client.get(at(dispute)))
    assert client.post(at(dispute, "withdraw")).status_code == 303
    dispute.refresh_from_db()
    assert dispute.stage == Stage.WITHDRAWN


def test_the_list_as_csv_is_what_is_filtered_and_guarded(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    dispute, other = make_dispute(external_id="=1+1"), make_dispute(reason="PRANK")
    operations.comment(manager, items=[CommentItem(dispute.pk, "@here", Visibility.PARTIES)])
    client = signed_in(buyer)
    assert [row["dispute"] for row in table(client, "/disputes/export/")] == [str(other), str(dispute)]
    (row,) = table(client, "/disputes/export/?reason=SPAM&until=2999-01-01")
    assert (row["dispute"], row["charge"], row["last_message"]) == (str(dispute), "'=1+1", "'@here")
    assert (row["asked"], row["asked_currency"], row["asked_micros"]) == ("45.00", "USD", "45000000")
    assert row["time_zone"] == "America/New_York"
    assert row["sent_at"].endswith(("-05:00", "-04:00"))
    assert table(client, "/disputes/export/?until=2001-01-01&since=x") == []
    assert JournalEvent.objects.filter(event="list.exported").count() == 3


def test_credits_are_shown_by_period_and_as_csv(
    make_dispute: DisputeMaker,
    world: World,
    buyer: Principal,
    other_buyer: Principal,
    csr: Principal,
    manager: Principal,
    signed_in: SignedIn,
) -> None:
    dispute = make_dispute(tax_micros=3_600_000)
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.PARTIAL, 22_500_000, "Half of it.")])
    client = signed_in(buyer)
    assert "No credits in this period." in text(client.get("/credits/"))
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    page = text(client.get("/credits/"))
    for words in ("-$22.50", "-$1.80", "-$24.30", str(dispute), "Next bill"):
        assert words in page, words
    (row,) = table(client, "/credits/export/")
    assert (row["kind"], row["total"], row["running_micros"]) == ("credit", "-24.30", "-24300000")
    detail = text(client.get(at(dispute)))
    assert "It will stand on the next bill." in detail
    assert "-$24.30" in detail
    assert "-$24.30" not in text(signed_in(other_buyer).get(f"/credits/?customer={world.customer.pk}"))
    staff = signed_in(csr)
    assert f"?customer={world.customer.pk}" in text(staff.get("/credits/"))
    assert "-$24.30" in text(staff.get(f"/credits/?customer={world.customer.pk}"))
    assert staff.get("/credits/?customer=999999").status_code == 404
