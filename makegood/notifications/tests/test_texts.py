"""Own words: kept per language, refused where they name what is not known, and read in digests and letters."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.disputes import operations as disputes
from makegood.disputes.states import DecisionKind
from makegood.journal.models import JournalEvent
from makegood.kernel.errors import Refusal
from makegood.notifications.models import Digest, MessageText
from makegood.notifications.operations import Profile, change_profiles, put_text_back, set_text
from makegood.notifications.policy.delivery import program_window
from makegood.notifications.selectors.digests import cards_of
from makegood.notifications.selectors.texts import piece_view, pieces_in
from makegood.notifications.states import Side, Template, line, sentence, speaking
from makegood.notifications.states.wording import PIECES, Own, filled, forms_of, piece_named, strange_in
from makegood.notifications.tests.test_letters import decided, lead_buyer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.models import Program, User
from tests.refusals import unchanged
from tests.world import DisputeMaker, World, build_world

FIXTURES = (lead_buyer,)
SAID: dict[str, Any] = {
    "template": "letter",
    "piece": "accepted",
    "locale": "en",
    "forms": {"": "Good news: {label} pays back {amount}."},
}
COUNTED: dict[str, Any] = {"template": "new", "piece": "count", "locale": "en"}
FORMS = {"one": "{count} case came in", "other": "{count} cases came in"}


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def manager(world: World) -> Principal:
    return world.person("manager")


@pytest.fixture
def buyer(world: World) -> Principal:
    return world.person("buyer", customer_number="B1")


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def digest(world: World, template: Template, count: int, locale: str = "en_US") -> Digest:
    person = world.person("manager", f"reader-{locale}-{count}")
    User.objects.filter(pk=person.id).update(locale=locale)
    user = User.objects.get(pk=person.id)
    return Digest.objects.create(
        recipient=user, template=template, window="4h", opens_at=user.created_at, due_at=user.created_at, count=count
    )


def test_own_words_are_read_by_plural_form_and_put_back(world: World, admin: Principal) -> None:
    set_text(admin, **COUNTED, forms=FORMS)
    rows = [digest(world, Template.NEW, 1), digest(world, Template.NEW, 1_200), digest(world, Template.NEW, 3, "de_DE")]
    assert [card.text for card in cards_of(rows)] == [
        "1 case came in",
        "1,200 cases came in",
        "3 neue Reklamationen von Käufern eingereicht",
    ]
    assert JournalEvent.objects.get(event="message_text.changed").changes["after"] == {"forms": FORMS}
    put_text_back(admin, **COUNTED)
    (card,) = cards_of(rows[:1])
    assert card.text == "1 new dispute submitted by Buyers"
    assert MessageText.objects.get().forms == {}


def test_a_language_without_words_falls_back_to_english_own_ones(world: World, admin: Principal) -> None:
    set_text(admin, **COUNTED, forms=FORMS)
    (french,) = cards_of([digest(world, Template.NEW, 2, "fr_FR")])
    assert french.text == "2 cases came in"
    own = {"one": "{count} dossier", "many": "{count} de dossiers", "other": "{count} dossiers"}
    set_text(admin, template="new", piece="count", locale="fr", forms=own)
    (french,) = cards_of([digest(world, Template.NEW, 5, "fr_FR")])
    assert french.text == "5 dossiers"


def test_a_letter_says_it_in_own_words(
    lead_buyer: tuple[World, Principal, Principal],
) -> None:
    admin = lead_buyer[0].person("admin")
    set_text(admin, **SAID)
    set_text(admin, template="letter", piece="heard", locale="en", forms={"": "On the recording"})
    message = decided(lead_buyer, DecisionKind.ACCEPT, None, "ROBOCALL")
    label = message.subject.removeprefix("Good news: ").split()[0]
    assert message.subject == f"Good news: {label} pays back $45.00."


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({**SAID, "forms": {"": "Hello {name}"}}, "UNKNOWN_PLACEHOLDER",
     "These words cannot speak of {name}. What it can name: {label}, {amount}."),
    ({**SAID, "forms": {"": "100 } percent"}}, "UNKNOWN_PLACEHOLDER",
     "These words cannot speak of }. What it can name: {label}, {amount}."),
    ({**SAID, "piece": "why", "forms": {"": "Why {label}"}}, "UNKNOWN_PLACEHOLDER",
     "These words cannot speak of {label}. It names nothing."),
    ({**COUNTED, "forms": {"one": "One"}}, "BAD_WORDING",
     'The words cannot be kept: the form "other" has no words.'),
    ({**SAID, "forms": {"": "x" * 501}}, "BAD_WORDING", "The words cannot be kept: they have at most 500 characters."),
    ({**SAID, "template": "alarm", "piece": "line"}, "NOT_FOUND", "Not found, or not yours."),
    ({**SAID, "locale": "xx"}, "NOT_FOUND", "Not found, or not yours."),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "code", "message"), REFUSALS)
def test_words_that_cannot_be_kept_change_nothing(
    admin: Principal, asked: dict[str, Any], code: str, message: str
) -> None:
    with unchanged(), pytest.raises(Refusal) as caught:
        set_text(admin, **asked)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_only_who_edits_programs_writes_words(world: World, manager: Principal) -> None:
    with unchanged(), pytest.raises(NotPermitted):
        set_text(manager, **SAID)
    with unchanged(), pytest.raises(NotPermitted):
        change_profiles(manager, program_key=world.program.key, profiles={})


def test_every_piece_can_be_shown_with_the_viewers_own_dispute(
    world: World, manager: Principal, make_dispute: DisputeMaker
) -> None:
    dispute = make_dispute()
    shown = {(template, view.piece.key): view for template, views in pieces_in(manager, "en") for view in views}
    assert len(shown) == sum(len(pieces) for pieces in PIECES.values())
    (accepted,) = shown[Template.LETTER, "accepted"].forms
    assert accepted.preview == f"{dispute.label} was accepted: $45.00 is credited."
    assert accepted.shipped == "{label} was accepted: {amount} is credited."
    for (_, key), view in shown.items():
        assert all(form.shipped and form.preview for form in view.forms), key
        assert all(not strange_in(form.shipped, view.piece) for form in view.forms), key
    count = piece_named(Template.NEW, "count")
    assert count is not None
    polish = piece_view(manager, Template.NEW, count, "pl")
    assert [form.key for form in polish.forms] == list(forms_of("pl")) == ["one", "few", "many", "other"]


def test_words_are_filled_in_once_and_nothing_in_them_is_carried_out() -> None:
    assert filled("{label}: {question}", {"label": "D-1", "question": "{label} %s"}) == "D-1: {label} %s"
    with speaking("en_US"):
        own = Own("en", {("letter", "rejected", ""): "{label} stands."})
        assert line(Template.LETTER, {"label": "D-1", "outcome": "rejected"}, own) == "D-1 stands."
        assert sentence(Template.LETTER, 2, own) == "2 disputes were decided."


def test_a_program_tells_its_sides_as_it_was_set(world: World, admin: Principal) -> None:
    profiles = {"buyer": Profile(("email",), "Daily 16:30", each_decision=True), "qa": Profile((), "off")}
    change_profiles(admin, program_key=world.program.key, profiles=profiles)
    settings = Program.objects.get(pk=world.program.pk).settings
    assert program_window(settings, Side.BUYER).text == "daily 16:30"
    assert settings["notify"]["buyer"]["per_decision"] is True
    assert settings["notify"]["manager"] == world.program.settings["notify"]["manager"]
    for wrong, code in ((Profile(("pigeon",), "1h"), "BAD_CHANNEL"), (Profile((), "soon"), "BAD_WINDOW")):
        with unchanged(), pytest.raises(Refusal) as caught:
            change_profiles(admin, program_key=world.program.key, profiles={"buyer": wrong})
        assert caught.value.code == code
    with unchanged(), pytest.raises(NotFound):
        change_profiles(admin, program_key=world.program.key, profiles={"nobody": Profile((), "1h")})
    disputes.put_program_back(admin, program_key=world.program.key)
    assert Program.objects.get(pk=world.program.pk).settings == world.program.settings
