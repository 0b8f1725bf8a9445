"""Programs, catalogs and message texts: read by many, changed by who may, one form each, and no script needed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.models import Finding, Reason, ReasonFinding
from makegood.disputes.policy.suggestions import Advice
from makegood.disputes.selectors.matrix import cells_of
from makegood.journal.models import JournalEvent
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program
from makegood.web.program_sections import SECTIONS
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

MAY_NOT = "Changing it needs the permission program.edit; an administrator can grant it."


@pytest.fixture
def desk(world: World, signed_in: SignedIn) -> Client:
    return signed_in(world.person("admin"))


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def sent(client: Client, address: str, *status: int, **form: Any) -> str:
    """What a form answers; it leads on (303) unless another status is named."""
    answer = client.post(address, form)
    assert answer.status_code == (status or (303,))[0], answer.content.decode()[:3000]
    return answer.content.decode()


def test_who_only_reads_finds_the_sentence_in_place_of_the_controls(
    world: World, manager: Principal, buyer: Principal, signed_in: SignedIn
) -> None:
    key = world.program.key
    reader, stranger = signed_in(manager), signed_in(buyer)
    reads = (
        "/admin/programs/{}/",
        "/admin/catalogs/{}/reasons/",
        "/admin/catalogs/{}/grid/",
        "/admin/catalogs/{}/campaigns/",
    )
    for address in (*(one.format(key) for one in reads), "/admin/message-texts/"):
        text = shown(reader, address)
        assert MAY_NOT in text
        assert ("change<span" in text, ">Change<" in text, "<select name=" in text) == (False, False, False)
        assert "program.view" in shown(stranger, address, 403)
    for address in (
        f"/admin/programs/{key}/change/undo/",
        f"/admin/catalogs/{key}/reasons/SPAM/",
        "/admin/programs/new/",
    ):
        with unchanged():
            assert "program.edit" in shown(reader, address, 403)
            sent(reader, address, 403, label="x")
    with unchanged():
        sent(reader, f"/admin/catalogs/{key}/grid/", 403, **{"c.SPAM.ROBOCALL": "reject"})
    for address in ("/admin/programs/none/", "/admin/catalogs/none/reasons/", f"/admin/catalogs/{key}/none/"):
        shown(reader, address, 404)


def test_a_reason_is_typed_refused_kept_saved_and_put_back(world: World, desk: Client) -> None:
    folder = f"/admin/catalogs/{world.program.key}/reasons/"
    form = {
        "code": "language",
        "label": "Wrong language",
        "type": "quality",
        "requires_evidence": "1",
        "is_active": "1",
        "active_from": "2027-02-01",
        "active_to": "2027-01-31",
    }
    with unchanged():
        text = sent(desk, f"{folder}new/", 422, **form)
    assert 'value="Wrong language"' in text
    assert '<a href="#f-active_to">This cannot be kept: the last day is before the first one.</a>' in text
    sent(desk, f"{folder}new/", **{**form, "active_to": ""})
    assert "From 1 Feb 2027 on" in shown(desk, folder)
    sent(desk, f"{folder}LANGUAGE/", **{**form, "active_from": "", "active_to": "", "label": "No English"})
    text = shown(desk, f"{folder}LANGUAGE/")
    assert "<del>Wrong language</del>" in text
    sent(desk, f"{folder}LANGUAGE/put-back/")
    assert Reason.objects.get(code="LANGUAGE").label == "Wrong language"


@pytest.mark.parametrize(
    ("tab", "form"),
    [
        ("findings/new", {"code": "MUSIC", "label": "Music on hold", "hotkey": "", "is_active": "1"}),
        ("resolutions/new", {"code": "GOODWILL", "label": "Goodwill", "maps_to": "accepted", "is_active": "1"}),
        ("campaigns/new", {"code": "C/7", "name": "West"}),
        ("categories/new", {"code": "roofing", "name": "Roofing"}),
    ],
)
def test_other_words_are_added_by_their_forms(world: World, desk: Client, tab: str, form: dict[str, str]) -> None:
    folder = f"/admin/catalogs/{world.program.key}/"
    shown(desk, f"{folder}{tab}/")
    if "/" in form["code"]:
        with unchanged():
            assert "Code BAD_CAMPAIGN" in sent(desk, f"{folder}{tab}/", 422, **form)
        form = {**form, "code": "C-7"}
    sent(desk, f"{folder}{tab}/", **form)
    name = form.get("label") or form["name"]
    assert name in shown(desk, f"{folder}{tab.removesuffix('/new')}/")
    assert f'value="{name}"' in shown(desk, f"{folder}{tab.removesuffix('/new')}/{form['code']}/")


def test_the_grid_is_saved_confirmed_and_put_back_without_a_script(world: World, desk: Client) -> None:
    address = f"/admin/catalogs/{world.program.key}/grid/"
    text = shown(desk, address)
    assert "Spam, Robocall, solicitor, default" in text
    sent(desk, address, **{"c.SPAM.ROBOCALL": "partial", "c.SPAM.PRANK": "", "c.BOT.ROBOCALL": "nonsense"})
    cells = cells_of(world.program.pk)
    assert (cells["SPAM", "ROBOCALL"].advice, cells["SPAM", "ROBOCALL"].percent) == (Advice.PARTIAL, 50)
    assert ("SPAM", "PRANK") not in cells
    detail = f"{address}SPAM/ROBOCALL/"
    with unchanged():
        assert "1 to 99 percent" in sent(desk, detail, 422, advice="partial", percent="100")
    sent(desk, detail, advice="partial", percent="40", clawback="none", letter="A part of it.")
    assert cells_of(world.program.pk)["SPAM", "ROBOCALL"].letter == "A part of it."
    sent(desk, f"{address}put-back/")
    assert cells_of(world.program.pk)["SPAM", "ROBOCALL"].percent == 50
    sent(desk, f"{address}confirm/")
    assert not ReasonFinding.objects.filter(is_default=True).exists()


def test_every_section_of_a_program_is_read_and_saved_as_it_stands(world: World, desk: Client) -> None:
    key = world.program.key
    world.program.refresh_from_db()
    page = shown(desk, f"/admin/programs/{key}/")
    for section in SECTIONS:
        assert f"/admin/programs/{key}/change/{section.key}/" in page
        address = f"/admin/programs/{key}/change/{section.key}/"
        answer = desk.get(address)
        form: dict[str, object] = {}
        for field in answer.context["fields"]:
            if field.kind == "flag":
                form.update({field.name: "1"} if field.value else {})
            elif field.options:
                form[field.name] = [one.value for one in field.options if one.chosen]
            else:
                form[field.name] = field.value
        sent(desk, address, **form)
    after = shown(desk, f"/admin/programs/{key}/")
    for section in SECTIONS:
        for sentence in section.says(world.program):
            assert sentence.replace('"', "&quot;").replace("'", "&#x27;") in after, section.key


def test_a_setting_that_contradicts_is_refused_beside_the_form(world: World, desk: Client) -> None:
    address = f"/admin/programs/{world.program.key}/change/rounds/"
    with unchanged():
        text = sent(desk, address, 422, max_rounds="1", reopen="1")
    assert "These do not go together" in text
    sent(desk, address, max_rounds="2", reopen="1", **{"re_review.requested_by": ["buyer"]})
    assert "A finished one can be reopened." in shown(desk, f"/admin/programs/{world.program.key}/")
    Program.objects.filter(pk=world.program.pk).update(settings={**world.program.settings, "reopen": True})
    assert "These settings do not go together." in shown(desk, f"/admin/programs/{world.program.key}/")


def test_a_new_program_comes_from_a_preset(desk: Client) -> None:
    form = {"preset": "lead_review", "name": "Leads", "key": "leads", "currency": "usd", "zone": "America/Chicago"}
    with unchanged():
        assert "Code UNKNOWN_ZONE" in sent(desk, "/admin/programs/new/", 422, **{**form, "zone": "Nowhere"})
    sent(desk, "/admin/programs/new/", **form)
    assert Finding.objects.filter(program__key="leads").exists()
    assert "lead review" in shown(desk, "/admin/programs/leads/")
    assert "Leads" in shown(desk, "/admin/catalogs/")


def test_message_texts_are_previewed_saved_and_put_back(desk: Client, make_dispute: DisputeMaker) -> None:
    label, address = make_dispute().label, "/admin/message-texts/letter/accepted/en/"
    with unchanged():
        text = sent(desk, address, 200, preview="1", **{"form.": "{label} pays {amount} back"})
        assert f"{label} pays $45.00 back" in text
        assert "{name}" in sent(desk, address, 422, **{"form.": "Hello {name}"})
    sent(desk, address, **{"form.": "{label} pays {amount} back"})
    assert f"{label} pays $45.00 back" in shown(desk, "/admin/message-texts/")
    french = shown(desk, "/admin/message-texts/?language=fr")
    assert "PieceView" not in french
    assert "without own words its readers get English" in french
    sent(desk, f"{address}put-back/")
    assert f"{label} was accepted: $45.00 is credited." in shown(desk, "/admin/message-texts/?language=en")
    shown(desk, "/admin/message-texts/?language=xx", 404)


def test_the_questions_of_the_preset_are_seen_first_taken_and_put_back(
    world: World, desk: Client, manager: Principal, signed_in: SignedIn
) -> None:
    program = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="bills", currency="USD")
    reasons = Reason.objects.filter(program=program)
    asked = dict(reasons.values_list("code", "questions"))
    reasons.update(questions=[])
    reasons.filter(code="POOR_QUALITY").update(questions=["Our own?"])
    at = "/admin/catalogs/bills/questions/"
    assert "5 reasons could ask questions" in shown(desk, "/admin/catalogs/bills/reasons/")
    page = shown(desk, at)
    assert "Which price was agreed?" in page
    assert "Which ticket was opened?" in page
    assert dict(reasons.values_list("code", "questions"))["WRONG_PRICE"] == []
    reader = signed_in(manager)
    assert "program.edit" in shown(reader, at, 403)
    with unchanged():
        assert reader.post(at, {"act": "take", "code": "WRONG_PRICE"}).status_code == 403
    sent(desk, at, act="take", code=["WRONG_PRICE", "DOUBLE_CHARGE", "POOR_QUALITY", "NOT_THERE"])
    now = dict(reasons.values_list("code", "questions"))
    assert (now["WRONG_PRICE"], now["DOUBLE_CHARGE"]) == (asked["WRONG_PRICE"], asked["DOUBLE_CHARGE"])
    assert (now["POOR_QUALITY"], now["UNAUTHORIZED_USE"]) == (["Our own?"], [])
    told = JournalEvent.objects.filter(event="reason.changed", program_id=program.pk)
    assert [event.changes["before"] for event in told] == [{"questions": []}] * 2
    assert "Taken from the preset" in shown(desk, at)
    sent(desk, at, act="back", code=["WRONG_PRICE", "POOR_QUALITY"])
    now = dict(reasons.values_list("code", "questions"))
    assert (now["WRONG_PRICE"], now["DOUBLE_CHARGE"]) == ([], asked["DOUBLE_CHARGE"])
    assert now["POOR_QUALITY"] == ["Our own?"]
    assert told.all().count() == 3
