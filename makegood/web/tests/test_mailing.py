"""Letters with their links, and the link that stops them."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from django.core import mail, signing
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from makegood.kernel import clock
from makegood.notifications.models import Preference, QuietHours
from makegood.notifications.selectors.letters import Letter, Passage
from makegood.notifications.states import Template
from makegood.notifications.tests.world import World as Marketplace
from makegood.notifications.tests.world import build_world as build_marketplace
from makegood.notifications.tests.world import deliver, minutes
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM, Principal
from makegood.web import mailing
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged

pytestmark = pytest.mark.django_db

LETTER = Letter(
    digest_id=7,
    user_id=3,
    to="buyer@test.example",
    name="Ada",
    locale="en_US",
    template=Template.REVIEWED,
    subject="2 disputes\nhave been reviewed.",
    passages=(
        Passage("", ("First & last.",)),
        Passage("The guideline", ("A voicemail <b>counts</b>.",), is_quote=True),
        Passage("Again", ("Open D-7.",), dispute="7"),
    ),
)


def test_a_letter_is_text_and_simple_html_with_its_links() -> None:
    message = mailing.compose(LETTER)
    stop = f"http://localhost:8000/notifications/stop/{mailing.token_of(3, 'reviewed')}/"
    assert message.subject == "2 disputes have been reviewed."
    assert message.body.splitlines() == [
        "2 disputes have been reviewed.",
        "",
        "First & last.",
        "",
        "The guideline",
        "> A voicemail <b>counts</b>.",
        "",
        "Again",
        "Open D-7.",
        "http://localhost:8000/disputes/D-7/",
        "",
        "Open: http://localhost:8000/notifications/7/",
        "",
        "--",
        'You get "Reviewed disputes" by e-mail.',
        f"Stop these: {stop}",
        "Settings: http://localhost:8000/notifications/preferences/",
    ]
    [(content, kind)] = message.alternatives
    html = str(content)
    assert kind == "text/html"
    assert "<blockquote><p>A voicemail &lt;b&gt;counts&lt;/b&gt;.</p>" in html
    assert f'<a href="{stop}">Stop these</a>' in html
    assert "<img" not in html
    headers = message.extra_headers
    assert headers["Message-ID"] == "<digest-7@localhost>"
    assert (headers["List-Unsubscribe"], headers["List-Unsubscribe-Post"]) == (
        f"<{stop}>",
        "List-Unsubscribe=One-Click",
    )
    assert headers["List-Unsubscribe"] == mailing.compose(LETTER).extra_headers["List-Unsubscribe"]


def test_a_letter_is_written_in_the_language_of_its_reader() -> None:
    message = mailing.compose(replace(LETTER, locale="de_DE"))
    assert "Sie bekommen „Geprüfte Reklamationen“ per E-Mail.\nDiese abbestellen: " in message.body
    assert '<html lang="de">' in str(message.alternatives[0][0])


def test_a_link_of_an_older_letter_still_stops(buyer: Principal) -> None:
    token = signing.dumps([buyer.id, "reviewed"], salt=mailing.SALT)
    assert mailing.reader_of(token) == (buyer.id, "reviewed")


def test_without_a_mail_server_each_letter_is_a_file(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "makegood.web.outbox.EmailBackend"
    settings.MAIL_FOLDER = str(tmp_path / "outbox")
    for _ in range(2):
        mailing.compose(LETTER).send()
    EmailMessage("Plain", "Nothing else.", to=["a@test.example"]).send()
    files = sorted(path.name for path in (tmp_path / "outbox").iterdir())
    assert len(files) == 2
    assert "digest-7.eml" in files
    read = email.message_from_bytes((tmp_path / "outbox" / "digest-7.eml").read_bytes(), policy=email.policy.default)
    assert (read["To"], read["Subject"]) == ("buyer@test.example", "2 disputes have been reviewed.")
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


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


def test_windows_and_channels_are_chosen_in_one_table(buyer: Principal, signed_in: SignedIn) -> None:
    client, path = signed_in(buyer), "/notifications/preferences/"
    assert "By e-mail" in client.get(path).content.decode()
    form = {"reviewed-bell": "4h", "reviewed-mail": "daily", "daily_at": "16:00"}
    assert client.post(path, form).status_code == 303
    kept = Preference.objects.values_list("template", "window", "by_email", "mail_window")
    assert list(kept) == [("reviewed", "4h", True, "daily 16:00")]
    page = client.get(path).content.decode()
    assert '<option value="daily" selected>Daily</option>' in page
    assert 'name="daily_at" value="16:00"' in page
    client.post(path, {"reviewed-bell": "4h", "reviewed-mail": "no", "daily_at": "16:00"})
    assert list(kept.all()) == [("reviewed", "4h", False, None)]
    client.post(path, {"reviewed-bell": "", "reviewed-mail": "", "daily_at": "16:00"})
    assert not kept.all().exists()


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"quiet_ends": "22:00"}, "quiet_ends", "Quiet hours begin and end at different times."),
        ({"quiet_days": []}, "quiet_days", "Quiet hours need at least one day of the week."),
        ({"quiet_begins": "25:00"}, "quiet_begins", "Type a time such as 16:00."),
        ({"daily_at": "soon"}, "daily_at", "Type a time such as 16:00."),
        ({"reviewed-bell": "sometimes"}, "", "&quot;sometimes&quot; is not a delivery window."),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_lost(
    typed: dict[str, object], field: str, message: str, buyer: Principal, signed_in: SignedIn
) -> None:
    form = {"quiet": "on", "quiet_begins": "22:00", "quiet_ends": "07:00", "quiet_days": ["0", "4"]}
    client = signed_in(buyer)
    with unchanged():
        answer = client.post(
            "/notifications/preferences/", {**form, "reviewed-bell": "15m", "daily_at": "16:30", **typed}
        )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert not field or f'<a href="#{field}">' in page
    assert "Nothing was saved." in page
    kept = {"reviewed-bell": 'value="15m" selected', "quiet_begins": 'value="22:00"', "daily_at": 'value="16:30"'}
    assert all(text in page for name, text in kept.items() if name not in typed)


def test_quiet_hours_are_kept_and_shown_with_their_zone(buyer: Principal, signed_in: SignedIn) -> None:
    client, path = signed_in(buyer), "/notifications/preferences/"
    form = {"quiet": "on", "quiet_begins": "22:00", "quiet_ends": "07:00", "quiet_days": ["0", "4"], "daily_at": "9:00"}
    assert client.post(path, form).status_code == 303
    [hours] = QuietHours.objects.all()
    assert (hours.begins, hours.ends, hours.days) == (time(22), time(7), [0, 4])
    page = client.get(path).content.decode()
    assert "All times here are those of America/New_York" in page
    assert page.count('name="quiet_days"') == 7
    assert page.count("checked>Monday") + page.count("checked>Friday") == 2
    client.post(path, {"daily_at": "09:00"})
    assert not QuietHours.objects.exists()
