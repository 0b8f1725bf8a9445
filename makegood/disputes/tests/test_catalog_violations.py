"""What the catalogs of a program forbid: each test breaks one law and reads its name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from makegood.disputes.models import Finding, Reason, ReasonFinding
from makegood.disputes.operations import install_preset
from makegood.disputes.policy.suggestions import Advice
from makegood.parties.entries import SYSTEM
from tests.refusals import refused_by
from tests.world import World


def reason(world: World) -> Reason:
    return Reason.objects.get(program=world.program, code="SPAM")


def finding(world: World) -> Finding:
    return Finding.objects.get(program=world.program, code="ROBOCALL")


def change_cell(world: World, **columns: Any) -> None:
    ReasonFinding.objects.filter(reason=reason(world), finding=finding(world)).update(**columns)


def test_a_reason_that_ends_before_it_begins(world: World) -> None:
    with refused_by("reason_ends_after_start"):
        Reason.objects.filter(pk=reason(world).pk).update(active_from=date(2027, 1, 2), active_to=date(2027, 1, 1))


def test_two_findings_with_one_key(world: World) -> None:
    with refused_by("finding_hotkey_once"):
        Finding.objects.filter(pk=finding(world).pk).update(hotkey=2)


@pytest.mark.parametrize("key", [-1, 10])
def test_a_key_that_is_no_digit(world: World, key: int) -> None:
    with refused_by("finding_hotkey_is_a_digit"):
        Finding.objects.filter(pk=finding(world).pk).update(hotkey=key)


def test_two_cells_in_one_place(world: World) -> None:
    with refused_by("reason_finding_once"):
        ReasonFinding.objects.create(
            program=world.program, reason=reason(world), finding=finding(world), advice=Advice.REJECT
        )


def test_a_cell_that_says_something_unheard_of(world: World) -> None:
    with refused_by("reason_finding_advice"):
        change_cell(world, advice="perhaps", clawback_mode=None)


@pytest.mark.parametrize(
    "columns",
    [
        {"advice": Advice.PARTIAL, "percent": None},
        {"advice": Advice.PARTIAL, "percent": 0},
        {"advice": Advice.PARTIAL, "percent": 100},
        {"advice": Advice.ACCEPT, "percent": 50},
    ],
)
def test_a_part_without_a_percentage_or_one_without_a_part(world: World, columns: dict[str, Any]) -> None:
    with refused_by("reason_finding_part"):
        change_cell(world, **columns)


@pytest.mark.parametrize("columns", [{"clawback_mode": "some"}, {"advice": Advice.REJECT}])
def test_a_clawback_nobody_knows_or_of_a_refusal(world: World, columns: dict[str, Any]) -> None:
    with refused_by("reason_finding_clawback"):
        change_cell(world, **columns)


@pytest.mark.parametrize(
    ("side", "law"), [("reason", "reason_finding_of_reason"), ("finding", "reason_finding_of_finding")]
)
def test_a_cell_of_two_programs(world: World, side: str, law: str) -> None:
    other = install_preset(SYSTEM, preset_key="call_marketplace", key="other")
    own: dict[str, Any] = {"reason": reason(world), "finding": finding(world)}
    rows: dict[str, Any] = {"reason": Reason.objects, "finding": Finding.objects}
    own[side] = rows[side].get(program=other, code=own[side].code)
    with refused_by(law):
        ReasonFinding.objects.create(program=world.program, advice=Advice.REJECT, **own)
