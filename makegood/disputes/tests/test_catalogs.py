"""Reasons, findings, resolutions and cells are changed by one operation each, told to the journal, and put back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.billing.operations.catalogs import add_category
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, EditItem, SubmitItem
from makegood.disputes.models import Finding, Reason
from makegood.disputes.policy.suggestions import Advice, Cell
from makegood.disputes.selectors.claim import checked, reasons_for
from makegood.disputes.selectors.matrix import cells_of
from makegood.disputes.selectors.program_words import program_words
from makegood.disputes.states import DecisionKind
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.notifications.operations.texts import set_text
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import BeyondYourLimits, NotFound, NotPermitted
from makegood.parties.models import User
from makegood.parties.operations import describe_installation, set_grants
from makegood.parties.selectors import principal_of
from makegood.parties.states import Dimension
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def told(event: str) -> Any:
    return JournalEvent.objects.filter(event=event).latest("id").changes


def test_a_reason_is_added_changed_and_put_back(world: World, admin: Principal) -> None:
    key = world.program.key
    made = operations.add_reason(
        admin, program_key=key, code="wrong language", changes={"label": " Wrong  language ", "requires_evidence": True}
    )
    assert (made.code, made.label, made.requires_evidence, made.sort) == ("WRONG_LANGUAGE", "Wrong language", True, 8)
    assert told("reason.created")["after"]["requires_evidence"] is True
    changes = {"label": "No English", "active_to": "2027-03-31", "default_finding": "VOICEMAIL"}
    operations.change_reason(admin, program_key=key, code="WRONG_LANGUAGE", changes=changes)
    said = told("reason.changed")
    assert said["before"] == {"label": "Wrong language", "active_to": None, "default_finding": ""}
    assert said["after"] == changes
    operations.put_word_back(admin, program_key=key, kind="reason", code="WRONG_LANGUAGE")
    made = Reason.objects.get(pk=made.pk)
    assert (made.label, made.active_to, made.default_finding) == ("Wrong language", None, None)
    assert told("reason.changed")["before"] == changes
    with unchanged():
        operations.change_reason(admin, program_key=key, code="WRONG_LANGUAGE", changes={"label": "Wrong language"})


REFUSALS: list[tuple[Callable[..., object], dict[str, Any], str, str]] = [
    (operations.add_reason, {"code": "SPAM", "changes": {"label": "x"}}, "CODE_TAKEN",
     "The code SPAM belongs to another reason of this program."),
    (operations.add_finding, {"code": "9!", "changes": {"label": "x"}}, "BAD_CATALOG_FIELD",
     "This cannot be kept: a code begins with a letter and has at most 40 letters, digits and underscores."),
    (operations.add_resolution, {"code": "NEW", "changes": {}}, "BAD_CATALOG_FIELD",
     "This cannot be kept: the label has 1 to 100 characters."),
    (operations.change_reason, {"code": "SPAM", "changes": {"active_from": "2027-02-01", "active_to": "2027-01-31"}},
     "BAD_CATALOG_FIELD", "This cannot be kept: the last day is before the first one."),
    (operations.change_reason, {"code": "SPAM", "changes": {"active_to": "2027-02-30"}}, "BAD_CATALOG_FIELD",
     "This cannot be kept: the last day is a date like 2027-03-31."),
    (operations.change_reason, {"code": "SPAM", "changes": {"clawback_mode": "twice"}}, "BAD_CATALOG_FIELD",
     "This cannot be kept: the claw-back is one of none, proportional, full_on_accept, capped_at_credit."),
    (operations.change_reason, {"code": "SPAM", "changes": {"categories": ["nowhere"]}}, "BAD_CATALOG_FIELD",
     "This cannot be kept: there is no category nowhere."),
    (operations.change_reason, {"code": "SPAM", "changes": {"program": 1}}, "BAD_CATALOG_FIELD",
     'This cannot be kept: there is no field "program".'),
    (operations.change_finding, {"code": "ROBOCALL", "changes": {"hotkey": "7"}}, "BAD_CATALOG_FIELD",
     'This cannot be kept: 7 marks "Voicemail, missed" already.'),
    (operations.put_word_back, {"code": "SPAM", "kind": "reason"}, "NOTHING_TO_PUT_BACK",
     "There is no change that could be put back."),
    (operations.change_finding, {"code": "NONE", "changes": {"label": "x"}}, "NOT_FOUND", "Not found, or not yours."),
    (operations.set_cells, {"cells": {("SPAM", "ROBOCALL"): Cell(Advice.PARTIAL, 100)}}, "BAD_CATALOG_FIELD",
     "This cannot be kept: a part is 1 to 99 percent of what was asked."),
    (operations.set_cells, {"cells": {("SPAM", "NONE"): None}}, "BAD_CATALOG_FIELD",
     "This cannot be kept: there is no SPAM or no NONE in this program."),
    (operations.put_cells_back, {}, "NOTHING_TO_PUT_BACK", "There is no change that could be put back."),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "asked", "code", "message"), REFUSALS)
def test_what_cannot_be_kept_changes_nothing(
    world: World, admin: Principal, operation: Callable[..., object], asked: dict[str, Any], code: str, message: str
) -> None:
    with unchanged(), pytest.raises(Refusal) as caught:
        operation(admin, program_key=world.program.key, **asked)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_only_who_edits_programs_changes_words_and_only_those_in_scope(
    world: World, admin: Principal, manager: Principal
) -> None:
    change = {"program_key": world.program.key, "code": "SPAM", "changes": {"label": "Other"}}
    with unchanged(), pytest.raises(NotPermitted):
        operations.change_reason(manager, **change)  # type: ignore[arg-type]
    user = User.objects.get(pk=admin.id)
    set_grants(SYSTEM, user=user, grants=[(Dimension.PROGRAM, "0")])
    with unchanged(), pytest.raises(NotFound):
        operations.change_reason(principal_of(User.objects.get(pk=admin.id)), **change)  # type: ignore[arg-type]


def test_what_holds_for_every_program_is_not_for_who_sees_one(world: World, admin: Principal) -> None:
    set_grants(SYSTEM, user=User.objects.get(pk=admin.id), grants=[(Dimension.PROGRAM, str(world.program.pk))])
    limited = principal_of(User.objects.get(pk=admin.id))
    for deed in (
        lambda: add_category(limited, code="ROOF", name="Roofing"),
        lambda: operations.create_calendar(limited, key="office", name="Office", zone="UTC"),
        lambda: set_text(limited, template="new", piece="heading", locale="en", forms={"": "Mine"}),
        lambda: describe_installation(limited, name="Mine", zone="UTC", currency="USD", locale="en_US"),
    ):
        with unchanged(), pytest.raises(BeyondYourLimits) as caught:
            deed()
        assert "every program" in caught.value.message


def test_cells_are_set_confirmed_and_put_back(world: World, admin: Principal) -> None:
    key, place, other = world.program.key, ("SPAM", "ROBOCALL"), ("SPAM", "PRANK")
    before = cells_of(world.program.pk)
    part = Cell(Advice.PARTIAL, 40, "none", "A part of it.")
    same = Cell(before["BOT", "PRANK"].advice, None, before["BOT", "PRANK"].clawback, before["BOT", "PRANK"].letter)
    assert operations.set_cells(admin, program_key=key, cells={place: part, other: None, ("BOT", "PRANK"): same}) == 2
    cells = cells_of(world.program.pk)
    assert cells[place] == part
    assert other not in cells
    assert cells["BOT", "PRANK"].is_default
    said = told("matrix.changed")
    assert said["after"]["SPAM x PRANK"] is None
    assert said["before"]["SPAM x PRANK"]["advice"] == "accept"
    assert operations.put_cells_back(admin, program_key=key) == 2
    assert {place: cell.advice for place, cell in cells_of(world.program.pk).items()} == {
        place: cell.advice for place, cell in before.items()
    }
    assert operations.confirm_cells(admin, program_key=key) == len(before) - 2
    assert not any(cell.is_default for cell in cells_of(world.program.pk).values())


def test_a_finding_that_is_off_marks_nothing_any_more(
    world: World, admin: Principal, manager: Principal, make_dispute: DisputeMaker
) -> None:
    operations.change_finding(admin, program_key=world.program.key, code="ROBOCALL", changes={"is_active": False})
    dispute = make_dispute()
    item = DecisionItem(dispute.pk, DecisionKind.ACCEPT, findings=("ROBOCALL", "PRANK"))
    (answer,) = operations.decide(manager, items=[item])
    assert answer.ok
    dispute.refresh_from_db()
    assert dispute.finding_ids == [Finding.objects.get(code="PRANK").pk]
    assert ("SPAM", "ROBOCALL") not in cells_of(world.program.pk)
    assert "ROBOCALL" not in {one.code for words in program_words(manager) for one in words.findings or ()}
    assert Finding.objects.filter(code="ROBOCALL").exists()


NIGHT = datetime(2027, 4, 1, 4, 0, tzinfo=UTC)
"""Midnight in New York: March ends here."""


@pytest.mark.parametrize(
    ("days", "at", "code"),
    [
        ({"active_to": "2027-03-31"}, NIGHT - timedelta(microseconds=1), ""),
        ({"active_to": "2027-03-31"}, NIGHT, "REASON_REQUIRED"),
        ({"active_from": "2027-04-01"}, NIGHT - timedelta(microseconds=1), "REASON_REQUIRED"),
        ({"active_from": "2027-04-01"}, NIGHT, ""),
    ],
)
def test_a_reason_is_offered_on_its_days_by_every_door(
    world: World, admin: Principal, buyer: Principal, days: dict[str, str], at: datetime, code: str
) -> None:
    operations.change_program(admin, program_key=world.program.key, changes={"zone": "America/New_York"})
    operations.change_reason(admin, program_key=world.program.key, code="SPAM", changes=days)
    charge = world.charge(occurred_at=at, received_at=at, billed_at=at)
    claim, is_on = SubmitItem(charge.pk, "SPAM", "A recorded voice, twice"), not code
    with clock.frozen(at):
        assert ("SPAM" in {one.code for one in reasons_for(charge)}) is is_on
        (words,) = [one for one in program_words(buyer) if one.program == world.program]
        assert ("SPAM" in {one.code for one in words.reasons or ()}) is is_on
        assert ("REASON_REQUIRED" in {one.code for one in checked(buyer, claim).in_the_way}) is not is_on
        (answer,) = operations.submit(buyer, items=[claim])
    assert (answer.ok, answer.code) == (is_on, code)


def test_a_reason_that_needs_a_file_takes_no_claim_without_one(
    world: World, admin: Principal, buyer: Principal, make_dispute: DisputeMaker
) -> None:
    dispute = make_dispute(reason="BOT")
    operations.change_reason(admin, program_key=world.program.key, code="SPAM", changes={"requires_evidence": True})
    claim = SubmitItem(world.charge().pk, "SPAM", "A recorded voice, twice")
    assert "EVIDENCE_REQUIRED" in {one.code for one in checked(buyer, claim).in_the_way}
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim])
        refused(answer, "EVIDENCE_REQUIRED", '"Spam" needs a supporting file.')
        (edited,) = operations.edit(buyer, items=[EditItem(dispute.pk, {"reason": "SPAM"})])
        refused(edited, "EVIDENCE_REQUIRED", '"Spam" needs a supporting file.')
    (answer,) = operations.submit(buyer, items=[SubmitItem(claim.charge_id, "BOT", "A recorded voice")])
    assert answer.ok
