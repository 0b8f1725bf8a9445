"""Pages of people, roles and limits: what they show, keep and refuse; and why somebody cannot see a thing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from makegood.billing.selectors import charges_visible_to
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Role, User
from makegood.parties.operations import invite, set_grants
from makegood.parties.policy import without_limit
from makegood.parties.selectors import customers_visible_to, principal_of
from makegood.parties.states import Dimension
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import PASSWORD, DisputeMaker, World


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


@pytest.fixture
def browser(admin: Principal, signed_in: SignedIn) -> Client:
    return signed_in(admin)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", str(response.content.decode()))


def limited(person: Principal, *grants: tuple[Dimension, str]) -> Principal:
    """The person with these limits alone."""
    set_grants(SYSTEM, user=User.objects.get(pk=person.id or 0), grants=list(grants))
    return principal_of(User.objects.get(pk=person.id or 0))


def test_an_invitation_leads_in(browser: Client) -> None:
    answer = browser.post("/admin/people/invite/", {"email": "mia@test.example", "role": "manager", "name": "Mia"})
    assert answer.status_code == 201
    found = re.search(r'value="http://[^/]+(/invitation/[\w-]{43}/)"', text(answer))
    assert found
    (letter,) = mail.outbox
    assert letter.to == ["mia@test.example"]
    assert found[1] in letter.body
    stranger = Client()
    page = stranger.get(found[1])
    assert "invites you as Manager" in text(page)
    assert page["Referrer-Policy"] == "same-origin"
    weak = stranger.post(found[1], {"name": "Mia", "password": "mia", "zone": ""})
    assert (weak.status_code, "too short" in text(weak)) == (422, True)
    assert stranger.post(found[1], {"name": "Mia", "password": PASSWORD, "zone": "UTC"}).status_code == 302
    assert "Mia" in text(stranger.get("/preferences/security/"))
    ended = Client().get(found[1])
    assert (ended.status_code, "was used already" in text(ended)) == (410, True)
    assert Client().get("/invitation/nothing/").status_code == 404


def test_what_was_typed_is_kept_when_it_is_refused(browser: Client, buyer: Principal) -> None:
    typed = {"email": "buyer@test.example", "role": "csr", "name": "Carla"}
    with unchanged():
        answer = browser.post("/admin/people/invite/", typed)
    assert answer.status_code == 409
    assert '<a href="#f-email">Somebody with the e-mail buyer@test.example exists already.</a>' in text(answer)
    assert 'value="Carla"' in text(answer)
    form = {"name": "Bea", "role": "buyer", "customer": "B9", "limit": "amounts", "limit_USD": "12,50x"}
    with unchanged():
        answer = browser.post(f"/admin/people/{buyer.id}/", form)
    assert (answer.status_code, 'value="12,50x"' in text(answer)) == (422, True)


def test_a_person_is_found_changed_and_switched_off(browser: Client, buyer: Principal) -> None:
    page = text(browser.get("/admin/people/?q=buyer"))
    assert "Sees customers under Acme Plumbing." in page
    assert "admin@test.example" not in text(browser.get("/admin/people/?q=buyer", headers={"HX-Request": "true"}))
    form = {"name": "Bea", "role": "buyer", "customer": "B1", "limit": "amounts", "limit_USD": "$1,250.50"}
    assert browser.post(f"/admin/people/{buyer.id}/", form).status_code == 303
    assert User.objects.get(pk=buyer.id or 0).max_decision_micros == {"USD": 1_250_500_000}
    browser.post(f"/admin/people/{buyer.id}/switch/", {"on": "0"})
    assert "Bea is switched off" in text(browser.get(f"/admin/people/{buyer.id}/"))
    assert "Bea" in text(browser.get("/admin/people/?state=switched+off"))


def test_no_limit_is_said_and_nothing_is_what_was_not_said(browser: Client, buyer: Principal) -> None:
    qa = Role.objects.get(key="qa")
    listed = text(browser.get("/admin/people/roles/"))
    assert "Nothing alone: a second person signs" in listed
    assert "Credits what they find, with nobody else looking" not in listed
    form = {"name": qa.name, "verb": qa.verbs, "limit": "none"}
    for how, amount, kept in (
        ("none", "", without_limit()),
        ("amounts", "40", {"USD": 40_000_000}),
        ("nothing", "40", {}),
        ("amounts", "", {}),
    ):
        typed = {**form, "limit": how, "limit_USD": amount}
        assert browser.post(f"/admin/people/roles/{qa.pk}/", typed).status_code == 303
        qa.refresh_from_db()
        assert qa.max_decision_micros == kept
        shown = text(browser.get(f"/admin/people/roles/{qa.pk}/"))
        chosen = how if kept else "nothing"
        assert re.search(rf'value="{chosen}" checked', shown)
        open_to_all = "Credits what they find, with nobody else looking" in text(browser.get("/admin/people/roles/"))
        assert open_to_all is (how == "none")
    fresh = text(browser.get("/admin/people/roles/new/"))
    assert re.search(r'value="nothing" checked', fresh)
    person = {"name": "Bea", "role": "buyer", "customer": "B1"}
    for how, kept_of_person in (("none", without_limit()), ("nothing", {}), ("role", None)):
        assert browser.post(f"/admin/people/{buyer.id}/", {**person, "limit": how}).status_code == 303
        assert User.objects.get(pk=buyer.id or 0).max_decision_micros == kept_of_person


def test_the_last_administrator_stays(browser: Client, admin: Principal) -> None:
    with unchanged():
        browser.post(f"/admin/people/{admin.id}/switch/", {"on": "0"})
    assert "Nobody does this to themselves." in text(browser.get("/admin/people/"))


def test_with_sight_alone_pages_are_read(world: World, admin: Principal, buyer: Principal, signed_in: SignedIn) -> None:
    viewer = world.person("admin", "viewer")
    role = User.objects.select_related("role").get(pk=viewer.id or 0).role
    role.pk, role.key, role.name, role.verbs = None, "looks", "Looks", ["user.view"]
    role.save()
    User.objects.filter(pk=viewer.id).update(role=role)
    client = signed_in(viewer)
    for path in ("", f"{buyer.id}/", f"{buyer.id}/limits/", f"{buyer.id}/why/?q=B1"):
        assert client.get(f"/admin/people/{path}").status_code == 200
    assert "Changing people needs the permission “user.edit”" in text(client.get(f"/admin/people/{buyer.id}/"))
    with unchanged():
        assert client.post(f"/admin/people/{buyer.id}/", {"name": "x", "role": "admin"}).status_code == 403
        assert client.get("/admin/people/invite/").status_code == 403
        assert client.post(f"/admin/people/roles/{role.pk}/", {"name": "Mine", "verb": "user.edit"}).status_code == 403
    assert signed_in(buyer).get("/admin/people/").status_code == 403


def test_limits_are_seen_before_they_hold(world: World, browser: Client, make_dispute: DisputeMaker) -> None:
    make_dispute()
    csr = world.person("csr", "carla")
    world.charge(customer=world.other_customer)
    path = f"/admin/people/{csr.id}/limits/"
    assert "Sees everything." in text(browser.get(path))
    with unchanged():
        draft = text(browser.get(path, {"draft": "1", "kind": "customer_subtree", "value": "B1"}))
    assert "Sees customers under Acme Plumbing." in draft
    assert re.search(r"Charges</th> ?<td>2</td> ?<td>1</td>", draft)
    grant = f"customer_subtree:{world.customer.pk}"
    assert f'<input type="hidden" name="grant" value="{grant}">' in draft
    browser.post(path, {"grant": [grant, f"program:{world.program.pk}"]})
    assert "Sees customers under Acme Plumbing, program Calls only." in text(browser.get(path))
    with unchanged():
        answer = browser.get(path, {"draft": "1", "grant": grant, "kind": "vendor", "value": "V9"})
    assert (answer.status_code, "There is no vendor with number" in text(answer)) == (422, True)


def test_what_is_out_of_sight_is_neither_named_nor_counted(
    world: World, buyer: Principal, admin: Principal, signed_in: SignedIn
) -> None:
    path = f"/admin/people/{buyer.id}/limits/"
    regional = limited(world.person("admin", "regional"), (Dimension.CUSTOMER_SUBTREE, str(world.customer.pk)))
    client, hidden = signed_in(regional), f"customer_subtree:{world.other_customer.pk}"
    for draft in ({"draft": "1", "grant": hidden}, {"draft": "1", "grant": "all:"}):
        page = text(client.get(path, draft))
        assert ("Bolt Roofing" in page, "Sees everything" in page) == (False, False)
    with unchanged():
        answers = [client.get(path, {"draft": "1", "kind": "all"}), client.post(path, {"grant": [hidden]})]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Bolt Roofing" not in text(answers[1])


def test_why_somebody_cannot_see_it(world: World, browser: Client, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    Customer.objects.filter(pk=world.customer.pk).update(agent="7", bill_profile="P1", tags=["vip"])
    csr = world.person("csr", "carla")
    told = {
        (Dimension.CUSTOMER_SUBTREE, str(world.other_customer.pk)): "Acme Plumbing is outside Bolt Roofing.",
        (Dimension.CUSTOMER_TAG, "new"): "Acme Plumbing is not tagged new.",
        (Dimension.AGENT, "9"): "Acme Plumbing is not one of agent 9.",
        (Dimension.BILL_PROFILE, "P2"): "Acme Plumbing does not have bill profile P2.",
        (Dimension.PROGRAM, "999999"): "The program Calls is not 999999.",
        (Dimension.VENDOR, str(world.other_vendor.pk)): "The vendor North Ads is not Blue Media.",
    }
    path = f"/admin/people/{csr.id}/why/"
    for grant, words in told.items():
        person = limited(csr, grant)
        assert not disputes_visible_to(person).exists()
        answer = text(browser.get(path, {"q": dispute.label}))
        assert f"carla cannot see Dispute {dispute.label}" in answer
        assert words in answer
    both = limited(csr, *told)
    assert not charges_visible_to(both).exists()
    answer = text(browser.get(path, {"q": dispute.charge.external_id}))
    assert all(words in answer for words in told.values())
    assert "without a limit-to nobody sees anything" in text(limited_page(browser, csr, path, dispute.label))


def limited_page(browser: Client, person: Principal, path: str, label: str) -> Any:
    """What is said of somebody to whom nothing was opened."""
    limited(person)
    return browser.get(path, {"q": label})


def test_why_somebody_sees_it_and_what_a_role_hides(
    world: World, browser: Client, make_dispute: DisputeMaker, vendor: Principal, buyer: Principal
) -> None:
    dispute = make_dispute()
    seen = text(browser.get(f"/admin/people/{buyer.id}/why/", {"q": dispute.label}))
    assert f"buyer sees Dispute {dispute.label}" in seen
    assert "Sees customers under Acme Plumbing. Dispute" in seen
    hidden = text(browser.get(f"/admin/people/{vendor.id}/why/", {"q": dispute.label}))
    assert "The role Vendor lacks the permission “dispute.view”." in hidden
    record = text(browser.get(f"/admin/people/{vendor.id}/why/", {"q": "B1"}))
    assert "The limits name no customers" in record
    assert not customers_visible_to(vendor).exists()
    assert "Nothing called “D-999”" in text(browser.get(f"/admin/people/{buyer.id}/why/", {"q": "D-999"}))
    asked = invite(SYSTEM, email="asked@test.example", role_key="qa").user
    answer = text(browser.get(f"/admin/people/{asked.pk}/why/", {"q": dispute.label}))
    assert "asked@test.example has not accepted the invitation yet." in answer


def test_a_role_is_made_with_its_needs(browser: Client) -> None:
    form: dict[str, Any] = {
        "name": "Night desk", "verb": ["dispute.decide"], "limit": "amounts", "limit_USD": "25", "totp": "on",
    }  # fmt: skip
    with unchanged():
        answer = browser.post("/admin/people/roles/new/", form)
    assert (answer.status_code, "cannot be granted without" in text(answer)) == (422, True)
    assert "Needs: see disputes" in text(answer)
    made = browser.post("/admin/people/roles/new/", {**form, "verb": ["dispute.view", "dispute.decide"]})
    assert made.status_code == 303
    page = text(browser.get("/admin/people/roles/"))
    assert "Night desk" in page
    assert "Up to $25.00 alone" in page
    browser.post(f"{made['Location']}delete/")
    assert "The role Night desk is gone." in text(browser.get("/admin/people/roles/"))
