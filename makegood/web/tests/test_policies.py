"""The policy editor without JavaScript: every step kept, two people at once, trying, publishing, going back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.models import PolicyVersion
from makegood.disputes.policy import RULE_TYPES, Severity
from makegood.disputes.selectors.policy_codes import codes_of
from makegood.disputes.selectors.policy_reach import begin_reach
from makegood.disputes.selectors.policy_trials import VersionState, version_rows
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.web.local_times import NoSuchTime, moment_typed
from makegood.web.policy_forms import blank_of, form_of, rule_of, typed_of
from makegood.web.tests.conftest import SignedIn
from makegood.web.views import policy_trials
from tests.refusals import unchanged
from tests.world import World

BILLED = {"type": "billed", "severity": "block"}
DAY = {"type": "window", "amount": 24, "severity": "block"}
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


@pytest.fixture
def browser(admin: Principal, signed_in: SignedIn) -> Client:
    return signed_in(admin)


@pytest.fixture
def draft(world: World, admin: Principal) -> PolicyVersion:
    return operations.save_policy_draft(admin, program=world.program, rules=[BILLED, DAY])


def place(world: World, rest: str = "") -> str:
    return f"/admin/policies/{world.program.key}/{rest}"


def text(response: Any) -> str:
    """The words of a page, as people read them."""
    return " ".join(unescape(TAGS.sub(" ", response.content.decode())).split()).replace(" .", ".").replace(" ,", ",")


def seen(world: World, number: int = 2) -> str:
    return next(row.stamp for row in version_rows(world.program) if row.number == number)


def rules(number: int = 2) -> list[Any]:
    found: list[Any] = PolicyVersion.objects.get(number=number).rules
    return found


Step = Callable[..., Any]


@pytest.fixture
def step(world: World, browser: Client, draft: PolicyVersion) -> Step:
    """Send a form of the draft, stamped with what it is now."""

    def send(to: str, status: int = 303, **typed: Any) -> Any:
        response = browser.post(place(world, f"drafts/2/{to}/"), {"seen": seen(world), **typed})
        assert response.status_code == status, text(response)
        return response

    return send


def test_the_list_and_the_page_say_what_is_in_force(world: World, browser: Client, draft: PolicyVersion) -> None:
    assert "Version 1" in text(browser.get("/admin/policies/"))
    page = text(browser.get(place(world)))
    assert "Block when it was not billed." in page
    assert "Go on with draft 2" in page
    assert "Warn when the call status is none of: completed with conversion" in page


def test_rules_are_added_changed_moved_confirmed_removed_and_put_back(
    world: World, browser: Client, step: Step
) -> None:
    form = text(browser.get(place(world, "drafts/2/?add=explanation")))
    assert "An explanation" in form
    step("rule", type="explanation", severity="warn", on_missing="fail", **{"p-min_chars": "12"})
    assert rules()[2] == {"type": "explanation", "severity": "warn", "min_chars": 12}
    step("rule", type="window", place="2", severity="block", on_missing="fail",
         **{"p-amount": "96", "p-unit": "hours", "p-anchor": "received", "p-inclusive": "on", "p-tz": "customer",
            "g-origins": ["buyer"]})  # fmt: skip
    assert rules()[1] == {"type": "window", "severity": "block", "amount": 96, "inclusive": True, "origins": ["buyer"]}
    response = step("order", verb="up", place="3")
    assert response["Location"].endswith("drafts/2/?moved=2#rule-2")
    assert [rule["type"] for rule in rules()] == ["billed", "explanation", "window"]
    gone = step("order", verb="remove", place="1")
    assert [rule["type"] for rule in rules()] == ["explanation", "window"]
    page = browser.get(gone["Location"])
    token = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert token is not None
    step("order", verb="back", token=token[1])
    assert [rule["type"] for rule in rules()] == ["billed", "explanation", "window"]
    with unchanged():
        step("order", verb="back", token="forged")
        step("order", verb="up", place="1")
        step("order", verb="up", place="99")


def test_what_came_with_the_preset_is_marked_until_it_is_confirmed(world: World, browser: Client, step: Step) -> None:
    PolicyVersion.objects.filter(number=2).update(rules=[{**BILLED, "basis": "default"}, {**DAY, "basis": "help"}])
    assert "Block when it was not billed. default" in text(browser.get(place(world, "drafts/2/")))
    step("order", verb="confirm", place="1")
    assert rules() == [BILLED, {**DAY, "basis": "help"}]
    assert " default " not in text(browser.get(place(world, "drafts/2/")))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"p-amount": "soon"}, '"soon" is no whole number.'),
        ({"p-amount": "99999999999999999"}, '"99999999999999999" is no whole number.'),
        ({"p-amount": "0"}, "A window is longer than nothing; leave the amount out to switch it off."),
        ({"severity": "reject"}, "'reject' is not a valid Severity"),
        ({"p-unit": "years"}, 'Parameter "unit" of rule "window" cannot be \'years\''),
        ({"p-amount": "3", "p-unit": "business_days", "p-calendar": "moon"},
         'The policy cannot be published: there is no calendar "moon".'),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_says_so_beside_what_was_typed(
    world: World, step: Step, typed: dict[str, str], sentence: str
) -> None:
    with unchanged():
        response = step("rule", 422, **{"type": "window", "place": "2", "severity": "block", **typed})
    assert sentence in text(response)
    assert typed.get("p-amount", "") in response.content.decode()


def test_rules_that_cannot_be_meant_say_so_and_are_not_published(world: World, browser: Client, step: Step) -> None:
    step("rule", type="window_opens", severity="block", **{"p-hours": "48"})
    said = "It opens after rule 2 has closed, so that nothing can ever be disputed."
    for address in ("drafts/2/", "drafts/2/publish/"):
        assert said in text(browser.get(place(world, address)))
    with unchanged():
        assert said in text(step("publish", 422, when="now", note="Why not"))


def test_of_two_who_edit_the_second_keeps_what_was_typed(
    world: World, admin: Principal, browser: Client, draft: PolicyVersion
) -> None:
    mia = world.person("admin", "Mia")
    old = seen(world)
    operations.save_policy_draft(mia, program=world.program, rules=[DAY, BILLED], number=2)
    typed = {"seen": old, "type": "window", "place": "2", "severity": "block", "p-amount": "77"}
    with unchanged():
        response = browser.post(place(world, "drafts/2/rule/"), typed)
    assert response.status_code == 409
    assert "Mia changed draft 2 meanwhile" in text(response)
    assert 'value="77"' in response.content.decode()
    assert 'name="place"' not in response.content.decode().partition('id="rule-form"')[2].partition("</form>")[0]
    for to in ("order", "discard", "publish"):
        with unchanged():
            answer = browser.post(place(world, f"drafts/2/{to}/"), {"seen": old, "verb": "down", "place": "1"})
        assert answer.status_code == 409
        assert "Mia changed draft 2 meanwhile" in text(answer)


def test_a_draft_is_published_now_with_a_note(world: World, browser: Client, step: Step) -> None:
    page = text(browser.get(place(world, "drafts/2/publish/")))
    assert "Removed was rule 3 Block when a dispute on the charge is open." in page
    assert "Changed rule 2 Block when it was billed too long ago (no length is set)." in page
    step("publish", when="now", note=" One day. ")
    row = version_rows(world.program)[1]
    assert (row.state, row.note, row.author) == (VersionState.IN_FORCE, "One day.", "admin")
    assert browser.get(place(world, "drafts/2/"))["Location"] == place(world, "versions/2/")


def test_a_draft_is_published_from_a_local_time_on_and_withdrawn(world: World, browser: Client, step: Step) -> None:
    step("publish", when="later", at="2100-01-01T00:00", zone="America/New_York")
    row = version_rows(world.program)[1]
    assert (row.state, row.starts_at) == (VersionState.SCHEDULED, datetime(2100, 1, 1, 5, tzinfo=UTC))
    assert "comes into force" in text(browser.get(place(world)))
    assert "Withdraw version 2?" in text(browser.get(place(world, "versions/2/withdraw/")))
    assert browser.post(place(world, "versions/2/withdraw/")).status_code == 303
    assert version_rows(world.program)[1].state is VersionState.WITHDRAWN
    with unchanged():
        assert browser.post(place(world, "versions/2/withdraw/")).status_code == 409


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"at": ""}, "Write a day and a time, such as 2027-01-01 00:00."),
        ({"at": "2020-01-01T00:00"}, "That moment is over; name a later one, or publish at once."),
        ({"at": "2100-01-01T00:00", "zone": "Moon/Base"}, '"Moon/Base" is no time zone.'),
        ({"at": "2027-03-14T02:30", "zone": "America/New_York"},
         "The clocks of America/New_York skip that time on that day."),
        ({"when": "now", "note": "x" * 1001}, "A note has at most 1,000 characters."),
    ],
)  # fmt: skip
def test_a_start_that_cannot_be_meant_changes_nothing(step: Step, typed: dict[str, str], sentence: str) -> None:
    with unchanged():
        response = step("publish", 422, **{"when": "later", "zone": "UTC", "note": "kept words", **typed})
    assert sentence in text(response)
    assert typed.get("note", "kept words") in response.content.decode()


def test_moments_of_a_zone() -> None:
    assert moment_typed("2026-11-01T01:30", "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    for bad in ("1900-01-01T00:00", "2026-01-01T00:00+00:00", "soon"):
        with pytest.raises(NoSuchTime):
            moment_typed(bad, "UTC")


def test_the_history_compares_any_two_and_begins_a_draft_from_an_old_one(
    world: World, admin: Principal, browser: Client
) -> None:
    operations.publish_policy(admin, program=world.program, rules=[DAY], note="Only a day.")
    page = text(browser.get(place(world, "history/?a=2&b=1")))
    assert "Only a day." in page
    assert "Added rule 2 Block when it was not billed." in page
    assert "There are no such two versions." in text(browser.get(place(world, "history/?a=7&b=1")))
    answer = browser.post(place(world, "versions/1/begin/"))
    assert answer["Location"] == place(world, "drafts/3/")
    assert rules(3) == rules(1)
    assert text(browser.get(place(world, "versions/1/"))).count("Block when") == 5


def test_trying_says_rule_by_rule_what_is_met(world: World, browser: Client, draft: PolicyVersion) -> None:
    old = world.charge(received_at=clock.now() - timedelta(days=2), external_id="OLD-1")
    world.charge(external_id="NEW-1")
    page = text(browser.get(place(world, "drafts/2/try/?charges=OLD-1,NEW-1 moon")))
    assert "Not found, or not yours: moon." in page
    assert "2. Received 2 days ago; the limit is 1 day. block" in page
    assert "1. Billed met" in page
    assert page.count("Can be disputed") == 1
    assert old.external_id in text(browser.get(place(world, "drafts/2/try/")))


def test_the_impact_goes_on_step_by_step_and_can_be_stopped(
    world: World, browser: Client, draft: PolicyVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in (0, 2, 3):
        world.charge(received_at=clock.now() - timedelta(days=days, hours=1))
    monkeypatch.setattr(policy_trials, "begin_reach", lambda policy: replace(begin_reach(policy), size=1))
    monkeypatch.setattr(policy_trials, "STEP_S", 0.0)
    address = place(world, "drafts/2/impact/")
    asked = {"HX-Request": "true"}
    first = browser.post(address, headers=asked)
    assert first.status_code == 202
    assert "33% of the charges looked at" in text(first)
    state = re.search(r'name="state" value="([^"]+)"', first.content.decode())
    assert state is not None
    assert "Every charge of the program is judged" in text(browser.post(address, {"verb": "stop"}, headers=asked))
    second = browser.post(address, {"state": state[1]}, headers=asked)
    assert "66% of the charges looked at" in text(second)
    state = re.search(r'name="state" value="([^"]+)"', second.content.decode())
    assert state is not None
    last = browser.post(address, {"state": state[1], "verb": "on"})
    assert last.status_code == 200
    said = "Of 3 charges that can be disputed now, 2 no longer could: 2 would become WINDOW_EXPIRED. 0 would become"
    assert said in text(last)
    assert "stops 2 of 3" in text(last)
    operations.save_policy_draft(
        world.person("admin", "Mia"), program=world.program, rules=[BILLED], number=draft.number
    )
    assert "33%" in text(browser.post(address, {"state": state[1]}, headers=asked)), "a look at other rules begins anew"


def test_who_only_views_reads_and_tries_and_is_told_who_grants(
    world: World, signed_in: SignedIn, manager: Principal, qa: Principal, draft: PolicyVersion
) -> None:
    world.charge()
    viewer = signed_in(manager)
    for address in ("", "drafts/2/", "history/", "versions/1/"):
        page = viewer.get(place(world, address))
        assert "An administrator can grant the permission to edit policies." in text(page)
        forms = re.findall(r'method="post" action="(/admin/policies[^"]+)"', page.content.decode())
        assert {form.rpartition("2/")[2] for form in forms} <= {"impact/"}
    assert "Can be disputed" in text(viewer.get(place(world, "drafts/2/try/")))
    assert viewer.post(place(world, "drafts/2/impact/")).status_code == 200
    posts = ("drafts/2/rule/", "drafts/2/order/", "drafts/2/discard/", "drafts/2/publish/", "versions/1/begin/",
             "versions/1/withdraw/")  # fmt: skip
    for address in posts:
        with unchanged():
            assert viewer.post(place(world, address), {"verb": "remove", "place": "1"}).status_code == 403
    stranger = signed_in(qa)
    for address in ("", "drafts/2/", "history/"):
        assert stranger.get(place(world, address)).status_code == 403


def test_what_is_not_there_reads_like_what_is_not_yours(world: World, browser: Client, draft: PolicyVersion) -> None:
    for address in ("drafts/1/publish/", "drafts/9/", "versions/9/", "drafts/1/try/"):
        assert browser.get(place(world, address)).status_code == 404
    assert browser.get("/admin/policies/moon/").status_code == 404
    assert browser.get(place(world, "drafts/1/")).status_code == 303
    assert browser.post(place(world, "drafts/2/discard/"), {"seen": seen(world)}).status_code == 303
    assert not PolicyVersion.objects.filter(number=2).exists()


@pytest.mark.parametrize("kind", sorted(RULE_TYPES))
def test_every_form_reads_back_what_it_was_filled_from(world: World, kind: str) -> None:
    codes = codes_of(world.program)
    rule = RULE_TYPES[kind]
    typed = blank_of(rule, codes.currency)
    data, wrong = rule_of(rule, typed, codes.currency)
    assert wrong == {}
    assert data["type"] == kind
    full: dict[str, Any] = {**data, "reasons": ["SPAM", "GONE"], "on_missing": "warn"}
    if rule.phase == "auto":
        budget = {"count": 3, "micros": 2_500_000, "per": "program"}
        full |= {"severity": Severity.AUTO_ACCEPT.value, "budget": budget}
    form = form_of(rule, typed_of(full, codes.currency), codes)
    values: dict[str, list[str]] = {}
    for control in (*form.own, *form.gates, *form.budget):
        values[control.name] = [box.value for box in control.boxes if box.chosen] or [control.value]
        values[f"{control.name}-more"] = [control.more]
    values["severity"], values["on_missing"] = [full["severity"]], ["warn"]
    assert rule_of(rule, values, codes.currency) == (full, {})
