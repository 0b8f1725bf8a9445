"""The decision letter: outcome, amounts, what was heard, the guideline, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from makegood.disputes import operations as disputes
from makegood.disputes.entries import DecisionItem, HeardItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.disputes.tests.test_heard import record
from makegood.kernel import clock
from makegood.notifications import tasks
from makegood.notifications.operations import mail_due
from makegood.notifications.selectors.letters import Letter
from makegood.notifications.tests.world import release_journal
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import change_settings
from tests import world as marketplace


def compose(letter: Letter) -> EmailMessage:
    return EmailMessage(letter.subject, "\n".join(letter.lines), to=[letter.to])


LETTERS = {"notify": {"buyer": {"channels": ["email"], "digest": "off", "per_decision": True}}}


@pytest.fixture
def lead_buyer(db: None) -> tuple[marketplace.World, Principal, Principal]:
    """A buyer and a manager of a program that writes a letter for each decision."""
    place = marketplace.build_world()
    change_settings(
        SYSTEM, program=place.program, settings={**LETTERS, "max_rounds": 2, "re_review": {"allowed": True}}
    )
    return place, place.person("buyer", "letter-buyer", customer_number="B1"), place.person("manager", "letter-manager")


def decided(
    place: tuple[marketplace.World, Principal, Principal],
    kind: DecisionKind,
    micros: int | None,
    finding: str,
    heard_ms: tuple[int, ...] = (),
) -> EmailMessage:
    """The letter about one decision."""
    world, buyer, manager = place
    item = SubmitItem(world.charge(tax_micros=3_600_000).pk, "SPAM", "Automated voice")
    [filed] = disputes.submit(buyer, items=[item])
    assert filed.id is not None
    if heard_ms:
        record(Dispute.objects.get(pk=filed.id))
    heard = tuple(HeardItem(finding, at) for at in heard_ms)
    decision = DecisionItem(filed.id, kind, micros, note="We listened to all of it.", findings=(finding,), heard=heard)
    [answer] = disputes.decide(manager, items=[decision])
    assert answer.ok
    with clock.shifted(timedelta(minutes=5)):
        disputes.commit_due()
        release_journal()
        tasks.run()
    with clock.shifted(timedelta(minutes=6)):
        tasks.run()
        mail_due(compose)
    [message] = mail.outbox
    return message


def test_the_letter_says_outcome_amounts_findings_and_the_way_back(
    lead_buyer: tuple[marketplace.World, Principal, Principal],
) -> None:
    message = decided(lead_buyer, DecisionKind.PARTIAL, 20_000_000, "ROBOCALL")
    label = message.subject.split()[0]
    assert message.subject == f"{label} was accepted in part: $20.00 is credited."
    assert message.body.splitlines() == [
        "You asked for $45.00; $20.00 and $1.60 tax are credited.",
        "The credit comes with your next bill.",
        "We listened to all of it.",
        "Robocall, solicitor",
        f"To have it looked at again, open {label} and ask for a re-review.",
    ]
    assert message.to == ["letter-buyer@test.example"]


def test_the_letter_of_a_refusal_names_the_guideline(
    lead_buyer: tuple[marketplace.World, Principal, Principal],
) -> None:
    message = decided(lead_buyer, DecisionKind.REJECT, None, "VOICEMAIL")
    assert message.body.splitlines()[:4] == [
        "You asked for $45.00; nothing is credited.",
        "We listened to all of it.",
        "Voicemail, missed",
        "Voicemail, missed: A voicemail or missed call is still an opportunity to call back, so the call is billable.",
    ]


def test_where_representatives_ask_the_letter_sends_there(
    lead_buyer: tuple[marketplace.World, Principal, Principal],
) -> None:
    asked = {"re_review": {"allowed": True, "requested_by": "csr"}}
    change_settings(SYSTEM, program=lead_buyer[0].program, settings=asked)
    message = decided(lead_buyer, DecisionKind.ACCEPT, None, "ROBOCALL")
    label = message.subject.split()[0]
    assert message.body.splitlines()[-1] == f"To have it looked at again, ask your representative and name {label}."


def test_the_letter_of_a_final_decision_says_so(lead_buyer: tuple[marketplace.World, Principal, Principal]) -> None:
    world, _, _ = lead_buyer
    change_settings(SYSTEM, program=world.program, settings={"re_review": {"allowed": False}})
    message = decided(lead_buyer, DecisionKind.ACCEPT, None, "ROBOCALL")
    assert message.body.splitlines()[-1] == "This decision is final."


def test_the_letter_says_at_which_second_and_until_when_in_the_readers_language(
    lead_buyer: tuple[marketplace.World, Principal, Principal],
) -> None:
    world, buyer, _ = lead_buyer
    User.objects.filter(pk=buyer.id).update(locale="de_DE")
    settings = {"re_review": {"allowed": True, "appeal_days": 10}}
    change_settings(SYSTEM, program=world.program, settings=settings)
    with clock.frozen(datetime(2026, 11, 20, 15, 0, tzinfo=UTC)):
        message = decided(lead_buyer, DecisionKind.REJECT, None, "VOICEMAIL", (41_000, 52_000))
    label = message.subject.split()[0]
    assert message.subject == f"{label} wurde abgelehnt: Die Belastung bleibt bestehen."
    assert message.body.splitlines() == [
        "Sie haben 45,00\u00a0$ reklamiert; es wird nichts gutgeschrieben.",
        "We listened to all of it.",
        "Voicemail, missed, bei 0:41, 0:52",
        "Voicemail, missed: A voicemail or missed call is still an opportunity to call back, so the call is billable.",
        f"Für eine erneute Prüfung öffnen Sie {label} und beantragen Sie diese bis 30.11.2026, 10:00:00 EST.",
    ]
