"""Second signatures by the native service: 202 above the limit, then a second person."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from makegood.disputes.models import Decision, Dispute, Recommendation
from makegood.parties.entries import Principal
from makegood.parties.models import User
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import DisputeMaker

pytestmark = pytest.mark.django_db
PATH, LIST = "/api/v1/disputes", "/api/v1/recommendations"
_keys = count(1)


def post(client: ApiClient, path: str, body: Any = None) -> Answer:
    return client.post(path, body, headers={"If-Match": "*", "Idempotency-Key": f"sign-{next(_keys)}"})


def limited(client: ClientMaker, person: Principal, micros: int = 20_000_000) -> ApiClient:
    """Somebody who decides up to an amount alone."""
    User.objects.filter(pk=person.id or 0).update(max_decision_micros={"USD": micros})
    return client(person)


@pytest.mark.parametrize(
    ("word", "body", "kind", "credit"),
    [
        ("decision", {"kind": "accept", "findings": ["ROBOCALL"]}, "accept", "45.00"),
        ("decision", {"kind": "partial", "amount": "30.00", "explanation": "Most of it."}, "partial", "30.00"),
        ("adjustment", {"explanation": "All of it."}, "accept", "45.00"),
        ("adjustment", {"amount": "30.00", "explanation": "Most of it."}, "partial", "30.00"),
    ],
)
def test_above_the_limit_it_waits_and_a_second_person_signs(
    make_dispute: DisputeMaker,
    manager: Principal,
    other_manager: Principal,
    api_client: ClientMaker,
    word: str,
    body: dict[str, Any],
    kind: str,
    credit: str,
) -> None:
    dispute, author = make_dispute(), limited(api_client, manager)
    made = post(author, f"{PATH}/{dispute.public_id}/{word}", body)
    told = made.json
    assert (made.status, told["state"], told["kind"], told["credit"]["amount"]) == (202, "waiting", kind, credit)
    assert made.headers["Location"] == f"{LIST}/{told['id']}"
    assert (told["by"], told["approve"]["code"]) == ("manager", "OWN_RECOMMENDATION")
    assert author.get(f"{PATH}/{dispute.public_id}").json["stage"] == "in_review"
    second = api_client(other_manager)
    (listed,) = second.get(LIST).json["items"]
    assert (listed["id"], listed["approve"]["allowed"]) == (told["id"], True)
    signed = post(second, f"{LIST}/{told['id']}/approve")
    assert (signed.status, signed.json["state"], signed.json["amount"]["amount"]) == (201, "held", credit)
    read = second.get(f"{LIST}/{told['id']}").json
    assert (read["state"], read["answered_by"], read["decision"]) == ("approved", "other_manager", signed.json["id"])
    assert Decision.objects.get().by_id == manager.id


def test_who_may_not_sign_is_told_and_nothing_changes(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal, buyer: Principal, api_client: ClientMaker
) -> None:
    dispute, author = make_dispute(), limited(api_client, manager)
    made = post(author, f"{PATH}/{dispute.public_id}/decision", {"kind": "accept"}).json["id"]
    second, outsider = limited(api_client, other_manager), api_client(buyer)
    with unchanged(but=UNCOUNTED):
        own = post(author, f"{LIST}/{made}/approve")
        above = post(second, f"{LIST}/{made}/approve")
        again = post(second, f"{PATH}/{dispute.public_id}/decision", {"kind": "accept"})
        empty = post(second, f"{LIST}/{made}/decline", {"cause": " "})
        hidden = outsider.get(f"{LIST}/{made}")
        others = second.delete(f"{LIST}/{made}")
    assert [(one.status, one.code) for one in (own, above, again, empty, hidden, others)] == [
        (403, "OWN_RECOMMENDATION"),
        (403, "OVER_LIMIT"),
        (409, "RECOMMENDED"),
        (422, "CAUSE_REQUIRED"),
        (403, "PERMISSION_DENIED"),
        (403, "NOT_YOURS"),
    ]


def test_declined_it_goes_back_and_withdrawn_it_never_was(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal, api_client: ClientMaker
) -> None:
    dispute, author, second = make_dispute(), limited(api_client, manager), api_client(other_manager)
    first = post(author, f"{PATH}/{dispute.public_id}/decision", {"kind": "accept"}).json["id"]
    declined = post(second, f"{LIST}/{first}/decline", {"cause": "Listen to 0:41 again."}).json
    assert (declined["state"], declined["cause"]) == ("declined", "Listen to 0:41 again.")
    again = post(author, f"{PATH}/{dispute.public_id}/decision", {"kind": "accept"}).json["id"]
    assert author.delete(f"{LIST}/{again}").json["state"] == "withdrawn"
    assert author.delete(f"{LIST}/{again}").code == "ALREADY_ANSWERED"
    assert second.get(LIST).json["items"] == []
    row = Dispute.objects.get(pk=dispute.pk)
    assert (row.stage, row.assignee_id, row.waits_for_signature) == ("in_review", manager.id, False)
    assert set(Recommendation.objects.values_list("state", flat=True)) == {"declined", "withdrawn"}
