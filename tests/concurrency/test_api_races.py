"""Callers of the web service at once: one winner among those who saw the same, and one dispute per key."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from makegood.api import rate
from makegood.api.tests.costguard.bill import Bill, build_bill
from makegood.disputes.models import Dispute
from makegood.journal.models import JournalEvent
from makegood.ledger.models import Adjustment
from tests.api_client import ApiClient, client_for
from tests.concurrency.threads import all_of, books_hold
from tests.world import World


@pytest.fixture
def bill(committed_world: World) -> Bill:
    """A bill that other connections see."""
    return build_bill(committed_world)


@pytest.fixture
def rep(bill: Bill) -> ApiClient:
    """A representative whose token all threads share."""
    rate.forget()
    return client_for(bill.world.person("billing"))


def test_of_writers_who_test_the_old_value_exactly_one_wins(bill: Bill, rep: ApiClient) -> None:
    filed = bill.filed(rep)

    def document(cents: int) -> list[dict[str, Any]]:
        test = {"op": "test", "path": "/amount", "value": "4.95"}
        return [test, {"op": "replace", "path": "/amount", "value": f"1.{cents:02d}"}]

    done = all_of([partial(rep.patch, filed.path, document(n)) for n in range(8)])
    won = [answer.json["amount"] for answer in done if answer.status == 200]
    lost = Counter((answer.status, answer.code) for answer in done if answer.status != 200)
    assert lost == {(409, "PATCH_TEST_FAILED"): 7}
    assert [filed.client.get(filed.path).json["amount"]] == won
    assert JournalEvent.objects.filter(event="dispute.edited").count() == 1


def test_of_equal_claims_at_once_one_is_filed(bill: Bill, rep: ApiClient) -> None:
    done = all_of([partial(rep.post, bill.path, bill.body()) for _ in range(8)])
    assert Counter(answer.status for answer in done) == {201: 1, 409: 7}
    assert {answer.code for answer in done if answer.status == 409} == {"ALREADY_DISPUTED"}
    assert Dispute.objects.count() == 1
    books_hold()


def test_one_key_sent_at_once_files_and_credits_once(bill: Bill, rep: ApiClient) -> None:
    key = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
    done = all_of([partial(rep.post, bill.path, bill.body(), headers=key) for _ in range(8)])
    assert {(answer.status, "" if answer.status == 201 else answer.code) for answer in done} <= {
        (201, ""), (409, "IDEMPOTENCY_IN_PROGRESS"),
    }  # fmt: skip
    made = {answer.json["disputeID"] for answer in done if answer.status == 201}
    assert len(made) == Dispute.objects.count() == 1
    place = f"{bill.path}/{made.pop()}/adjustment"
    done = all_of([partial(rep.post, place, {}) for _ in range(8)])
    assert Counter(answer.status for answer in done) == {201: 1, 409: 7}
    assert {answer.code for answer in done if answer.status == 409} <= {"ALREADY_ADJUSTED", "ALREADY_DECIDED"}
    assert Adjustment.objects.count() == 1
    books_hold()
