"""Out of scope is not there: every address answers a stranger like an address that leads nowhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.notifications.models import Digest
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

ABSENT = 987_654
READ = ("/calls/{charge}/", "/calls/{charge}/dispute/", "/disputes/D-{number}/", "/disputes/D-{number}/edit/",
        "/disputes/D-{number}/sent/")  # fmt: skip
WRITE = ("/calls/{charge}/dispute/", "/calls/{charge}/dispute/check/", "/disputes/D-{number}/withdraw/",
         "/disputes/D-{number}/edit/")  # fmt: skip
DESK = ("take", "lease", "effects", "decide", "later", "ask", "duplicate")
FORM = {"reason": "SPAM", "description": "Automated voice", "kind": "accept", "amount": "50%"}
SESSIONS = ("parties",)


def plain(body: bytes) -> str:
    """A page without what differs on every answer: tokens and the address itself."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value|"X-CSRFToken":) ?=?"[^"]*"', "", body.decode())
    return re.sub(r'(name="next" value|nonce)="[^"]*"', "", text)


@pytest.fixture
def addresses(make_dispute: DisputeMaker) -> dict[str, int]:
    dispute = make_dispute()
    return {"charge": dispute.charge_id, "number": dispute.number}


@pytest.mark.parametrize("who", ["other_buyer", "stranger"])
def test_pages_of_others_are_not_found(
    who: str, request: pytest.FixtureRequest, addresses: dict[str, int], signed_in: SignedIn
) -> None:
    client = signed_in(request.getfixturevalue(who))
    for path in READ:
        response = client.get(path.format(**addresses))
        absent = client.get(path.format(charge=ABSENT, number=ABSENT))
        assert (response.status_code, absent.status_code) == (404, 404), path
        assert plain(response.content) == plain(absent.content), path
        assert "Not found, or not yours." in response.content.decode()


@pytest.mark.parametrize("who", ["other_buyer", "stranger"])
def test_nothing_of_others_can_be_changed(
    who: str, request: pytest.FixtureRequest, addresses: dict[str, int], signed_in: SignedIn
) -> None:
    client = signed_in(request.getfixturevalue(who))
    with unchanged():
        for path in WRITE:
            assert client.post(path.format(**addresses), FORM).status_code == 404, path
        assert client.post("/calls/{charge}/dispute/draft/".format(**addresses), FORM).status_code in {303, 404}


@pytest.mark.parametrize("who", ["buyer", "other_buyer", "vendor", "csr", "qa"])
def test_only_those_who_decide_reach_the_desk(
    who: str, request: pytest.FixtureRequest, addresses: dict[str, int], signed_in: SignedIn
) -> None:
    client = signed_in(request.getfixturevalue(who))
    with unchanged():
        for step in DESK:
            assert client.post(f"/lane/D-{addresses['number']}/{step}/", FORM).status_code == 403, step
        for path in ("/plans/", "/queue/columns/", "/queue/views/", "/undo/"):
            assert client.post(path, FORM).status_code == 403, path
        assert client.get("/queue/").status_code == 403


@pytest.mark.parametrize("path", ["/calls/", "/disputes/", "/disputes/?tab=all", "/queue/"])
def test_a_person_without_grants_sees_empty_lists(
    path: str, stranger: Principal, addresses: dict[str, int], signed_in: SignedIn
) -> None:
    page = signed_in(stranger).get(path).content.decode()
    assert f"D-{addresses['number']}" not in page
    assert "$45.00" not in page


def test_a_vendor_has_no_way_to_calls_and_disputes(
    vendor: Principal, addresses: dict[str, int], signed_in: SignedIn
) -> None:
    client = signed_in(vendor)
    for path in ("/calls/", "/disputes/", *READ):
        assert client.get(path.format(**addresses)).status_code == 403, path


def test_adjusted_calls_are_those_of_ones_own_calls(
    world: World, make_dispute: DisputeMaker, manager: Principal, signed_in: SignedIn
) -> None:
    dispute = make_dispute()
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    own = signed_in(world.person("vendor", "v-one", vendor_number="V1")).get("/adjusted-calls/").content.decode()
    other = signed_in(world.person("vendor", "v-two", vendor_number="V2")).get("/adjusted-calls/").content.decode()
    assert dispute.charge.external_id in own
    assert "-$30.00" in own
    assert dispute.charge.external_id not in other
    assert "No adjustments." in other


def test_a_notice_of_somebody_else_is_not_found(buyer: Principal, other_buyer: Principal, signed_in: SignedIn) -> None:
    at = clock.now()
    digest = Digest.objects.create(
        recipient_id=buyer.id or 0, template="reviewed", window="4h", opens_at=at, due_at=at, flushed_at=at, count=1
    )
    client = signed_in(other_buyer)
    assert client.get(f"/notifications/{digest.pk}/").status_code == 404
    assert client.get(f"/disputes/?notice={digest.pk}").status_code == 404
    client.post("/notifications/read/", {"id": str(digest.pk)})
    digest.refresh_from_db()
    assert digest.read_at is None
