"""The health page says what is wrong, with the query that found it; proofs are asked for and done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem
from makegood.disputes.states import DecisionKind
from makegood.journal.models import JournalCursor
from makegood.journal.operations import record
from makegood.journal.selectors import history
from makegood.kernel import clock
from makegood.kernel.health import Checked, Unit
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.project import proving
from makegood.web import health
from makegood.web.templatetags.health import measure
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

LATE = "Oldest decision whose undo window ended and whose money has not moved"


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def troubles(admin: Principal) -> list[Checked]:
    """What the page would point at, leaving out how far readers have come: nobody reads in a test."""
    return [found for found in health.health(admin).troubles if "reader" not in found.check.name]


def test_an_installation_at_rest_has_no_troubles(admin: Principal) -> None:
    assert troubles(admin) == []


def test_a_decision_that_is_not_committed_is_pointed_at_until_it_is(
    admin: Principal, manager: Principal, make_dispute: DisputeMaker
) -> None:
    operations.decide(manager, items=[DecisionItem(make_dispute().pk, DecisionKind.ACCEPT)])
    assert troubles(admin) == []
    with clock.shifted(timedelta(minutes=5)):
        (found,) = troubles(admin)
        assert found.check.name == LATE
        assert 285 <= found.readings[0].number <= 300
        operations.commit_due()
        assert troubles(admin) == []


def test_a_reader_that_stopped_is_named(admin: Principal) -> None:
    JournalCursor.objects.get_or_create(reader="figures")
    record(SYSTEM, verb="try", event="system.tried", object_kind="system", object_id=0)
    with clock.shifted(timedelta(hours=2)):
        lag = next(found for found in health.health(admin).troubles if "reader" in found.check.name)
    assert {reading.what for reading in lag.readings if not reading.is_fine} >= {"figures"}


def test_a_proof_that_is_asked_for_is_done_though_the_last_one_is_young(world: World, admin: Principal) -> None:
    record(SYSTEM, verb="verify", event=health.PROVEN, object_kind="system", object_id=0, changes={"laws": 1})
    assert not proving.is_due()
    with clock.shifted(timedelta(minutes=1)):
        health.ask_for_proof(admin)
        health.ask_for_proof(admin)
    assert len([event for event in history("system", 0) if event.event == health.ASKED]) == 1
    assert health.proven().is_asked


@pytest.mark.parametrize("role", ["buyer", "manager", "csr", "billing", "qa"])
def test_others_neither_see_nor_ask(world: World, role: str, signed_in: SignedIn) -> None:
    person = world.person(role, f"h-{role}", **({"customer_number": "B1"} if role == "buyer" else {}))
    client = signed_in(person)
    with unchanged():
        for path in ("/admin/health/", "/admin/health/ledger/"):
            assert client.get(path).status_code == 403
        assert client.post("/admin/health/prove/").status_code == 403
        with pytest.raises(NotPermitted):
            health.ask_for_proof(person)


def test_the_page_shows_queries_and_the_ledger_adds_up(
    admin: Principal, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    operations.decide(manager, items=[DecisionItem(make_dispute().pk, DecisionKind.ACCEPT)])
    with clock.shifted(timedelta(minutes=1)):
        operations.commit_due()
    client = signed_in(admin)
    page = client.get("/admin/health/").content.decode()
    assert LATE in page
    assert "FROM disputes_dispute WHERE stage = &#x27;decided&#x27;" in page
    ledger = client.get("/admin/health/ledger/").content.decode()
    assert "The ledger holds: 1 entry, 4 postings, 1 adjustment, " in ledger
    assert ledger.count("$75.00") == 2


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (-3, "0 s"), (59, "59 s"), (7_500, "2 h 5 min"), (90_061, "1 d 1 h")]
)
def test_times_read_in_two_units(seconds: int, words: str) -> None:
    assert measure(seconds, Unit.SECONDS) == words
    assert measure(1_234_567, Unit.COUNT) == "1,234,567"
