"""How a person wants the pages: kept, journaled, and refused where it makes no sense."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from makegood.journal.models import JournalEvent
from makegood.parties import errors
from makegood.parties.entries import SYSTEM, Preferences, Principal
from makegood.parties.models import User
from makegood.parties.operations import set_display, set_keys
from makegood.web import keymap
from makegood.web.keymap import ACTIONS, BY_NAME, Group, Key, conflicts, read_key
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged

DISPLAY, KEYBOARD = "/preferences/", "/preferences/keyboard/"
COMPACT = {"density": "compact", "zone_from": "own", "zone": "Asia/Kolkata"}


def kept(person: Principal) -> dict[str, Any]:
    found: dict[str, Any] = User.objects.values_list("preferences", flat=True).get(pk=person.id)
    return found


def fields(**changes: str) -> dict[str, str]:
    """What the form of a person sends who changes some keys: every action of every group."""
    return {"single_keys": "on", **{action.name: action.default for action in ACTIONS}, **changes}


def test_display_is_kept_and_journaled_once(buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    for _ in range(2):
        assert client.post(DISPLAY, {**COMPACT, "density": "comfortable"}).status_code == 303
    page = client.get("/calls/").content.decode()
    assert 'data-density="comfortable"' in page
    assert "IST (UTC+5:30)" in page
    event = JournalEvent.objects.get(event="user.preferred")
    assert event.changes["after"] == {"zone": "Asia/Kolkata", "density": "comfortable", "zone_from": "own"}
    assert event.changes["before"]["zone"] == "America/New_York"


def test_pages_follow_the_browser_for_who_wants_that(buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    client.cookies["mg_zone"] = "Asia/Tokyo"
    assert "EST (UTC-5)" in client.get("/calls/").content.decode()
    client.post(DISPLAY, {**COMPACT, "zone_from": "browser"})
    assert "JST (UTC+9)" in client.get("/calls/").content.decode()
    client.cookies["mg_zone"] = "Nowhere/Land"
    assert "EST (UTC-5)" in client.get("/calls/").content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone of the IANA list, such as America/New_York."),
        ({"density": "airy"}, "“airy” cannot be chosen; choose one of: compact, comfortable."),
        ({"zone_from": "moon"}, "“moon” cannot be chosen; choose one of: own, browser."),
    ],
)
def test_display_that_makes_no_sense_is_refused_and_stays_typed(
    change: dict[str, str], message: str, buyer: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    with unchanged():
        answer = client.post(DISPLAY, COMPACT | change)
    page = answer.content.decode().replace("&quot;", '"')
    assert answer.status_code == 422
    assert message.replace("“", '"').replace("”", '"') in page
    assert f'value="{(COMPACT | change)["zone"]}"' in page


def test_keys_are_kept_delivered_and_reset(buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    client.post(KEYBOARD, fields(**{"dispute.withdraw": "Y", "list.next": "", "player.play": "space"}))
    assert kept(buyer)["keys"] == {"dispute.withdraw": "Shift+Y", "list.next": ""}
    page = client.get("/calls/").content.decode()
    assert '["list.next", "j", ""], ["dispute.withdraw", "w", "Shift+Y"]' in page
    client.post(KEYBOARD, {name: text for name, text in fields().items() if name != "single_keys"})
    assert (kept(buyer)["single_keys"], kept(buyer)["keys"]) == (False, {})
    assert '"single": false' in client.get("/calls/").content.decode()
    client.post(KEYBOARD, fields(**{"list.next": "b"}) | {"reset": "yes"})
    assert (kept(buyer)["single_keys"], kept(buyer)["keys"]) == (True, {})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dispute.withdraw": "j"}, "“j” is the key of “Next row” already. Change that one, or choose another key."),
        ({"list.next": "u"}, "“u” is the key of “Undo the last decision” already."),
        ({"dispute.withdraw": "G Q", "go.notices": "g q"}, "“g q” is the key of “Go to the notifications” already."),
        ({"list.next": "5"}, '"5" is no key that an action can have.'),
        ({"list.next": "Ctrl+D"}, '"Ctrl+D" is no key that an action can have.'),
        ({"list.next": "ab"}, '"ab" is no key that an action can have.'),
        ({"list.next": "g"}, '"g" is no key that an action can have.'),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_a_sentence(
    changes: dict[str, str], sentence: str, buyer: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    with unchanged():
        answer = client.post(KEYBOARD, fields(**changes))
    page = answer.content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    assert answer.status_code == 422
    assert sentence in page
    assert 'aria-invalid="true"' in page


def test_two_keys_can_change_places(buyer: Principal, signed_in: SignedIn) -> None:
    answer = signed_in(buyer).post(KEYBOARD, fields(**{"list.next": "k", "list.previous": "j"}))
    assert answer.status_code == 303
    assert kept(buyer)["keys"] == {"list.next": "k", "list.previous": "j"}


def test_operations_refuse_what_no_form_sends(buyer: Principal) -> None:
    with unchanged():
        with pytest.raises(errors.TooManyKeys) as many:
            set_keys(buyer, single_keys=True, keys={f"a.{number}": "" for number in range(101)})
        with pytest.raises(errors.BadKey) as bad:
            set_keys(buyer, single_keys=True, keys={"list.next": "Shift+d"})
        with pytest.raises(errors.NotFound):
            set_keys(SYSTEM, single_keys=True, keys={})
        with pytest.raises(errors.NotFound):
            set_display(SYSTEM, density="compact", zone_from="own", zone="UTC")
    assert many.value.message == "At most 100 keys can be changed."
    assert bad.value.message.startswith('"Shift+d" is no key that an action can have.')


def test_defaults_are_keys_that_do_not_meet(buyer: Principal) -> None:
    assert conflicts(Key(action, action.default) for action in ACTIONS) == {}
    assert [action.name for action in ACTIONS if read_key(action.default) != action.default] == []
    set_keys(buyer, single_keys=True, keys={one.name: one.default for one in ACTIONS if one.name != "shell.undo"})
    # Said of the defaults, nothing; the same keys said of what was changed to them, each by its name.
    met = [Key(BY_NAME["list.next"], "v"), Key(BY_NAME["decide.policy"], "v"), Key(BY_NAME["dispute.comment"], "v")]
    assert set(conflicts(met)) == {"list.next", "dispute.comment"}


@pytest.mark.parametrize(
    ("typed", "key"),
    [("D", "Shift+D"), ("shift+d", "Shift+D"), (" ", "Space"), ("SPACE", "Space"), ("G D", "g d"), ("g d", "g d"),
     ("shift+arrowleft", "Shift+ArrowLeft"), ("  j ", "j"), ("", ""), ("+", "+"), ("ö", "ö")],
)  # fmt: skip
def test_keys_are_read_as_people_type_them(typed: str, key: str) -> None:
    assert read_key(typed) == key


def test_what_a_row_keeps_wrongly_is_the_default() -> None:
    odd = {"density": 7, "zone_from": None, "single_keys": "no", "keys": ["j"], "more": 1}
    assert Preferences.of(odd) == Preferences()
    assert keymap.delivered(Preferences(keys={"gone.action": "y"}), Group) == {"single": True, "changed": []}
    assert BY_NAME["shell.undo"].default == "z u"


def test_signed_out_people_have_no_preferences(db: None, client: Client) -> None:
    for path in (DISPLAY, KEYBOARD):
        assert client.get(path)["Location"].startswith("/account/login/")
