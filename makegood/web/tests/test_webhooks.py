"""The pages of webhooks: a secret shown once, deliveries with their answers, sending again, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.fixtures import Settings

from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.web.hooks import CAUSES, DELIVERIES, EVENTS
from makegood.web.tests.conftest import SignedIn
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.operations import create_endpoint, deliver_due
from makegood.webhooks.states import Cause, DeliveryState, EndpointState, EventType
from makegood.webhooks.tests.receiver import Receiver, listening
from tests.refusals import unchanged
from tests.world import World

LIST, NEW = "/admin/webhooks/", "/admin/webhooks/new/"
SECRET = re.compile(r"whsec_[\w+/=]{40,}")


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


@pytest.fixture
def browser(admin: Principal, signed_in: SignedIn) -> Client:
    return signed_in(admin)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW = ("127.0.0.1",)
    with listening() as receiver:
        yield receiver


@pytest.fixture
def endpoint(admin: Principal, receiver: Receiver) -> Endpoint:
    return create_endpoint(admin, url=receiver.url, description="Billing <system>").endpoint


def text(response: Any) -> str:
    return str(response.content.decode())


def secret_of(response: Any) -> str:
    assert "no-store" in response["Cache-Control"]
    (secret,) = set(SECRET.findall(text(response)))
    return str(secret)


def expect_no_secret(browser: Client, endpoint: Endpoint) -> None:
    """No page that can be opened again shows it, and no session keeps it."""
    for path in (LIST, NEW, f"{LIST}{endpoint.public_id}/", f"{LIST}{endpoint.public_id}/delete/"):
        assert not SECRET.search(text(browser.get(path))), path
    assert not any(SECRET.search(str(session.get_decoded())) for session in Session.objects.all())


def test_a_webhook_is_made_and_its_secret_shown_this_once(
    admin: Principal, browser: Client, receiver: Receiver
) -> None:
    assert "No webhook yet." in text(browser.get(LIST))
    form = {"url": receiver.url, "description": "CRM", "which": "some", "event": ["dispute.decided", "import.finished"]}
    response = browser.post(NEW, form)
    endpoint = Endpoint.objects.get()
    assert (response.status_code, secret_of(response)) == (201, endpoint.secret)
    assert (endpoint.events, endpoint.owner_id) == (["dispute.decided", "import.finished"], admin.id)
    expect_no_secret(browser, endpoint)
    browser.post(NEW, {"url": receiver.url, "which": "all", "event": ["dispute.decided"]})
    assert Endpoint.objects.latest("pk").events == []


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"url": "http://example.com/"}, "This address cannot receive webhooks", "url"),
        ({"url": "https://10.0.0.1/"}, "This address cannot receive webhooks", "url"),
        ({"which": "some"}, "Choose at least one event, or all of them.", "events"),
        ({"which": "some", "event": ["dispute.eaten"]}, "There is no event &quot;dispute.eaten&quot;", "events"),
        ({"description": "x" * 201}, "A description is a text of at most 200", "description"),
    ],
)
def test_what_cannot_be_made_comes_back_with_what_was_typed(
    browser: Client, receiver: Receiver, changes: dict[str, Any], sentence: str, field: str
) -> None:
    form = {"url": receiver.url, "description": "CRM", "which": "all", **changes}
    with unchanged():
        response = browser.post(NEW, form)
    page = text(response)
    assert response.status_code == 422
    assert sentence in page
    assert f'href="#f-{field}"' in page
    assert f'value="{form["url"]}"' in page


def test_a_new_secret_is_shown_once_and_the_old_one_signs_on(browser: Client, endpoint: Endpoint) -> None:
    response = browser.post(f"{LIST}{endpoint.public_id}/rotate/")
    fresh = Endpoint.objects.get()
    assert secret_of(response) == fresh.secret
    assert fresh.previous_secret == endpoint.secret
    assert "The secret before it signs too until" in text(response)
    expect_no_secret(browser, fresh)
    assert "The secret before signs too until" in text(browser.get(f"{LIST}{endpoint.public_id}/"))


def test_a_test_shows_its_attempt_and_answer_and_can_be_sent_again(browser: Client, endpoint: Endpoint) -> None:
    path = f"{LIST}{endpoint.public_id}/"
    assert "Nothing yet." in text(browser.get(path))
    assert browser.post(f"{path}test/")["Location"] == path
    assert "None so far" in text(browser.get(path))
    deliver_due()
    delivery = Delivery.objects.get()
    page = text(browser.get(path))
    for words in ("Billing &lt;system&gt;", "endpoint.test", delivery.message_id, "1 attempt,", "Delivered", "Active"):
        assert words in page, words
    assert '<span class="mg-muted">never</span>' not in text(browser.get(LIST))
    assert browser.post(f"/admin/webhooks/deliveries/{delivery.message_id}/replay/")["Location"] == path
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 1)
    deliver_due()
    assert "2 attempts," in text(browser.get(path))


def test_what_was_missed_is_sent_again_since_a_moment(browser: Client, endpoint: Endpoint) -> None:
    made = clock.now() - timedelta(hours=1)
    Delivery.objects.create(
        endpoint=endpoint, message_id="msg_1", type=EventType.DISPUTE_DECIDED, event_id=7, payload="{}",
        state=DeliveryState.FAILED, created_at=made,
    )  # fmt: skip
    path = f"{LIST}{endpoint.public_id}/"
    for since, sentence in (
        (made + timedelta(minutes=2), "0 deliveries will be sent again."),
        (made - timedelta(minutes=2), "1 delivery will be sent again."),
    ):
        browser.post(f"{path}replay/", {"since": since.strftime("%Y-%m-%dT%H:%M")})
        assert sentence in text(browser.get(path))
    with unchanged():
        browser.post(f"{path}replay/", {"since": "yesterday"})
    assert "Nothing was sent again" in text(browser.get(path))


def test_a_webhook_is_paused_resumed_and_deleted(browser: Client, endpoint: Endpoint) -> None:
    path = f"{LIST}{endpoint.public_id}/"
    browser.post(f"{path}pause/")
    page = text(browser.get(path))
    assert "somebody paused it" in page
    assert "Paused" in text(browser.get(LIST))
    browser.post(f"{path}resume/")
    assert Endpoint.objects.get().state == EndpointState.ACTIVE
    with unchanged():
        browser.post(f"{path}resume/")
    assert "active already" in text(browser.get(path))
    with unchanged():
        assert "This cannot be undone" in text(browser.get(f"{path}delete/"))
        assert browser.post(f"{path}explode/").status_code == 404
        assert browser.get(f"{path}pause/").status_code == 405
    assert browser.post(f"{path}delete/")["Location"] == LIST
    assert not Endpoint.objects.exists()
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("role", ["buyer", "manager", "billing", "vendor"])
def test_the_pages_are_for_those_who_manage_webhooks(
    role: str, world: World, endpoint: Endpoint, signed_in: SignedIn
) -> None:
    party = {"buyer": {"customer_number": "B1"}, "vendor": {"vendor_number": "V1"}}.get(role, {})
    client = signed_in(world.person(role, f"no-{role}", **party))
    own = f"{LIST}{endpoint.public_id}/"
    with unchanged():
        for path in (LIST, NEW, own, f"{own}delete/"):
            assert client.get(path).status_code == 403, path
        for step in ("test", "pause", "resume", "rotate", "replay", "delete"):
            assert client.post(f"{own}{step}/").status_code == 403, step


def test_every_event_cause_and_state_has_words() -> None:
    told = [event for _, events in EVENTS for event, _ in events]
    assert sorted(told) == sorted(set(EventType) - {EventType.ENDPOINT_TEST})
    assert set(CAUSES) == {cause.value for cause in Cause}
    assert set(DELIVERIES) == {state.value for state in DeliveryState}
