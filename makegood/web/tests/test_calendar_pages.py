"""Calendars and promises on pages, without JavaScript."""

from __future__ import annotations

from datetime import date, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.models import Holiday
from makegood.disputes.selectors.calendar_use import calendar_named
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.web.tests.conftest import SignedIn
from makegood.web.tests.test_policies import TAGS
from tests.refusals import unchanged
from tests.world import World

HERE = "/admin/calendars/office/"


@pytest.fixture
def admin(world: World) -> Principal:
    admin = world.person("admin")
    operations.create_calendar(admin, key="office", name="Office", zone="America/New_York")
    return admin


@pytest.fixture
def browser(admin: Principal, signed_in: SignedIn) -> Client:
    return signed_in(admin)


def text(response: Any) -> str:
    return " ".join(unescape(TAGS.sub(" ", response.content.decode())).split()).replace(" .", ".").replace(" ,", ",")


def send(browser: Client, admin: Principal, to: str, **typed: Any) -> Any:
    return browser.post(f"{HERE}{to}", {"seen": calendar_named(admin, "office").stamp, **typed})


def test_a_calendar_is_made_changed_and_filled(browser: Client, admin: Principal) -> None:
    made = browser.post(
        "/admin/calendars/new/",
        {"key": "shop", "name": "Shop", "zone": "UTC", "weekday": ["5"], "opens_at": "09:30", "closes_at": "17:00"},
    )
    assert made["Location"] == "/admin/calendars/shop/"
    assert "Saturday, 09:30 to 17:00, in UTC." in text(browser.get("/admin/calendars/shop/"))
    typed = {"name": "Head office", "zone": "UTC", "weekday": ["0", "1", "2"], "closes_at": ""}
    assert send(browser, admin, "", **typed).status_code == 303
    assert send(browser, admin, "holidays/", verb="one", on="2026-12-24", holiday="Eve").status_code == 303
    asked = {"country": "US", "region": "", "first": "2026", "last": "2026"}
    offered = text(browser.get(f"{HERE}holidays/public/", asked))
    assert "United States, federal" in offered
    assert "Thu 26 Nov 2026 Thanksgiving Day closed anyway" in offered
    added = send(browser, admin, "holidays/public/", **asked, day=["2026-11-26", "2026-12-25", "1999-01-01"])
    assert added["Location"] == f"{HERE}#holidays"
    assert "Christmas Day there already" in text(browser.get(f"{HERE}holidays/public/", asked))
    file = SimpleUploadedFile("days.csv", b"2026-12-24,Eve again\n\n2026-12-31,Silvester, the eve\n")
    assert send(browser, admin, "holidays/", verb="file", file=file).status_code == 303
    page = text(browser.get(HERE))
    assert "Monday to Wednesday, all day, in UTC." in page
    assert "Silvester,the eve" in page.replace(", ", ",")
    assert Holiday.objects.count() == 4
    assert "Head office" in text(browser.get("/admin/calendars/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"verb": "one", "on": "soon"}, '"soon" is no day; write it as 2026-12-25.'),
        ({"verb": "file"}, "Choose a file of lines such as 2026-12-25,Christmas Day."),
        ({"verb": "file", "file": b"2026-12-25,Fine\nmoon,Not\n26.12.2026\n"},
         'Line 3: "26.12.2026" is no day; write it as 2026-12-25,Christmas Day.'),
        ({"verb": "file", "file": b"\xff\xfe\x00"}, "The file is no text in UTF-8."),
        ({"verb": "file", "file": b"\n"}, "The file names no day."),
        ({"verb": "moon"}, "Every one of these days is a holiday already."),
    ],
)  # fmt: skip
def test_days_that_are_none_are_named_and_nothing_is_kept(
    browser: Client, admin: Principal, typed: dict[str, Any], sentence: str
) -> None:
    if "file" in typed:
        typed = {**typed, "file": SimpleUploadedFile("days.csv", typed["file"])}
    with unchanged():
        response = send(browser, admin, "holidays/", **typed)
    assert response.status_code == 422
    assert sentence in text(response)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"country": "XX", "first": "2026", "last": "2026"}, 'No holidays are known of the country "XX".'),
        ({"country": "DE", "first": "2026", "last": "x"}, "Years are written as 2026."),
        ({"country": "DE", "first": "2026", "last": "2036"}, "At most 10 years are taken over at once."),
        ({"country": "DE", "first": "2027", "last": "2026"}, "Years are from 1971 to 2199, the first one first."),
        (
            {"country": "DE", "first": "2026", "last": "2026", "region": "moon"},
            "Tick a day that is no holiday already.",
        ),
    ],
)
def test_public_holidays_that_cannot_be_shown(
    browser: Client, admin: Principal, asked: dict[str, str], sentence: str
) -> None:
    with unchanged():
        response = send(browser, admin, "holidays/public/", **asked)
    assert (response.status_code, sentence in text(response)) == (422, True)
    looked = browser.get(f"{HERE}holidays/public/", asked)
    assert looked.status_code == 200
    assert ("Bayern" in text(looked)) == (asked["country"] == "DE")


def test_removing_says_what_it_means_and_asks(browser: Client, world: World, admin: Principal) -> None:
    day = clock.now().date() + timedelta(days=30)
    operations.change_calendar(admin, key="office", seen=calendar_named(admin, "office").stamp, add={day: "Fair"})
    operations.set_clock_targets(admin, program=world.program, clocks={}, calendar="office")
    page = text(browser.get(f"{HERE}holidays/remove/?on={day}"))
    assert '"Fair" is taken off the holidays' in page
    assert "New clocks of Calls count by it from now on." in page
    assert Holiday.objects.count() == 1
    assert send(browser, admin, "holidays/remove/", on=str(day)).status_code == 303
    assert Holiday.objects.count() == 0
    assert "It cannot be removed: the clocks of Calls count by it." in text(browser.get(f"{HERE}remove/"))
    with unchanged():
        assert send(browser, admin, "remove/").status_code == 409
    operations.set_clock_targets(admin, program=world.program, clocks={}, calendar="")
    assert send(browser, admin, "remove/").status_code == 303


def test_two_people_at_once_and_a_form_that_cannot_be_read(browser: Client, admin: Principal) -> None:
    for to, typed, status in (
        ("", {"seen": "old", "name": "Mine", "zone": "UTC", "weekday": "1"}, 409),
        ("", {"name": "Mine", "zone": "UTC", "weekday": "1", "closes_at": "late"}, 422),
        ("", {"name": "Mine", "zone": "Moon", "weekday": "1"}, 422),
        ("holidays/", {"seen": "old", "verb": "one", "on": "2026-12-25"}, 409),
    ):
        with unchanged():
            response = send(browser, admin, to, **typed)
        assert response.status_code == status
        if "name" in typed:
            assert 'value="Mine"' in response.content.decode()


def test_promises_are_kept_and_previewed_as_they_are_typed(browser: Client, world: World, admin: Principal) -> None:
    here = f"/admin/calendars/targets/{world.program.key}/"
    typed = {
        "decision-unit": "business_days", "decision-target": "1", "decision-breach": "2",
        "info-unit": "wall", "info-target": "72", "calendar": "office", "re_review-unit": "open_hours",
        "re_review-target": "8", "escalate-at": "target", "escalate-to": "admin",
    }  # fmt: skip
    preview = browser.get(
        "/admin/calendars/preview/", {**typed, "program": world.program.key, "at": "2026-11-20T16:50"}
    )
    assert "Decision sent Friday 20 Nov 16:50, due Tuesday 24 Nov 05:00, Wednesday 25 Nov 05:00 at the latest" in text(
        preview
    )
    operations.change_calendar(
        admin, key="office", seen=calendar_named(admin, "office").stamp, weekdays=[0, 1, 2, 3, 4],
        closes_at=time(17), add={date(2026, 11, 23): "Fair"}, zone="UTC",
    )  # fmt: skip
    page = browser.get("/admin/calendars/preview/", {**typed, "program": world.program.key, "at": "2026-11-20T16:50"})
    assert "sent Friday 20 Nov 16:50, due Tuesday 24 Nov 17:00" in text(page)
    assert browser.post(here, {**typed, "seen": ""}).status_code == 303
    sla = Program.objects.get(pk=world.program.pk).settings["sla"]
    assert sla["decision"] == {"target_business_days": 1, "breach_business_days": 2}
    assert (sla["re_review"], sla["escalate"]) == ({"target_open_hours": 8}, {"at": "target", "to": "admin"})
    assert "Second look within 8 open hours" in text(browser.get("/admin/calendars/"))
    assert '<option value="admin" selected>' in browser.get(here).content.decode()
    assert (sla["info"], sla["first_touch"], sla["calendar"]) == ({"target_hours": 72}, None, "office")
    assert "Decision within 1 business day, 2 business days at the latest" in text(browser.get("/admin/calendars/"))
    for wrong, sentence, status in (
        ({"decision-target": "3"}, "A clock breaches after its target, not before (2 < 3).", 422),
        ({"decision-unit": "weeks"}, '"weeks" is no way to count.', 422),
        ({"escalate-to": "ghost"}, 'It cannot be escalated so: nobody who decides is called "ghost".', 422),
        ({"decision-target": "x"}, '"x" is no whole number.', 422),
        ({"decision-target": "", "decision-breach": ""}, "Name a target, a limit, or both.", 422),
        ({"seen": "old"}, "Somebody changed what Calls promises meanwhile", 409),
    ):
        with unchanged():
            response = browser.post(here, {**typed, **wrong})
        assert (response.status_code, sentence in text(response)) == (status, True)


def test_who_only_views_reads_everything_and_changes_nothing(
    world: World, admin: Principal, manager: Principal, qa: Principal, signed_in: SignedIn
) -> None:
    viewer = signed_in(manager)
    assert "An administrator can grant the permission to edit policies." in text(viewer.get(HERE))
    targets = f"/admin/calendars/targets/{world.program.key}/"
    assert "An administrator can grant the permission to edit programs." in text(viewer.get(targets))
    for address in (
        "/admin/calendars/new/",
        HERE,
        f"{HERE}holidays/",
        f"{HERE}holidays/public/",
        f"{HERE}remove/",
        targets,
    ):
        with unchanged():
            response = viewer.post(address, {"seen": calendar_named(admin, "office").stamp, "verb": "federal",
                                             "year": "2026", "zone": "UTC", "weekday": "1"})  # fmt: skip
        assert response.status_code == 403
    assert signed_in(qa).get("/admin/calendars/").status_code == 403
    assert viewer.get("/admin/calendars/moon/").status_code == 404
