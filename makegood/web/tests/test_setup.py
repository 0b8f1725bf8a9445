"""The first steps: each kept, skipped or refused with what was typed; the tour goes on and ends."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from makegood.disputes.operations import set_up
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Installation, Program, Role, User
from makegood.parties.operations import set_grants
from makegood.parties.policy import without_limit
from makegood.parties.selectors.installation import steps_left
from makegood.parties.states import Dimension, SetupStep
from makegood.web import tours
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import World

WHERE = {"name": "Acme Calls", "zone": "America/New_York", "currency": "usd", "locale": "en_US"}


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def test_every_step_is_a_page_and_leads_on(admin: Principal, signed_in: SignedIn) -> None:
    client = signed_in(admin)
    for step in SetupStep:
        assert client.get(f"/setup/{step}/").status_code == 200
        response = client.post(f"/setup/{step}/skip/")
        assert response.status_code == 303
    assert response.headers["Location"] == reverse("setup")
    assert steps_left() == 0
    assert client.get("/setup/nothing/").status_code == 404


def test_who_runs_it_is_kept_and_new_programs_start_with_it(admin: Principal, signed_in: SignedIn) -> None:
    client = signed_in(admin)
    assert client.post("/setup/organization/", WHERE).headers["Location"] == "/setup/programs/"
    here = Installation.objects.get()
    assert (here.name, here.currency, here.steps) == ("Acme Calls", "USD", {"organization": "done"})
    client.post("/setup/programs/", {"preset": ["lead_credit", "telecom_billing"]})
    made = Program.objects.get(preset="lead_credit")
    assert (made.key, made.currency, made.zone.name if made.zone else "") == ("leads", "USD", "America/New_York")
    with unchanged(but=("journal_event", "parties_installation")):
        client.post("/setup/programs/", {"preset": ["lead_credit"]})


@pytest.mark.parametrize(
    ("step", "facts", "said"),
    [
        ("organization", {**WHERE, "name": " "}, "a name of at most 200 characters"),
        ("organization", {**WHERE, "zone": "Mars/Base"}, "Mars/Base"),
        ("organization", {**WHERE, "currency": "XXY"}, "XXY"),
        ("programs", {"preset": ["nothing"]}, "There is no preset &quot;nothing&quot;"),
        ("questions", {"days-calls": "ten", "clawback-calls": "none"}, "Type whole numbers for days and hours."),
        ("questions", {"days-calls": "0", "clawback-calls": "none"}, "A window of 0 hours cannot be"),
        ("questions", {"days-calls": "10", "clawback-calls": "some"}, "is not a way to claw back"),
        ("questions", {"days-calls": "10", "clawback-calls": "none", "alone": "USD"}, "names no amount"),
        ("recordings", {"template-calls": "ftp://x"}, "This is no template"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(
    world: World, admin: Principal, signed_in: SignedIn, step: str, facts: dict[str, Any], said: str
) -> None:
    Program.objects.filter(pk=world.program.pk).update(key="calls")
    client = signed_in(admin)
    with unchanged():
        response = client.post(f"/setup/{step}/", facts)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_what_managers_decide_alone_is_not_for_who_sees_some_programs_alone(
    world: World, admin: Principal, signed_in: SignedIn
) -> None:
    Program.objects.filter(pk=world.program.pk).update(key="calls")
    user = User.objects.get(pk=admin.id or 0)
    set_grants(SYSTEM, user=user, grants=[(Dimension.PROGRAM, str(world.program.pk))])
    client, facts = signed_in(admin), {"days-calls": "10", "clawback-calls": "none", "alone": "USD 999999"}
    with unchanged():
        assert client.post("/setup/questions/", facts).status_code == 422


def test_the_three_questions_change_policy_claw_back_and_limit_once(
    world: World, admin: Principal, signed_in: SignedIn
) -> None:
    Program.objects.filter(pk=world.program.pk).update(key="calls")
    client = signed_in(admin)
    facts = {"days-calls": "10", "clawback-calls": "none", "alone": "USD 500, CAD 600.50"}
    assert client.post("/setup/questions/", facts).status_code == 303
    assert set_up.window_hours(world.program.pk) == 240
    assert Program.objects.get(pk=world.program.pk).settings["clawback"] == "none"
    assert Role.objects.get(key="manager").max_decision_micros == {"USD": 500_000_000, "CAD": 600_500_000}
    page = client.get("/setup/questions/").content.decode()
    assert 'value="CAD 600.50, USD 500.00"' in page
    assert 'name="days-calls" inputmode="numeric" value="10"' in page
    with unchanged():
        assert client.post("/setup/questions/", facts).status_code == 303
    manager = Role.objects.get(key="manager")
    for typed, kept in (("No limit", without_limit()), ("", {})):
        assert client.post("/setup/questions/", facts | {"alone": typed}).status_code == 303
        manager.refresh_from_db()
        assert manager.max_decision_micros == kept
        assert f'value="{typed.lower()}" placeholder="Nothing"' in client.get("/setup/questions/").content.decode()


def test_the_address_of_a_recording_is_tried_without_keeping_it(
    world: World, admin: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(admin)
    field = f"template-{world.program.key}"
    client.post("/setup/recordings/", {field: "https://files.example.com/{external_id}.wav"})
    page = client.get("/setup/recordings/?call=CL-7").content.decode()
    assert "https://files.example.com/CL-7.wav" in page


def test_the_check_shows_what_the_policy_says_of_real_charges(
    world: World, admin: Principal, signed_in: SignedIn
) -> None:
    world.charge(external_id="free-one")
    page = signed_in(admin).get("/setup/check/").content.decode()
    assert "Acme Plumbing, free-one" in page
    assert "$45.00" in page


@pytest.mark.parametrize("role", ["manager", "billing", "qa", "csr"])
def test_others_set_nothing_up(world: World, role: str, signed_in: SignedIn) -> None:
    client = signed_in(world.person(role, f"s-{role}"))
    with unchanged():
        assert client.get("/setup/").status_code == 403
        for step in SetupStep:
            assert client.post(f"/setup/{step}/", WHERE).status_code == 403
            assert client.post(f"/setup/{step}/skip/").status_code == 403


def test_a_tour_begins_goes_on_and_ends(world: World, signed_in: SignedIn) -> None:
    manager = world.person("manager")
    client = signed_in(manager)
    assert "Tour, " not in client.get("/queue/").content.decode()
    assert client.post("/tour/", {"act": "begin"}).headers["Location"] == "/queue/"
    stops = tours.stops_of("manager")
    for place, (stop, href) in enumerate(stops, 1):
        response = client.get(href, follow=True)
        assert f"Tour, {place} of {len(stops)}" in response.content.decode(), stop
        last = client.post("/tour/", {"act": "next" if place < len(stops) else "end", "next": "/queue/"})
    assert last.headers["Location"] == "/queue/"
    assert User.objects.get(pk=manager.id).preferences["tour"] == "ended"
    assert "Tour, " not in client.get("/queue/").content.decode()


def test_in_a_demo_a_tour_begins_by_itself(world: World, signed_in: SignedIn) -> None:
    Program.objects.filter(pk=world.program.pk).update(settings={**world.program.settings, "demo": {"rows": 1}})
    page = signed_in(world.person("buyer", "toured", customer_number="B1")).get("/calls/").content.decode()
    assert "Tour, 1 of" in page
