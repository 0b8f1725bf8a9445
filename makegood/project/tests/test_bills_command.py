"""What `makegood import bills` prints and asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from makegood.billing.models import Charge
from makegood.imports.tests.bills import line
from makegood.imports.tests.logs import write_csv
from makegood.project.cli import bills
from makegood.project.cli.imports import import_group
from tests.world import World

Ran = Callable[..., Result]


@pytest.fixture
def ran(world: World, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs the command on the test's database, which stands for the installation."""
    monkeypatch.setattr(bills, "installed", lambda data: nullcontext())

    def run(*words: str, answers: str = "") -> Result:
        return CliRunner().invoke(import_group, ["bills", *words, "--program", world.program.key], input=answers)

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = [line(total="796.46"), line(line_id="2", net="-10.00", tax="0"), line(line_id="3", net="x")]
    return write_csv(tmp_path / "bill.csv", rows)


def test_the_json_answer(ran: Ran, path: Path) -> None:
    result = ran(str(path), "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert {name: answer[name] for name in ("bills", "imported", "credits", "unchanged", "rejected", "bills_off")} == {
        "bills": 1,
        "imported": 2,
        "credits": 1,
        "unchanged": 0,
        "rejected": 1,
        "bills_off": 0,
    }
    assert answer["sums"] == {"USD": {"net": "745.00", "tax": "61.46", "credits": "10.00", "total": "796.46"}}
    assert (answer["format"], answer["corrections_proposed"]) == ("bill_csv", 0)


def test_the_human_answer(ran: Ran, path: Path) -> None:
    result = ran(str(path), "--dry-run")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "Bill with charges, 17 of 17 headers.",
        "1 new bill, 2 lines would be imported (1 of them credits), 0 unchanged, 0 updated, 1 rejected.",
        "Charged $745.00, tax $61.46, credits $10.00: $796.46 (USD).",
        'Row 4: "x" in column net is not an amount; write it as 1234.50.',
        f"Rejected lines, each with its reason: {path.with_name('bill.rejects.csv')}",
        "Nothing was stored.",
    ]
    assert not Charge.objects.exists()


def test_a_missing_day_is_one_sentence_and_status_2(ran: Ran, tmp_path: Path) -> None:
    row = {"customerID": "B1", "MonthlyCharges": "29.85"}
    result = ran(str(write_csv(tmp_path / "bill.csv", [row])))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "This file needs --issued-on (it does not say when its bills were issued, for example 2026-06-01)."
        " Nothing was imported.\n"
    )


def test_on_a_terminal_it_is_asked_for_once(ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bills, "_at_a_terminal", lambda: True)
    path = write_csv(tmp_path / "bill.csv", [{"MonthlyCharges": "29.85", "Plan": "x", "Due": "2026-07-01"}])
    result = ran(str(path), answers="2026-06-01\nB1\n")
    assert result.exit_code == 0, result.output
    assert Charge.objects.get().customer.number == "B1"


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        (
            "--customer",
            "B9",
            'There is no customer with number "B9". --create-parties creates it. Nothing was imported.',
        ),
        ("--issued-on", "June", '"June" is no day between 1990 and 2099; write --issued-on as 2026-06-01.'),
    ],
)
def test_an_option_that_names_nothing(ran: Ran, path: Path, option: str, value: str, sentence: str) -> None:
    result = ran(str(path), option, value)
    assert (result.exit_code, result.stderr) == (2, f"{sentence}\n")
