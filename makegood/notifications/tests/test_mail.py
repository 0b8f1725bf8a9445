"""E-mail: who gets it, what it says, once each, across crashes and refusals of the mail server."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from makegood.kernel import clock
from makegood.notifications.errors import UnknownTemplate
from makegood.notifications.models import Digest, DigestItem, Preference
from makegood.notifications.operations import mail as mailing
from makegood.notifications.operations import mail_due, post, set_channel, set_preference, stop_mail
from makegood.notifications.operations.post import MOST_TRIES
from makegood.notifications.selectors.letters import Letter
from makegood.notifications.tests.world import World, deliver, fold_all, minutes, sentences, who
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import NotFound
from makegood.parties.models import User

END = minutes(240)
BY_EMAIL = {"notify": {"buyer": {"channels": ["in_app", "email"], "digest": "4h"}}}


@pytest.fixture(autouse=True)
def by_email(world: World) -> None:
    parties.change_settings(SYSTEM, program=world.program, settings=BY_EMAIL)


def compose(letter: Letter) -> EmailMessage:
    return EmailMessage(
        letter.subject, "\n".join(letter.lines), to=[letter.to], headers={"Message-ID": f"<{letter.digest_id}@x>"}
    )


def sent() -> list[tuple[str, list[str]]]:
    return [(message.subject, message.to) for message in mail.outbox]


def send(minute: int = 240) -> int:
    with clock.frozen(minutes(minute)):
        return mail_due(compose)


REVIEWED = ("1 dispute has been reviewed.", ["buyer@example.com"])


def test_a_delivered_digest_goes_out_once(world: World, buyer: User) -> None:
    world.commit(1)
    deliver(minutes(239))
    assert send() == 0
    deliver(END)
    assert (send(), send()) == (1, 0)
    assert sent() == [REVIEWED]
    assert sentences(buyer) == ["1 dispute has been reviewed."]
    assert list(Digest.objects.order_by("by_email").values_list("by_email", "mail_tries", "mailed_at")) == [
        (False, 0, None),
        (True, 1, END),
    ]


def test_only_sides_whose_program_says_so_get_mail(world: World, buyer: User, manager: User, vendor: User) -> None:
    world.submit()
    world.commit(1, clawback=30)
    deliver(END)
    assert (send(), sent()) == (1, [REVIEWED])


def test_what_cancels_out_is_not_mailed(world: World, manager: User) -> None:
    set_channel(who(manager), template="new", by_email=True)
    world.withdraw(world.submit(), at=minutes(1))
    deliver(END)
    assert (send(), sent()) == (0, [])


def test_a_crash_between_send_and_mark_gives_the_same_message_again_and_no_other(
    world: World, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit(1)
    deliver(END)

    def crash(digest_id: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(post, "_mark", crash)
        with pytest.raises(KeyboardInterrupt):
            send()
    assert (send(241), send(254), send(255), send(10_000)) == (0, 0, 1, 0)
    assert sent() == [REVIEWED, REVIEWED]
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second


def test_what_is_stopped_after_a_crash_is_not_sent_again(
    world: World, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit(1)
    deliver(END)

    def crash(digest_id: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(post, "_mark", crash)
        with pytest.raises(KeyboardInterrupt):
            send()
    assert stop_mail(user_id=buyer.pk, template="reviewed")
    assert (send(300), len(sent())) == (0, 1)


def test_a_process_that_dies_each_time_is_given_up(world: World, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    world.commit(1)
    deliver(END)

    def crash(message: EmailMessage, fail_silently: bool = False) -> int:  # noqa: FBT001, FBT002
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailMessage, "send", crash)
    for turn in range(MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            send(240 + 15 * turn)
    assert send(100_000) == 0


def test_who_left_is_not_written_to_again(world: World, buyer: User) -> None:
    world.commit(1)
    deliver(END)
    User.objects.filter(pk=buyer.pk).update(is_active=False)
    assert (send(), send(10_000), sent()) == (1, 0, [])


def test_a_crash_loses_no_other_letter(world: World, buyer: User, csr: User, monkeypatch: pytest.MonkeyPatch) -> None:
    world.commit(1, submitted_by=csr)
    deliver(END)

    def crash(message: EmailMessage, fail_silently: bool = False) -> int:  # noqa: FBT001, FBT002
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", crash)
        with pytest.raises(KeyboardInterrupt):
            send()
    assert (send(), len(sent())) == (1, 1)


def test_a_crash_before_the_claim_loses_nothing(world: World, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    world.commit(1)
    deliver(END)
    with monkeypatch.context() as broken:
        broken.setattr(mailing, "_claim", lambda now: (_ for _ in ()).throw(RuntimeError()))
        with pytest.raises(RuntimeError):
            send()
    assert (send(), sent()) == (1, [REVIEWED])


def test_what_the_mail_server_refuses_is_tried_again_later(
    world: World, buyer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.commit(1)
    deliver(END)

    def refuse(message: EmailMessage, fail_silently: bool = False) -> int:  # noqa: FBT001, FBT002
        raise SMTPResponseException(451, "try later")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuse)
        assert send() == 1
    assert "a message to buyer@example.com was not taken: (451, 'try later')" in caplog.text
    assert (send(241), sent()) == (0, [])
    assert (send(242), sent()) == (1, [REVIEWED])


def test_a_server_that_never_takes_it_is_given_up(world: World, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    world.commit(1)
    deliver(END)

    def refuse(message: EmailMessage, fail_silently: bool = False) -> int:  # noqa: FBT001, FBT002
        raise OSError("no route")

    monkeypatch.setattr(EmailMessage, "send", refuse)
    tried = sum(send(240 + hour * 60) for hour in range(24 * 5))
    assert tried == MOST_TRIES
    assert sentences(buyer) == ["1 dispute has been reviewed."]


def test_without_a_server_everything_waits(
    world: World, buyer: User, csr: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.commit(1, submitted_by=csr)
    deliver(END)

    def refuse(backend: EmailBackend) -> None:
        raise ConnectionRefusedError("nobody listens")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "open", refuse)
        assert (send(), send()) == (1, 0)
    assert caplog.text.count("the mail server cannot be reached: nobody listens") == 1
    assert (send(241), send(242)) == (1, 1)
    assert sorted(to for _, to in sent()) == [["buyer@example.com"], ["csr@example.com"]]


def test_a_server_that_leaves_in_between_is_not_asked_again_at_once(
    world: World, buyer: User, csr: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit(1, submitted_by=csr)
    deliver(END)
    asked = []

    def leave(message: EmailMessage, fail_silently: bool = False) -> int:  # noqa: FBT001, FBT002
        asked.append(message.to)
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", leave)
        assert send() == 1
    assert len(asked) == 1
    assert (send(242), len(sent())) == (2, 2)


def test_one_bad_message_does_not_hold_up_the_next(
    world: World, buyer: User, csr: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit(1, submitted_by=csr)
    deliver(END)
    deliver_one = EmailMessage.send

    def picky(message: EmailMessage, fail_silently: bool = False) -> int:  # noqa: FBT001, FBT002
        if message.to == ["buyer@example.com"]:
            raise SMTPRecipientsRefused({})
        return deliver_one(message, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", picky)
    assert send() == 2
    assert sent() == [("1 dispute has been reviewed.", ["csr@example.com"])]


def test_a_letter_that_cannot_be_written_does_not_lose_the_others(
    world: World, buyer: User, csr: User, caplog: pytest.LogCaptureFixture
) -> None:
    world.commit(1, submitted_by=csr)
    deliver(END)

    def compose_all_but_one(letter: Letter) -> EmailMessage:
        if letter.user_id == buyer.pk:
            raise ValueError("no such words")
        return compose(letter)

    with clock.frozen(END):
        assert mail_due(compose_all_but_one) == 2
    assert sent() == [("1 dispute has been reviewed.", ["csr@example.com"])]
    assert "could not be written" in caplog.text
    assert (send(241), send(242)) == (0, 1)
    assert sent()[1:] == [REVIEWED]


def test_an_address_that_is_none_does_not_lose_the_others(world: World, buyer: User, csr: User) -> None:
    User.objects.filter(pk=buyer.pk).update(email="buyer@example.com\nBcc: other@example.com")
    world.commit(1, submitted_by=csr)
    deliver(END)
    assert send() == 2
    assert sent() == [("1 dispute has been reviewed.", ["csr@example.com"])]


def test_words_that_are_missing_do_not_lose_the_others(world: World, buyer: User, csr: User) -> None:
    world.write("dispute.reopened", 1, {"label": "D-1"}, at=minutes(0))
    world.commit(2, submitted_by=csr)
    deliver(END)
    DigestItem.objects.filter(template="reopened_own").update(facts={})
    send()
    assert sorted(to for _, to in sent()) == [["buyer@example.com"], ["csr@example.com"]]


def test_the_mail_server_is_left_alone_while_nothing_is_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[EmailBackend] = []
    monkeypatch.setattr(EmailBackend, "open", lambda backend: opened.append(backend))
    assert (send(), opened) == (0, [])


def test_who_left_gets_no_mail_any_more(world: World, buyer: User) -> None:
    world.commit(1)
    deliver(END)
    User.objects.filter(pk=buyer.pk).update(is_active=False)
    send()
    assert sent() == []


def test_what_is_stopped_is_not_tried_again(world: World, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    world.commit(1)
    deliver(END)

    def refuse(message: EmailMessage, fail_silently: bool = False) -> int:  # noqa: FBT001, FBT002
        raise SMTPResponseException(451, "try later")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuse)
        assert send() == 1
    assert stop_mail(user_id=buyer.pk, template="reviewed")
    assert (send(300), sent()) == (0, [])
    assert sentences(buyer) == ["1 dispute has been reviewed."]


def test_a_person_chooses_the_channel_above_the_program(world: World, buyer: User, manager: User) -> None:
    assert set_channel(who(buyer), template="reviewed", by_email=False) is False
    assert set_channel(who(manager), template="new", by_email=True) is True
    world.submit()
    world.commit(1)
    deliver(END)
    send()
    assert sent() == [("1 new dispute submitted by Buyers", ["manager@example.com"])]


def test_what_waits_follows_the_channel(world: World, buyer: User) -> None:
    world.commit(1)
    fold_all()
    set_channel(who(buyer), template="reviewed", by_email=False)
    world.commit(2, at=minutes(1))
    deliver(END)
    assert (send(), sentences(buyer)) == (0, ["2 disputes have been reviewed."])


def test_going_back_to_the_program_forgets_the_choice(world: World, buyer: User) -> None:
    set_channel(who(buyer), template="reviewed", by_email=False)
    assert set_channel(who(buyer), template="reviewed", by_email=None) is None
    assert not Preference.objects.exists()
    world.commit(1)
    deliver(END)
    assert send() == 1


def test_window_and_channel_are_chosen_apart(world: World, buyer: User) -> None:
    set_channel(who(buyer), template="reviewed", by_email=False)
    set_preference(who(buyer), template="reviewed", window="1h")
    set_channel(who(buyer), template="reviewed", by_email=None)
    assert list(Preference.objects.values_list("window", "by_email")) == [("1h", None)]
    set_preference(who(buyer), template="reviewed", window=None)
    assert not Preference.objects.exists()


def test_following_the_link_stops_one_kind_of_mail(world: World, buyer: User) -> None:
    assert stop_mail(user_id=buyer.pk, template="reviewed")
    assert not stop_mail(user_id=0, template="reviewed")
    world.commit(1)
    world.write("dispute.reopened", 1, {"label": "D-1"}, at=minutes(0))
    deliver(END)
    send()
    assert [subject for subject, _ in sent()] == ["D-1 was reopened for another look."]


def test_what_is_no_message_has_no_channel(world: World, buyer: User) -> None:
    with pytest.raises(UnknownTemplate):
        set_channel(who(buyer), template="gossip", by_email=True)
    with pytest.raises(NotFound):
        set_channel(SYSTEM, template="reviewed", by_email=True)
    assert not Preference.objects.exists()
