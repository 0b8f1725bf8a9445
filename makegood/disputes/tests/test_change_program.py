"""Settings of a program are changed by one operation: checked, told, put back, and refused where they contradict."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.models import Reason, ReasonFinding
from makegood.disputes.policy import presets
from makegood.disputes.policy.program_settings import SETTINGS, conflicts
from makegood.disputes.policy.settings import DisputeSettings, reauth_above
from makegood.journal.models import JournalEvent
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Program
from tests.refusals import unchanged
from tests.world import World

PRESETS = tuple(presets.keys())
CHANGES: dict[str, Any] = {
    "name": "  Calls of the  north ",
    "zone": "America/New_York",
    "undo_seconds": {"desk": "30"},
    "queue": {"order": "fifo"},
    "second_press": False,
    "reauth_above_micros": {"USD": "250.00", "EUR": ""},
    "reversal_fee": {"USD": {"default": "5.00", "max": "25"}, "EUR": {"default": "", "max": ""}},
    "evidence_files": {"max_files": 2, "types": ["png", "pdf"]},
}


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def test_settings_are_changed_told_and_put_back(world: World, admin: Principal) -> None:
    before = world.program.settings
    found = operations.change_program(admin, program_key=world.program.key, changes=CHANGES)
    settings = DisputeSettings.of(found.settings)
    assert (found.name, found.zone and found.zone.name) == ("Calls of the north", "America/New_York")
    assert settings.undo_seconds == {"desk": 30, "bulk": 60, "api": 0, "system": 0}
    assert (settings.in_order, settings.second_press) == (True, False)
    assert reauth_above(found.settings) == {"USD": 250_000_000}
    assert found.settings["reversal_fee"] == {"USD": {"default": "5.00", "max": "25"}}
    assert found.settings["evidence_files"] == {"max_files": 2, "max_bytes": 10_485_760, "types": ["png", "pdf"]}
    said = JournalEvent.objects.filter(event="program.changed").latest("id").changes
    assert said["before"]["undo_seconds"] == before["undo_seconds"]
    assert said["after"]["zone"] == "America/New_York"
    operations.put_program_back(admin, program_key=world.program.key)
    back = Program.objects.get(pk=world.program.pk)
    assert (back.settings, back.name, back.zone) == (before, world.program.name, None)


ONE_ROUND = '"One round" and "a finished dispute can be reopened"'
REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"color": "red"}, "BAD_SETTING", 'The setting cannot be kept: there is no setting "color".'),
    ({"undo_seconds": {"desk": 901}}, "BAD_SETTING",
     "The setting cannot be kept: an undo window in seconds is a whole number from 0 to 900."),
    ({"undo_seconds": {"roof": 1}}, "BAD_SETTING", 'The setting cannot be kept: there is no "roof" in it.'),
    ({"clawback": "twice"}, "BAD_SETTING",
     "The setting cannot be kept: the claw-back is one of none, proportional, full_on_accept, capped_at_credit."),
    ({"decisions": ["accept"]}, "BAD_SETTING",
     "The setting cannot be kept: the decisions are not complete without reject."),
    ({"reversal_fee": {"USD": {"default": "9", "max": "5"}}}, "BAD_SETTING",
     "The setting cannot be kept: the usual fee in USD is above the largest one."),
    ({"reauth_above_micros": {"USD": "lots"}}, "BAD_SETTING",
     'The setting cannot be kept: "lots" is not an amount of money.'),
    ({"unit_kind": []}, "BAD_SETTING",
     "The setting cannot be kept: choose at least one of call, lead, usage, invoice_feature."),
    ({"zone": "Mars/Olympus"}, "UNKNOWN_ZONE",
     '"Mars/Olympus" is not a time zone of the IANA list, such as America/New_York.'),
    ({"reopen": True, "reopen_days": 30}, "SETTINGS_CONFLICT",
     f"These do not go together: {ONE_ROUND}. Change both at once."),
    ({"reopen_days": 30}, "SETTINGS_CONFLICT",
     'These do not go together: "Never reopened" and "reopened within some days". Change both at once.'),
    ({"decisions": ["accept", "reject"]}, "SETTINGS_CONFLICT",
     'These do not go together: "No part" and "a part needs an explanation". Change both at once.'),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "message"), REFUSALS)
def test_what_cannot_be_kept_changes_nothing(
    world: World, admin: Principal, changes: dict[str, Any], code: str, message: str
) -> None:
    with unchanged(), pytest.raises(Refusal) as caught:
        operations.change_program(admin, program_key=world.program.key, changes=changes)
    assert (caught.value.code, caught.value.message.strip()) == (code, message)


def test_only_who_edits_programs_changes_them_or_makes_new_ones(world: World) -> None:
    manager = world.person("manager")
    with unchanged(), pytest.raises(NotPermitted):
        operations.change_program(manager, program_key=world.program.key, changes={"auto_close": False})
    with unchanged(), pytest.raises(NotPermitted):
        operations.new_program(manager, preset_key="lead_credit", key="mine", name="Mine")


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_hold_nothing_that_contradicts(preset: str) -> None:
    settings = presets.preset(preset).settings
    assert conflicts(settings) == ()
    own = {key: settings[key] for key in settings if key in SETTINGS and key != "reversal_fee"}
    for key, value in own.items():
        SETTINGS[key](key, value)


def test_a_new_program_comes_with_words_grid_and_policy(admin: Principal) -> None:
    made = operations.new_program(admin, preset_key="lead_credit", key="leads", name="Leads", currency="USD")
    assert made.policy.versions.filter(published_at__isnull=False).count() == 1
    assert Reason.objects.filter(program=made).exists()
    assert ReasonFinding.objects.filter(program=made).exists()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"preset_key": "none"}, "BAD_SETTING"),
        ({"key": "New Program"}, "BAD_SETTING"),
        ({"key": "new"}, "BAD_SETTING"),
        ({"name": " "}, "BAD_SETTING"),
        ({"currency": "XXQ"}, "UNKNOWN_CURRENCY"),
        ({"zone": "Nowhere"}, "UNKNOWN_ZONE"),
    ],
)
def test_a_program_that_cannot_be_made(world: World, admin: Principal, asked: dict[str, str], code: str) -> None:
    facts = {"preset_key": "lead_credit", "key": "leads", "name": "Leads", **asked}
    with unchanged(), pytest.raises(Refusal) as caught:
        operations.new_program(admin, **facts)
    assert caught.value.code == code
