"""Letters with their links, and the link that stops them."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from makegood.kernel import clock
from makegood.notifications.models import Preference
from makegood.notifications.selectors.letters import Letter
from makegood.notifications.states import Template
from makegood.notifications.tests.world import World as Marketplace
from makegood.notifications.tests.world import build_world as build_marketplace
from makegood.notifications.tests.world import deliver, minutes
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM, Principal
from makegood.web import mailing
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged

LETTER = Letter(
    digest_id=7,
    user_id=3,
    to="buyer@test.example",
    name="Ada",
    locale="en_US",
    template=Template.REVIEWED,
    subject="2 disputes\nhave been reviewed.",
    paragraphs=("First & last.", "Second."),
)


def test_a_letter_is_plain_text_with_its_links() -> None:
    message = mailing.compose(LETTER)
    stop = f"http://localhost:8000/notifications/stop/{mailing.token_of(3, 'reviewed')}/"
    assert message.subject == "2 disputes have been reviewed."
    assert "First & last.\n" in message.body
    assert "Open: http://localhost:8000/notifications/7/\n" in message.body
    assert f'You get "Reviewed disputes" by e-mail. Stop these: {stop}\n' in message.body
    headers = message.extra_headers
    assert headers["Message-ID"] == "<digest-7@localhost>"
    assert (headers["List-Unsubscribe"], headers["List-Unsubscribe-Post"]) == (
        f"<{stop}>",
        "List-Unsubscribe=One-Click",
    )


def test_the_worker_sends_what_is_due(db: None) -> None:
    world: Marketplace = build_marketplace()
    notify = {"notify": {"buyer": {"channels": ["email"], "digest": "4h"}}}
    parties.change_settings(SYSTEM, program=world.program, settings=notify)
    world.person("buyer", "buyer", customer=world.customer)
    world.commit(1)
    deliver(minutes(240))
    with clock.frozen(minutes(241)):
        assert (mailing.run(), mailing.run()) == (1, 0)
    [message] = mail.outbox
    assert message.to == ["buyer@example.com"]


def test_a_link_asks_before_it_stops(buyer: Principal) -> None:
    path = f"/notifications/stop/{mailing.token_of(buyer.id or 0, 'reviewed')}/"
    with unchanged():
        response = Client().get(path)
    assert response.status_code == 200
    assert "Stop getting these messages by e-mail?" in response.content.decode()


def test_one_click_stops_without_signing_in(buyer: Principal) -> None:
    path = f"/notifications/stop/{mailing.token_of(buyer.id or 0, 'reviewed')}/"
    response = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "You will not get these by e-mail any more." in response.content.decode()
    assert list(Preference.objects.values_list("user", "template", "by_email")) == [(buyer.id, "reviewed", False)]


@pytest.mark.parametrize("token", ["nonsense", "WzEsInJldmlld2VkIl0:1a:abc"])
def test_a_token_made_elsewhere_is_not_found(token: str, buyer: Principal) -> None:
    with unchanged():
        assert Client().post(f"/notifications/stop/{token}/").status_code == 404


def test_a_token_for_no_message_is_not_found(buyer: Principal) -> None:
    with unchanged():
        token = mailing.token_of(buyer.id or 0, "gossip")
        assert Client().post(f"/notifications/stop/{token}/").status_code == 404


def test_the_channel_is_chosen_beside_the_window(buyer: Principal, signed_in: SignedIn) -> None:
    client, path = signed_in(buyer), "/notifications/preferences/"
    assert "Also by e-mail" in client.get(path).content.decode()
    client.post(path, {"reviewed": "1h", "reviewed-mail": "yes"})
    assert list(Preference.objects.values_list("template", "window", "by_email")) == [("reviewed", "1h", True)]
    client.post(path, {"reviewed": "1h", "reviewed-mail": "no"})
    assert list(Preference.objects.values_list("window", "by_email")) == [("1h", False)]
    client.post(path, {"reviewed": "", "reviewed-mail": ""})
    assert not Preference.objects.exists()
