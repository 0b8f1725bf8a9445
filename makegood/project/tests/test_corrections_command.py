"""`makegood import corrections`: what it lists, and what comes of accepting and dismissing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from makegood.billing.models import Charge
from makegood.imports.entries import Options
from makegood.imports.models import Correction
from makegood.imports.operations import import_calls
from makegood.imports.tests.logs import call, write_csv
from makegood.parties.entries import SYSTEM
from makegood.project.cli import corrections as command
from makegood.project.cli.imports import import_group
from tests.world import World

Ran = Callable[..., Result]


@pytest.fixture
def ran(world: World, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs the command on the test's database, which stands for the installation."""
    monkeypatch.setattr(command, "installed", lambda data: nullcontext())
    return lambda *words: CliRunner().invoke(import_group, ["corrections", *words])


@pytest.fixture
def waiting(world: World, tmp_path: Path) -> Correction:
    """A call billed 99.50 that a later file says 80.00 for."""
    for revenue in ("99.50", "80.00"):
        path = write_csv(tmp_path / "calls.csv", [call(revenue=revenue)])
        import_calls(SYSTEM, path=path, options=Options(program=world.program.key))
    return Correction.objects.get()


def test_nothing_waits(ran: Ran) -> None:
    result = ran()
    assert (result.exit_code, result.stdout) == (0, "No correction waits.\n")


def test_the_list(ran: Ran, waiting: Correction) -> None:
    result = ran()
    assert result.exit_code == 0
    head, line = result.stdout.splitlines()
    assert head.split("  ")[0] == "ID"
    assert line.split() == [
        *(str(waiting.pk), "B1", "c1", "$99.50", "$80.00", "$60.00", "$60.00"),
        *("calls.csv,", "row", "2"),
    ]


def test_the_list_as_json(ran: Ran, waiting: Correction) -> None:
    (one,) = json.loads(ran("--json").stdout)["open"]
    assert (one["id"], one["call"], one["customer"]) == (waiting.pk, "c1", "B1")
    assert (one["billed"], one["payout"], one["is_billed"]) == (["99.50", "80.00"], ["60.00", "60.00"], True)


def test_accepting(ran: Ran, waiting: Correction) -> None:
    result = ran("--accept", str(waiting.pk), "--json")
    new = Charge.objects.get(corrects_id=waiting.charge_id)
    said = json.loads(result.stdout)
    assert (result.exit_code, said["open"]) == (0, [])
    assert said["settled"] == [{"id": waiting.pk, "ok": True, "code": "", "message": "", "charge_id": new.pk}]


def test_dismissing(ran: Ran, waiting: Correction) -> None:
    result = ran("--dismiss", str(waiting.pk))
    assert (result.exit_code, result.stdout) == (0, f"{waiting.pk}: done.\nNo correction waits.\n")
    assert Charge.objects.count() == 1


def test_what_cannot_be_accepted_is_said(ran: Ran, waiting: Correction) -> None:
    result = ran("--accept", "0")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == "0: Not found, or not yours."
    assert Charge.objects.count() == 1
