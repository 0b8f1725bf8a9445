"""A question after a decision: kept, mailed once to the contact with the case, and visible in the dispute."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, HeardItem, WordsItem
from makegood.disputes.models import Comment, Dispute, Follow
from makegood.disputes.selectors.detail import dispute_detail
from makegood.disputes.states import DecisionKind
from makegood.disputes.tests.test_heard import record
from makegood.kernel import clock
from makegood.notifications.models import Forward
from makegood.notifications.operations import fold, forward_due
from makegood.notifications.operations.forwards import pass_over_forwards
from makegood.notifications.tests.world import release_journal
from makegood.parties.entries import SYSTEM, ContactWords, Principal
from makegood.parties.models import User
from makegood.parties.operations import change_settings, set_program_contact
from makegood.web import mailing
from makegood.web.tests.conftest import SignedIn
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

ASKED = "Does a voicemail count at night, too?"


@pytest.fixture
def declined(world: World, make_dispute: DisputeMaker, manager: Principal) -> Dispute:
    """A dispute that was declined because of a voicemail, heard at 0:12, in a program with a contact."""
    words = ContactWords("Nina Ortiz", "nina@operator.example", "+1 212 555 0199", user_email="manager@test.example")
    set_program_contact(SYSTEM, program_key=world.program.key, words=words)
    dispute = make_dispute()
    record(dispute)
    item = DecisionItem(
        dispute.pk, DecisionKind.REJECT, note="The caller left a message.", findings=("VOICEMAIL",),
        heard=(HeardItem("VOICEMAIL", 12_000),),
    )  # fmt: skip
    assert operations.decide(manager, items=[item])[0].ok
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    dispute.refresh_from_db()
    return dispute


def send() -> int:
    release_journal()
    fold()
    return forward_due(mailing.forward)


def test_the_question_goes_to_the_contact_once_with_the_case(declined: Dispute, buyer: Principal) -> None:
    (answer,) = operations.ask_further(buyer, items=[WordsItem(declined.pk, f" {ASKED} ")])
    assert (answer.ok, answer.data["contact"]) == (True, "Nina Ortiz")
    with unchanged():
        assert operations.ask_further(buyer, items=[WordsItem(declined.pk, ASKED)])[0].data == answer.data
    assert (send(), send()) == (1, 0)
    (message,) = mail.outbox
    assert (message.to, message.reply_to) == (["nina@operator.example"], ["buyer@test.example"])
    assert message.subject == f"buyer asks about {declined}"
    assert f"> {ASKED}" in message.body
    name, case, kind = message.attachments[0]
    assert (name, kind) == (f"{declined}.txt", "text/plain")
    for said in (
        ASKED,
        "buyer, Acme Plumbing (buyer@test.example)",
        "Automated voice, hung up when we spoke",
        "You asked for $45.00; nothing is credited.",
        "The caller left a message.",
        "Voicemail, missed, at 0:12",
        "> Voicemail, missed: A voicemail or missed call is still an opportunity",
    ):
        assert said in case
        assert said in message.body
    assert "Nina Ortiz answers them" not in message.body
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert f"/guidelines/{declined.program.key}/VOICEMAIL/" in html
    assert "+12125550142" not in message.body + html + str(case)
    story = dispute_detail(buyer, declined.number_only).story[-1]
    assert (story.title, story.quote, story.who) == ("Further question to Nina Ortiz", ASKED, "you")
    assert Follow.objects.get(dispute=declined).user_id == User.objects.get(email="manager@test.example").pk


@pytest.mark.parametrize(
    ("text", "where", "code", "message"),
    [
        (" ", "decided", "QUESTION_REQUIRED", "Please say what you need to know."),
        (ASKED, "pending", "NOT_DECIDED_YET", "{} is not decided yet. A comment on it reaches the reviewer."),
        (
            ASKED,
            "nobody named",
            "NOBODY_TO_ASK",
            "Nobody is named for further questions about {}. A comment on it reaches the review team.",
        ),
    ],
)
def test_a_question_that_cannot_be_sent_is_refused(
    declined: Dispute, make_dispute: DisputeMaker, buyer: Principal, text: str, where: str, code: str, message: str
) -> None:
    if where == "nobody named":
        set_program_contact(SYSTEM, program_key=declined.program.key, words=None)
    about = make_dispute() if where == "pending" else declined
    with unchanged():
        (answer,) = operations.ask_further(buyer, items=[WordsItem(about.pk, text)])
    refused(answer, code, message.format(about))


def ask(buyer: Principal, about: Dispute, count: int) -> None:
    """So many questions, each in words of its own."""
    for place in range(count):
        (answer,) = operations.ask_further(buyer, items=[WordsItem(about.pk, f"{ASKED} ({clock.now()}, {place})")])
        assert answer.ok, answer


def test_a_dispute_takes_so_many_a_day_and_in_all(
    declined: Dispute, buyer: Principal, signed_in: SignedIn, world: World
) -> None:
    client, path = signed_in(buyer), f"/disputes/{declined}/further/"
    assert "3 more questions can be sent today; " in client.get(path).content.decode()
    start = clock.now().replace(microsecond=0)
    with clock.frozen(start):
        ask(buyer, declined, 2)
        assert "1 more question can be sent today; " in client.get(path).content.decode()
        ask(buyer, declined, 1)
        again = f"{start + timedelta(days=1):%-d %b %Y %H:%M} UTC"
        sentence = f"{declined} takes 3 further questions a day, and has had them. Ask again after {again}."
        with unchanged():
            (answer,) = operations.ask_further(buyer, items=[WordsItem(declined.pk, "Another one")])
            refused(answer, "QUESTIONS_OF_THE_DAY", sentence)
            typed = client.post(path, {"text": "My long words"})
        assert (typed.status_code, "My long words</textarea>" in typed.content.decode()) == (409, True)
        shown = client.get(path).content.decode()
        assert (sentence in shown, "<textarea" in shown) == (True, False)
    for day in (1, 2):
        with clock.frozen(start + timedelta(days=day)):
            ask(buyer, declined, 3)
    with clock.frozen(start + timedelta(days=3)):
        two = [WordsItem(declined.pk, f"The last one? {n}") for n in range(2)]
        answers = operations.ask_further(buyer, items=two)
        most = f"{declined} takes 10 further questions, and has had them. Write to the contact by e-mail."
        refused(answers[1], "QUESTIONS_USED_UP", most)
        assert answers[0].ok
        change_settings(SYSTEM, program=world.program, settings={"further_questions": {"per_day": 5, "in_all": 12}})
        ask(buyer, declined, 2)
        with unchanged():
            assert operations.ask_further(buyer, items=two[:1])[0].code == "QUESTIONS_USED_UP"


def test_somebody_elses_dispute_is_absent(declined: Dispute, other_buyer: Principal) -> None:
    with unchanged():
        (answer,) = operations.ask_further(other_buyer, items=[WordsItem(declined.pk, ASKED)])
    refused(answer, "NOT_FOUND", "Not found, or not yours.")


def test_who_left_asks_nobody_and_history_is_passed_over(declined: Dispute, buyer: Principal) -> None:
    operations.ask_further(buyer, items=[WordsItem(declined.pk, ASKED)])
    User.objects.filter(pk=buyer.id).update(is_active=False)
    assert (send(), len(mail.outbox)) == (1, 0)
    assert forward_due(mailing.forward) == 0
    Forward.objects.update(mail_tries=0, mail_claimed_at=None)
    assert pass_over_forwards(before=clock.now() + timedelta(minutes=1)) == 1
    assert forward_due(mailing.forward) == 0
    assert Comment.objects.get().body == ASKED


def test_a_server_that_is_away_is_asked_again(
    declined: Dispute, buyer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations.ask_further(buyer, items=[WordsItem(declined.pk, ASKED)])
    release_journal()
    fold()

    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
        assert forward_due(mailing.forward) == 1
    assert forward_due(mailing.forward) == 0
    with clock.shifted(timedelta(minutes=5)):
        assert forward_due(mailing.forward) == 1
    assert len(mail.outbox) == 1
