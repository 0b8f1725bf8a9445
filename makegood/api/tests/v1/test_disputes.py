"""Disputes of the native service: lists, one, its story, and what the caller may not know."""

from __future__ import annotations

from datetime import timedelta
from string import ascii_lowercase, ascii_uppercase, digits

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import CloseItem, Ref
from makegood.disputes.states import Door
from makegood.disputes.tests.money import decide, item
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.states import Verb
from tests.api_client import ClientMaker
from tests.world import DisputeMaker, World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/disputes"
LETTERS = ascii_uppercase + ascii_lowercase + digits + "-_"


def test_a_dispute_reads_as_its_buyer_may_know_it(
    make_dispute: DisputeMaker, buyer: Principal, api_client: ClientMaker, world: World
) -> None:
    dispute = make_dispute()
    found = api_client(buyer).get(f"{PATH}/{dispute.public_id}")
    body = found.json
    assert found.status == 200
    assert (body["id"], body["number"], body["charge"]) == (
        dispute.public_id,
        str(dispute),
        f"chg_{dispute.charge_id}",
    )
    assert body["asked"] == {"amount": "45.00", "currency": "USD"}
    assert (body["stage"], body["status"]["key"], body["version"]) == ("pending", "pending", None)
    assert body["reason"]["code"] == "SPAM"
    assert body["customer"] == {"id": world.customer.pk, "number": "B1", "name": "Acme Plumbing"}
    assert (body["vendor"], body["clawback"]) == (None, None)


def test_who_decides_reads_version_vendor_and_what_is_taken_back(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker
) -> None:
    dispute = make_dispute()
    body = api_client(manager).get(f"{PATH}/{dispute.public_id}").json
    assert (body["version"], body["vendor"]["number"]) == (1, "V1")
    assert body["clawback"] == {"amount": "0.00", "currency": "USD"}


def test_a_decision_that_waits_is_not_told_to_the_submitting_side(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, api_client: ClientMaker
) -> None:
    dispute = make_dispute()
    operations.claim(manager, items=[Ref(dispute.pk)])
    client = api_client(buyer)
    before = client.get(f"{PATH}/{dispute.public_id}")
    decide(manager, item(dispute))
    after = client.get(f"{PATH}/{dispute.public_id}")
    assert (after.json, after.headers["ETag"]) == (before.json, before.headers["ETag"])
    assert [client.get(f"{PATH}?{query}").json["items"] for query in ("stage=decided", "outcome=accepted")] == [[], []]
    assert len(client.get(f"{PATH}?stage=in_review").json["items"]) == 1
    known = api_client(manager).get(f"{PATH}/{dispute.public_id}").json
    assert (known["stage"], known["outcome"]) == ("decided", "accepted")
    assert client.get(f"/api/v1/decisions/{known['decision']}").status == 404


def test_a_list_pages_newest_first_and_counts_on_demand(
    make_dispute: DisputeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    numbers = [str(make_dispute()) for _ in range(3)]
    client = api_client(buyer)
    first = client.get(f"{PATH}?limit=2&count=true").json
    assert [one["number"] for one in first["items"]] == numbers[:0:-1]
    assert first["count"] == 3
    rest = client.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    assert [one["number"] for one in rest["items"]] == numbers[:1]
    assert (rest["next_cursor"], "count" in rest) == (None, False)


@pytest.mark.parametrize(
    ("query", "code", "told"),
    [
        ("limit=0", "BAD_PARAMETER", "limit: it is a whole number from 1 to 200."),
        ("limit=201", "BAD_PARAMETER", "limit: it is a whole number from 1 to 200."),
        ("limit=x", "BAD_PARAMETER", "limit: it is a whole number from 1 to 200."),
        ("limit=1&limit=2", "BAD_PARAMETER", "limit: it is given more than once."),
        ("count=yes", "BAD_PARAMETER", "count: it is true or false."),
        ("stage=draft", "BAD_PARAMETER", None),
        ("stagge=pending", "BAD_PARAMETER", "stagge: this list has no such parameter."),
        ("min_amount=1,5", "BAD_PARAMETER", "min_amount: it is a decimal number such as 9.99."),
        ("customer=ten", "BAD_PARAMETER", "customer: it is a whole number."),
        ("due_before=2026-01-01T00:00:00", "BAD_PARAMETER", None),
        ("cursor=abc", "BAD_CURSOR", "The cursor is damaged, or belongs to another list or caller."),
        ("cursor=%C3%A9", "BAD_CURSOR", "The cursor is damaged, or belongs to another list or caller."),
    ],
)
def test_a_parameter_that_is_not_right_is_refused(
    manager: Principal, api_client: ClientMaker, query: str, code: str, told: str | None
) -> None:
    found = api_client(manager).get(f"{PATH}?{query}")
    assert (found.status, found.code) == (400, code)
    assert told is None or found.detail == told


def test_a_cursor_belongs_to_one_list_and_one_caller(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, api_client: ClientMaker
) -> None:
    for _ in range(2):
        make_dispute()
    client = api_client(buyer)
    cursor = client.get(f"{PATH}?limit=1").json["next_cursor"]
    flipped = cursor[:-1] + LETTERS[LETTERS.index(cursor[-1]) ^ 1]  # by the bit that decoding may leave out
    tries = [
        api_client(manager).get(f"{PATH}?limit=1&cursor={cursor}"),
        client.get(f"{PATH}?limit=1&stage=pending&cursor={cursor}"),
        client.get(f"{PATH}?limit=1&cursor={flipped}"),
        client.get(f"/api/v1/submissions?cursor={cursor}"),
    ]
    assert [(one.status, one.code) for one in tries] == [(400, "BAD_CURSOR")] * 4


def test_lists_are_narrowed(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker, world: World
) -> None:
    mine, closed, small = make_dispute(), make_dispute(reason="BOT"), make_dispute(billed_micros=1_500_000)
    operations.claim(manager, items=[Ref(mine.pk)])
    operations.close(manager, items=[CloseItem(closed.pk)])
    client = api_client(manager)

    def found(query: str) -> list[str]:
        return [one["number"] for one in client.get(f"{PATH}?{query}").json["items"]]

    assert found("assignee=me") == found(f"assignee={manager.id}") == found("stage=in_review") == [str(mine)]
    assert found("status=closed") == found("reason=BOT") == [str(closed)]
    assert found("max_amount=1.50") == found(f"charge=chg_{small.charge_id}") == [str(small)]
    assert found("status=pending&min_amount=2") == [str(mine)]
    assert found(f"number={str(mine).lower()}") == [str(mine)]
    assert found(f"customer={world.other_customer.pk}") == []
    assert found(f"program={world.program.key}&vendor={world.vendor.pk}&limit=1") == [str(small)]
    assert found("submitted_from=2001-01-01T00:00:00Z&submitted_to=2002-01-01T00:00:00Z") == []


@pytest.mark.parametrize("query", ["assignee=me", "due_before=2030-01-01T00:00:00Z", "vendor=1"])
def test_who_works_on_what_is_asked_by_those_who_decide(buyer: Principal, api_client: ClientMaker, query: str) -> None:
    found = api_client(buyer).get(f"{PATH}?{query}")
    assert (found.status, found.code) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("method", ["GET", "PATCH", "POST"])
def test_absent_and_not_theirs_read_alike(
    make_dispute: DisputeMaker, other_buyer: Principal, api_client: ClientMaker, method: str
) -> None:
    dispute = make_dispute()
    client = api_client(other_buyer)
    places = {"GET": ["", "/history", "/comments", "/promise"], "PATCH": [""], "POST": ["/withdraw", "/comments"]}[
        method
    ]
    for place in places:
        for public_id in (dispute.public_id, "dsp_00000000000000000000000000", "dsp_'--", "7"):
            found = client.send(method, f"{PATH}/{public_id}{place}", body={} if method != "GET" else None)
            told = f"You do not have access to Dispute ID {public_id} or it does not exist."
            assert (found.status, found.code, found.detail) == (404, "NOT_FOUND", told)
    assert client.get(PATH).json["items"] == []


def test_a_person_without_the_permission_is_told_so(vendor: Principal, api_client: ClientMaker) -> None:
    client = api_client(vendor)
    for path in (PATH, f"{PATH}/dsp_1", f"{PATH}/dsp_1/history"):
        found = client.get(path)
        assert (found.status, found.code) == (403, "PERMISSION_DENIED")


def test_304_where_the_caller_has_it_already(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker
) -> None:
    dispute = make_dispute()
    client = api_client(manager)
    path = f"{PATH}/{dispute.public_id}"
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status, again.content, again.headers["ETag"]) == (304, b"", tag)
    operations.claim(manager, items=[Ref(dispute.pk)])
    assert client.get(path, headers={"If-None-Match": tag}).status == 200


def test_the_story_leaves_out_what_is_not_theirs(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, api_client: ClientMaker
) -> None:
    dispute = make_dispute()
    operations.claim(manager, items=[Ref(dispute.pk)])
    decide(manager, item(dispute), door=Door.API)
    path = f"{PATH}/{dispute.public_id}/history"
    told = [step["event"] for step in api_client(buyer).get(path).json["items"]]
    all_of_it = [step["event"] for step in api_client(manager).get(path).json["items"]]
    assert told == ["dispute.submitted", "dispute.committed"]
    assert all_of_it == ["dispute.submitted", "dispute.claimed", "dispute.decided", "dispute.committed"]


def test_a_token_and_a_dispute_are_read_in_a_statement_each(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker, django_assert_num_queries: object
) -> None:
    dispute = make_dispute()
    client = api_client(manager)
    client.get(f"{PATH}/{dispute.public_id}")
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert client.get(f"{PATH}/{dispute.public_id}").status == 200


def test_scopes_of_a_token_narrow_what_its_person_may(
    make_dispute: DisputeMaker, manager: Principal, api_client: ClientMaker
) -> None:
    dispute = make_dispute()
    client = api_client(manager, scopes=[Verb.DISPUTE_VIEW])
    body = client.get(f"{PATH}/{dispute.public_id}").json
    assert body["version"] is None
    assert {action["code"] for action in body["actions"]} == {"PERMISSION_DENIED"}
    refused = client.post(f"{PATH}/{dispute.public_id}/claim", headers={"If-Match": "*"})
    assert (refused.status, refused.code) == (403, "PERMISSION_DENIED")


def test_the_promise_names_the_time_and_the_place_in_the_line(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, api_client: ClientMaker, world: World
) -> None:
    sla = {"decision": {"target_hours": 24, "breach_hours": 48}}
    world.program.settings = {**world.program.settings, "sla": sla, "queue": {"order": "fifo"}}
    world.program.save()
    first, second = make_dispute(), make_dispute()
    client = api_client(buyer)
    body = client.get(f"{PATH}/{second.public_id}/promise").json
    assert second.submitted_at is not None
    by = (second.submitted_at + timedelta(hours=48)).isoformat().replace("+00:00", "Z")
    assert (body["waits"], body["usually"], body["paused_since"], body["usual"]) == (True, "24 to 48 hours", None, None)
    assert body["decided_by"][:19] == by[:19]
    assert body["place"] == {"before": 1, "at_least": False, "in_order": True}
    etag = client.get(f"{PATH}/{second.public_id}").headers["ETag"]
    decide(manager, item(first))
    operations.commit_due()
    assert client.get(f"{PATH}/{second.public_id}").headers["ETag"] == etag
    nothing = {"decided_by": None, "usually": "", "paused_since": None, "place": None, "usual": None}
    with clock.shifted(timedelta(minutes=5)):
        operations.commit_due()
        assert client.get(f"{PATH}/{first.public_id}/promise").json == {"waits": False, **nothing}
        assert client.get(f"{PATH}/{second.public_id}/promise").json["place"]["before"] == 0
