"""What can be done with a dispute: If-Match, each verb, what a refusal says, and the actions that tell of it before."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import CloseItem, Ref
from makegood.disputes.lifecycle import TABLE, Who
from makegood.disputes.models import Comment, Dispute
from makegood.disputes.selectors.actions import OF_A_DISPUTE
from makegood.disputes.states import Door, Stage
from makegood.disputes.tests.money import decide, item
from makegood.parties.entries import Principal
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/disputes"
_keys = count(1)


def do(client: ApiClient, dispute: Dispute, word: str, body: Any = None, tag: str = "") -> Answer:
    """One verb, with the ETag of now unless another is given."""
    place = f"{PATH}/{dispute.public_id}"
    tag = tag or client.get(place).headers["ETag"]
    return client.post(f"{place}/{word}", body, headers={"If-Match": tag, "Idempotency-Key": f"verb-{next(_keys)}"})


def test_a_question_goes_back_and_forth(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, api_client: ClientMaker
) -> None:
    dispute, asks, answers = make_dispute(), api_client(manager), api_client(buyer)
    claimed = do(asks, dispute, "claim")
    assert (claimed.status, claimed.json["stage"], claimed.json["assignee"]) == (200, "in_review", "manager")
    assert do(asks, dispute, "release").json["stage"] == "pending"
    do(asks, dispute, "claim")
    asked = do(asks, dispute, "request-info", {"question": "Who called?"})
    assert (asked.status, asked.json["stage"]) == (200, "info_needed")
    told = do(answers, dispute, "provide-info", {"answer": "Nobody we know."})
    assert (told.status, told.json["stage"]) == (200, "in_review")
    said = answers.get(f"{PATH}/{dispute.public_id}/comments").json["items"]
    assert [(one["kind"], one["text"]) for one in said] == [("question", "Who called?"), ("answer", "Nobody we know.")]


def test_a_buyer_withdraws_and_cannot_do_it_twice(
    make_dispute: DisputeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    done = do(client, dispute, "withdraw")
    assert (done.status, done.json["stage"]) == (200, "withdrawn")
    with unchanged(but=UNCOUNTED):
        again = do(client, dispute, "withdraw", tag="*")
    assert (again.status, again.code, again.detail) == (
        409,
        "DISPUTE_CLOSED",
        f"{dispute} is withdrawn and cannot be changed.",
    )


def test_closed_reopened_and_reviewed_again(
    make_dispute: DisputeMaker, biller: Principal, manager: Principal, api_client: ClientMaker, world: World
) -> None:
    world.program.settings |= {"reopen": True, "max_rounds": 3, "re_review": {"allowed": True}}
    world.program.save()
    dispute, client = make_dispute(), api_client(manager)
    closed = do(client, dispute, "close", {"note": "Duplicate."})
    assert (closed.status, closed.json["stage"], closed.json["outcome"]) == (200, "closed", None)
    assert do(client, dispute, "close").code == "ALREADY_CLOSED"
    again = do(client, dispute, "reopen", {"cause": "It was none."})
    assert (again.status, again.json["stage"], again.json["round"]) == (200, "pending", 2)
    assert do(client, dispute, "reopen", {"cause": "Again."}).code == "NOT_CLOSED"
    operations.close(manager, items=[CloseItem(dispute.pk)])
    asked = do(api_client(biller), dispute, "re-review", {"cause": "Please look."})
    assert (asked.status, asked.json["round"]) == (200, 3)


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "PRECONDITION_REQUIRED"),
        ('"7"', 412, "PRECONDITION_FAILED"),
        ('W/"1"', 400, "BAD_HEADER"),
        ("1", 400, "BAD_HEADER"),
    ],
)
def test_a_change_names_what_it_was_read_as(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker, tag: str | None, status: int, code: str
) -> None:
    dispute, client = make_dispute(), api_client(manager)
    with unchanged(but=UNCOUNTED):
        found = client.post(f"{PATH}/{dispute.public_id}/claim", headers={"If-Match": tag} if tag else {})
    assert (found.status, found.code) == (status, code)
    if status == 412:
        now = client.get(f"{PATH}/{dispute.public_id}")
        assert (found.json["current"], found.headers["ETag"]) == (now.json, now.headers["ETag"])


def test_a_claim_leaves_a_change_that_was_begun_possible(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(manager)
    tag = client.get(f"{PATH}/{dispute.public_id}").headers["ETag"]
    operations.claim(manager, items=[Ref(dispute.pk)])
    assert do(client, dispute, "close", tag=tag).status == 200


def test_the_submitting_side_reads_before_it_changes(
    make_dispute: DisputeMaker, buyer: Principal, csr: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    tag = client.get(f"{PATH}/{dispute.public_id}").headers["ETag"]
    changed = do(api_client(csr), dispute, "comments", {"text": "Called them.", "visibility": "parties"})
    assert changed.status == 201
    patched = api_client(csr).patch(
        f"{PATH}/{dispute.public_id}",
        [{"op": "replace", "path": "/description", "value": "Another text, long enough"}],
        headers={"If-Match": "*"},
    )
    assert patched.status == 200
    stale = do(client, dispute, "withdraw", tag=tag)
    assert (stale.status, stale.code) == (412, "PRECONDITION_FAILED")
    assert stale.json["current"]["description"] == "Another text, long enough"


def test_a_document_changes_what_was_asked(
    make_dispute: DisputeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    place = f"{PATH}/{dispute.public_id}"

    def patch(*steps: dict[str, Any]) -> Answer:
        return client.patch(place, list(steps), headers={"If-Match": client.get(place).headers["ETag"]})

    test = {"op": "test", "path": "/amount", "value": "45.0"}
    done = patch(test, {"op": "replace", "path": "/reason", "value": "BOT"})
    assert (done.status, done.json["reason"]["code"], done.json["asked"]["amount"]) == (200, "BOT", "45.00")
    with unchanged(but=UNCOUNTED):
        failed = patch({"op": "test", "path": "/amount", "value": 44})
        forbidden = patch({"op": "replace", "path": "/stage", "value": "closed"})
        unknown = patch({"op": "replace", "path": "/type", "value": "weather"})
        too_much = patch({"op": "replace", "path": "/amount", "value": "46.00"})
        nothing = patch()
    assert [(one.status, one.code) for one in (failed, forbidden, unknown)] == [
        (409, "PATCH_TEST_FAILED"),
        (422, "PATCH_PATH_NOT_ALLOWED"),
        (422, "UNKNOWN_TYPE"),
    ]
    assert (too_much.status, nothing.status) == (422, 200)


def test_comments_are_read_by_those_they_are_for(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, api_client: ClientMaker
) -> None:
    dispute, decides, files = make_dispute(), api_client(manager), api_client(buyer)
    place = f"{PATH}/{dispute.public_id}/comments"
    version = Dispute.objects.get().lock_version
    made = decides.post(place, {"text": "A known bot."})
    assert (made.status, made.headers["Location"], made.json["visibility"]) == (201, place, "internal")
    decides.post(place, {"text": "We are looking.", "visibility": "parties"})
    assert files.post(place, {"text": "Thank you.", "visibility": "parties"}).status == 201
    assert [one["text"] for one in files.get(place).json["items"]] == ["We are looking.", "Thank you."]
    assert len(decides.get(place).json["items"]) == 3
    told = [step["event"] for step in files.get(f"{PATH}/{dispute.public_id}/history").json["items"]]
    assert told == ["dispute.submitted", "dispute.commented", "dispute.commented"]
    assert Dispute.objects.get().lock_version == version
    with unchanged(but=UNCOUNTED):
        secret = files.post(place, {"text": "A note"})
        empty = decides.post(place, {"text": "   "})
    assert (secret.status, secret.code) == (403, "PERMISSION_DENIED")
    assert (empty.status, empty.code, empty.detail) == (422, "COMMENT_REQUIRED", "Please write something.")
    assert Comment.objects.count() == 3


@pytest.mark.parametrize("word", ["claim", "release", "close", "reopen", "adjustment", "decision", "reversal"])
def test_a_buyer_does_not_do_what_deciders_do(
    make_dispute: DisputeMaker, buyer: Principal, api_client: ClientMaker, word: str
) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    with unchanged(but=UNCOUNTED):
        found = do(client, dispute, word, {})
    assert (found.status, found.code) == (403, "PERMISSION_DENIED")


def test_actions_are_the_rows_of_the_table() -> None:
    assert [row.verb for row in OF_A_DISPUTE] == [
        row.verb for row in TABLE if None not in row.source and row.who != {Who.SYSTEM}
    ]


WORDS: dict[str, tuple[str, Any]] = {
    "claim": ("claim", None),
    "release": ("release", None),
    "withdraw": ("withdraw", None),
    "request_info": ("request-info", {"question": "Who?"}),
    "provide_info": ("provide-info", {"answer": "Me."}),
    "close": ("close", None),
    "reopen": ("reopen", {"cause": "Once more"}),
    "request_re_review": ("re-review", {"cause": "Once more"}),
    "accept": ("decision", {"kind": "accept", "explanation": "Yes"}),
    "reject": ("decision", {"kind": "reject", "explanation": "No"}),
    "adjust": ("adjustment", {"explanation": "Yes"}),
    "reverse": ("reversal", None),
    "apply_fee": ("reversal-fee", None),
}


@pytest.mark.parametrize("stage", [Stage.PENDING, Stage.IN_REVIEW, Stage.DECIDED, Stage.RESOLVED, Stage.CLOSED])
def test_actions_say_what_the_verbs_answer(
    make_dispute: DisputeMaker, biller: Principal, manager: Principal, api_client: ClientMaker, stage: Stage
) -> None:
    dispute = make_dispute()
    if stage is Stage.IN_REVIEW:
        operations.claim(manager, items=[Ref(dispute.pk)])
    if stage in (Stage.DECIDED, Stage.RESOLVED):
        decide(manager, item(dispute), door=Door.API if stage is Stage.RESOLVED else Door.DESK)
    if stage is Stage.CLOSED:
        operations.close(manager, items=[CloseItem(dispute.pk)])
    client = api_client(biller)
    said = {one["verb"]: one for one in client.get(f"{PATH}/{dispute.public_id}").json["actions"]}
    for verb, (word, body) in WORDS.items():
        if said[verb]["allowed"]:
            continue
        with unchanged(but=UNCOUNTED):
            found = do(client, dispute, word, body)
        assert (verb, found.code, found.detail) == (verb, said[verb]["code"], said[verb]["message"])
