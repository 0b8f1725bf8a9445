"""Decisions by the native service: held, taken back, committed; and what moves money at once."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.models import Dispute, Heard
from makegood.disputes.tests.test_heard import record
from makegood.kernel import clock
from makegood.ledger.models import Adjustment
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/disputes"
_keys = count(1)


def post(client: ApiClient, dispute: Dispute, word: str, body: Any, **headers: str) -> Answer:
    """One call that moves money."""
    sent = {"If-Match": "*", "Idempotency-Key": f"money-{next(_keys)}", **headers}
    return client.post(f"{PATH}/{dispute.public_id}/{word}", body, headers={k: v for k, v in sent.items() if v})


def test_a_decision_is_held_and_can_be_taken_back(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(manager)
    held = post(client, dispute, "decision", {"kind": "accept"}, **{"If-Match": '"1"'})
    body = held.json
    assert (held.status, body["state"], body["amount"]) == (201, "held", {"amount": "45.00", "currency": "USD"})
    assert (body["version"], held.headers["ETag"], held.headers["Location"]) == (
        2,
        '"2"',
        f"/api/v1/decisions/{body['id']}",
    )
    read = client.get(f"/api/v1/decisions/{body['id']}").json
    assert (read["state"], read["kind"], read["commits_at"]) == ("held", "accept", body["commits_at"])
    undone = client.delete(f"/api/v1/decisions/{body['id']}")
    assert (undone.status, undone.json["stage"], undone.json["outcome"]) == (200, "in_review", None)
    assert client.get(f"/api/v1/decisions/{body['id']}").json["state"] == "undone"
    assert client.delete(f"/api/v1/decisions/{body['id']}").code == "WRONG_STAGE"
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("committed", [False, True])
def test_after_its_window_a_decision_stays(
    make_dispute: DisputeMaker,
    manager: Principal,
    buyer: Principal,
    api_client: ClientMaker,
    monkeypatch: pytest.MonkeyPatch,
    *,
    committed: bool,
) -> None:
    dispute, client = make_dispute(), api_client(manager)
    made = post(client, dispute, "decision", {"kind": "accept"}).json["id"]
    later = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    if committed:
        operations.commit_due()
    with unchanged(but=UNCOUNTED):
        found = client.delete(f"/api/v1/decisions/{made}")
    told = f"The time to undo {dispute} is over; the money has moved."
    assert (found.status, found.code, found.detail) == (409, "UNDO_EXPIRED", told)
    assert api_client(buyer).get(f"/api/v1/decisions/{made}").status == (200 if committed else 404)


def test_a_program_without_a_window_commits_at_once(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker, world: World
) -> None:
    program = Program.objects.get(pk=world.program.pk)
    program.settings["undo_seconds"] = {}
    program.save()
    dispute, client = make_dispute(), api_client(manager)
    made = post(client, dispute, "decision", {"kind": "accept"}).json
    assert (made["state"], made["commits_at"]) == ("committed", None)
    now = client.get(f"{PATH}/{dispute.public_id}").json
    assert (now["stage"], now["credited"]["amount"], now["version"]) == ("closed", "45.00", made["version"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "perhaps"}, 422, "FIELD_INVALID"),
        ({"kind": "partial"}, 422, "FIELD_REQUIRED"),
        ({"kind": "accept", "amount": "5.00"}, 422, "FIELD_INVALID"),
        ({"kind": "partial", "amount": "45.00", "explanation": "All"}, 422, "PARTIAL_OUT_OF_RANGE"),
        ({"kind": "partial", "amount": "5.001"}, 422, "FIELD_INVALID"),
        ({"kind": "reject"}, 422, "EXPLANATION_REQUIRED"),
        ({"kind": "accept", "claw_back": "31.00"}, 422, "CLAWBACK_OUT_OF_RANGE"),
        ({"kind": "accept", "undo": False}, 422, "UNKNOWN_FIELD"),
    ],
)
def test_a_decision_that_is_not_right_is_refused(
    make_dispute: DisputeMaker,
    manager: Principal,
    api_client: ClientMaker,
    body: dict[str, Any],
    status: int,
    code: str,
) -> None:
    dispute, client = make_dispute(), api_client(manager)
    with unchanged(but=UNCOUNTED):
        found = post(client, dispute, "decision", body)
    assert (found.status, found.code) == (status, code)


@pytest.mark.parametrize("word", ["decision", "adjustment", "reversal", "reversal-fee"])
@pytest.mark.parametrize(
    ("missing", "status", "code"),
    [("Idempotency-Key", 400, "IDEMPOTENCY_KEY_REQUIRED"), ("If-Match", 428, "PRECONDITION_REQUIRED")],
)
def test_a_key_and_a_version_are_required(
    make_dispute: DisputeMaker,
    manager: Principal,
    api_client: ClientMaker,
    word: str,
    missing: str,
    status: int,
    code: str,
) -> None:
    dispute, client = make_dispute(), api_client(manager)
    with unchanged(but=UNCOUNTED):
        found = post(client, dispute, word, {"kind": "accept"} if word == "decision" else {}, **{missing: ""})
    assert (found.status, found.code) == (status, code)


def test_the_same_key_decides_once(make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker) -> None:
    dispute, client = make_dispute(), api_client(manager)
    sent = {"Idempotency-Key": "decide-once", "If-Match": '"1"'}
    first = post(client, dispute, "decision", {"kind": "accept"}, **sent)
    again = post(client, dispute, "decision", {"kind": "accept"}, **sent)
    assert (again.status, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")
    assert Dispute.objects.get().lock_version == 2


def test_credit_reversal_and_fee(make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker) -> None:
    dispute, client = make_dispute(), api_client(manager)
    credited = post(client, dispute, "adjustment", {"amount": "20.00", "explanation": "Half of it"})
    assert (credited.status, credited.json["stage"], credited.json["outcome"], credited.json["credited"]["amount"]) == (
        201,
        "resolved",
        "accepted_partial",
        "20.00",
    )
    assert credited.headers["Location"] == f"{PATH}/{dispute.public_id}"
    reversed_ = post(client, dispute, "reversal", None, **{"If-Match": credited.headers["ETag"]})
    assert (reversed_.status, reversed_.json["credited"]["amount"]) == (201, "0.00")
    fee = post(client, dispute, "reversal-fee", {"amount": "1.00"})
    assert fee.status == 201 or fee.code == "FEE_NOT_OFFERED"
    with unchanged(but=UNCOUNTED):
        again = post(client, dispute, "reversal", {})
    assert (again.status, again.code) == (409, "ALREADY_REVERSED")


def test_what_is_taken_back_is_said_by_those_who_see_payouts(
    make_dispute: DisputeMaker, biller: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(biller)
    with unchanged(but=UNCOUNTED):
        found = post(client, dispute, "decision", {"kind": "accept", "claw_back": "1.00"})
    assert (found.status, found.code) == (403, "PERMISSION_DENIED")


def test_decisions_of_others_read_like_absent_ones(
    make_dispute: DisputeMaker, manager: Principal, other_buyer: Principal, api_client: ClientMaker
) -> None:
    made = post(api_client(manager), make_dispute(), "decision", {"kind": "accept"}).json["id"]
    client = api_client(other_buyer)
    for text in (made, "dec_999999", "dec_x"):
        found = client.get(f"/api/v1/decisions/{text}")
        assert (found.status, found.detail) == (
            404,
            f"You do not have access to Decision ID {text} or it does not exist.",
        )


def test_what_was_heard_comes_with_the_decision(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(manager)
    body = {"kind": "accept", "findings": ["ROBOCALL"], "heard": [{"finding": "ROBOCALL", "start_ms": 41_000}]}
    with unchanged(but=UNCOUNTED):
        silent = post(client, dispute, "decision", body)
    record(dispute)
    assert (silent.status, silent.code) == (422, "NOTHING_TO_HEAR")
    with unchanged(but=UNCOUNTED):
        other = post(client, dispute, "decision", {**body, "findings": []})
        beyond = post(client, dispute, "decision", {**body, "heard": [{"finding": "ROBOCALL", "start_ms": 60_000}]})
    assert (other.code, beyond.code) == ("FINDING_UNKNOWN", "HEARD_BEYOND_RECORDING")
    assert post(client, dispute, "decision", body).status == 201
    assert Heard.objects.get().start_ms == 41_000
