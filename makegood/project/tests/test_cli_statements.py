"""The commands around statements: what they print, what they write, and their exit status."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from makegood.disputes.models import DoNotBillBatch, StatementCredit
from makegood.disputes.tests.settlement import bill, credited, leads
from makegood.kernel import clock
from makegood.project.cli import COMMANDS, exports, statements, writing
from tests.world import World

Ran = Callable[..., Result]
LEAD = {"subkind": "lead", "lead_channel": "form", "billed_at": None}


@pytest.fixture
def ran(world: World, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs a command on the test's database, which stands for the installation."""
    for module in (statements, exports):
        monkeypatch.setattr(module, "installed", lambda data: nullcontext())
    groups: dict[str, click.Command] = {"statements": statements.statements, "export": exports.export_group}

    def run(group: str, *words: str) -> Result:
        return CliRunner().invoke(groups[group], words)

    return run


def today() -> str:
    return clock.now().date().isoformat()


def test_both_groups_are_commands() -> None:
    assert {"statements", "export"} <= set(COMMANDS)


def test_closing_says_what_was_settled_and_what_is_carried_on(ran: Ran, world: World) -> None:
    credited(world, 4_400, 45_000_000, payout_micros=3_333)
    result = ran("statements", "close", "--all", "--up-to", today())
    assert result.exit_code == 0
    first, second = StatementCredit.objects.order_by("number")
    assert result.stdout.splitlines() == [
        f"{first}: -$45.00 for customer B1, 2 adjustments, -$0.0044 carried on.",
        f"{second}: -$0.01 for vendor V1, 2 adjustments, $0.003334 carried on.",
    ]
    assert ran("statements", "close", "--all", "--up-to", today()).stdout == "Nothing to close.\n"


def test_closing_one_customer_as_json(ran: Ran, world: World) -> None:
    credited(world, 45_000_000, payout_micros=30_000_000)
    result = ran("statements", "close", "--customer", "B1", "--customer", "B9", "--up-to", today(), "--json")
    assert result.exit_code == 1
    one, unknown = json.loads(result.stdout)
    assert [made["settled_micros"] for made in one["statements"]] == [-45_000_000]
    assert (unknown["ok"], unknown["code"]) == (False, "NOT_FOUND")
    assert StatementCredit.objects.count() == 1


def test_nobody_named_closes_nothing(ran: Ran, world: World) -> None:
    credited(world, 45_000_000)
    result = ran("statements", "close", "--up-to", today())
    assert isinstance(result.exception, statements.NobodyNamed)
    assert result.exception.message == "Say whose: --customer NUMBER, --vendor NUMBER, or --all."
    assert not StatementCredit.objects.exists()


def test_the_list_and_its_json(ran: Ran, world: World) -> None:
    assert ran("statements", "list").stdout == "No statement was closed so far.\n"
    credited(world, 45_000_000)
    ran("statements", "close", "--all", "--up-to", today())
    heads, line = ran("statements", "list").stdout.splitlines()
    assert heads.split()[:3] == ["Statement", "Party", "Up"]
    assert line.split() == [
        str(StatementCredit.objects.get()), "customer", "B1", today(), "1", "-$45.00", "$0.00", "-$45.00", "$0.00",
    ]  # fmt: skip
    (row,) = json.loads(ran("statements", "list", "--since", today(), "--json").stdout)
    assert (row["settled"], row["currency"], row["party_number"]) == ("-45.00", "USD", "B1")


def test_the_export_is_written_and_marked(ran: Ran, world: World, tmp_path: Path) -> None:
    credited(world, 45_000_000, 4_400)
    ran("statements", "close", "--all", "--up-to", today())
    number = str(StatementCredit.objects.get())
    file = tmp_path / "statements.csv"
    assert ran("statements", "export", number, "--mark", "CM-77", "--out", str(file)).exit_code == 0
    (row,) = csv.DictReader(file.read_text().splitlines())
    assert tuple(row) == statements.STATEMENTS
    assert (row["number"], row["settled"], row["remainder"], row["external_ref"]) == (
        number,
        "-45.00",
        "-0.0044",
        "CM-77",
    )
    lines = json.loads(ran("statements", "export", "--lines", "--format", "json").stdout)
    assert [tuple(line) for line in lines] == [statements.LINES] * 2
    assert [line["amount"] for line in lines] == ["-45.00", "-0.0044"]
    assert ran("statements", "export", "--lines", number).stdout.splitlines()[0] == ",".join(statements.LINES)


def test_no_cell_of_an_export_is_a_formula_and_amounts_stay_numbers(ran: Ran, world: World) -> None:
    for number, text in enumerate(("=1+1", "+1-2", "-2+3", "@SUM(A1)", "\tx", "\rx", "A\r=1")):
        credited(world, 45_000_000 + number * 10_000, external_id=text)
    world.customer.name = "=cmd|' /C calc'!A0"
    world.customer.save(update_fields=["name"])
    ran("statements", "close", "--all", "--up-to", today())
    rows = list(csv.DictReader(io.StringIO(ran("statements", "export", "--lines").stdout, newline="")))
    assert [row["external_id"] for row in rows] == [
        "'=1+1", "'+1-2", "'-2+3", "'@SUM(A1)", "'\tx", "'\nx", "A\n=1",
    ]  # fmt: skip
    assert [row["amount"] for row in rows][:2] == ["-45.00", "-45.01"]
    (head,) = csv.DictReader(ran("statements", "export").stdout.splitlines())
    assert head["party_name"] == "'=cmd|' /C calc'!A0"
    (line, *_) = json.loads(ran("statements", "export", "--lines", "--format", "json").stdout)
    assert line["external_id"] == "=1+1"


def test_a_number_that_is_none_is_refused(ran: Ran) -> None:
    result = ran("statements", "export", "S-1O01")
    assert isinstance(result.exception, writing.NoSuchNumber)
    assert result.exception.message == '"S-1O01" is no number; write it as S-1001.'


def test_do_not_bill_is_told_once_and_a_batch_can_be_written_again(ran: Ran, world: World, tmp_path: Path) -> None:
    (dispute,) = credited(world, 45_000_000, program=leads(), **LEAD)
    options = ("export", "do-not-bill", "--program", "leads")
    file = tmp_path / "drop.csv"
    assert ran(*options, "--since", today(), "--out", str(file)).exit_code == 0
    batch = str(DoNotBillBatch.objects.get())
    (row,) = csv.DictReader(file.read_text().splitlines())
    assert tuple(row) == exports.COLUMNS
    assert (row["batch"], row["instruction"], row["left_to_bill"]) == (batch, "do not bill", "0.00")
    assert ran(*options).stdout == ",".join(exports.COLUMNS) + "\n"
    assert ran(*options, "--batch", batch).stdout == file.read_text()
    assert json.loads(ran(*options, "--batch", batch, "--format", "json").stdout)[0]["dispute"] == dispute.label
    bill(dispute.charge_id)
    late = ran(*options)
    assert late.stderr == (f"{dispute.charge.external_id} was billed although {batch} told not to; $45.00 is due.\n")
