"""The commands around imports: what they print, and their exit status."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from makegood.imports.tests.logs import call, retreaver_v1, write_csv, write_json
from makegood.project.cli import imports
from tests.world import World

Ran = Callable[..., Result]


@pytest.fixture
def ran(world: World, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs a command on the test's database, which stands for the installation."""
    monkeypatch.setattr(imports, "installed", lambda data: nullcontext())
    program = ["--program", world.program.key]

    def run(*words: str, answers: str = "") -> Result:
        command = imports.import_group if words[0] == "calls" else imports.check
        given = [*words, *program] if words[0] == "calls" else [*words[1:], *program]
        return CliRunner().invoke(command, given, input=answers)

    return run


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "calls.csv", [call(), call(call_id="c2", converted="no"), call(call_id="c3", payout="x")]
    )


def test_the_json_answer(ran: Ran, log: Path) -> None:
    result = ran("calls", str(log), "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["imported"], answer["unchanged"], answer["updated"], answer["rejected"]) == (2, 0, 0, 1)
    assert answer["sums"] == {"USD": {"billed": "99.50", "payout": "120.00"}}
    assert answer["recognized"] == "Generic call log, 13 of 13 headers"
    assert answer["rejects_file"] == str(log.with_name("calls.rejects.csv"))
    assert answer["messages"] == ['Row 4: "x" in column payout is not an amount; write it as 1234.50.']


def test_the_human_answer(ran: Ran, log: Path) -> None:
    result = ran("calls", str(log), "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Generic call log, 13 of 13 headers.",
        "2 calls would be imported, 0 unchanged, 0 updated, 1 rejected.",
        "Billed $99.50, payout $120.00 (USD).",
        'Row 4: "x" in column payout is not an amount; write it as 1234.50.',
        f"Rejected rows, each with its reason: {log.with_name('calls.rejects.csv')}",
        "Nothing was stored.",
    ]


def test_a_missing_option_is_one_sentence_and_status_2(ran: Ran, tmp_path: Path) -> None:
    path = write_json(tmp_path / "calls.json", [{"call": retreaver_v1()}])
    result = ran("calls", str(path))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "This file needs --customer (it does not say which buyer was billed; give the customer's number)."
        " Nothing was imported.\n"
    )


def test_on_a_terminal_it_is_asked_for_once(ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_at_a_terminal", lambda: True)
    path = write_json(tmp_path / "calls.json", [{"call": retreaver_v1()}])
    result = ran("calls", str(path), "--create-parties", answers="B1\n")
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("customer (it does not say which buyer was billed; give the customer's number): ")
    assert result.stdout.splitlines()[1] == "1 call imported, 0 unchanged, 0 updated, 0 rejected."


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        (
            "--timezone",
            "America/Gotham",
            '"America/Gotham" is not a time zone of the IANA list, such as America/New_York.',
        ),
        (
            "--customer",
            "B9",
            'There is no customer with number "B9". --create-parties creates it. Nothing was imported.',
        ),
        ("--currency", "XXY", '"XXY" is not a currency code of ISO 4217.'),
    ],
)
def test_an_option_that_names_nothing_has_status_2(ran: Ran, log: Path, option: str, value: str, sentence: str) -> None:
    result = ran("calls", str(log), option, value)
    assert (result.exit_code, result.stderr) == (2, f"{sentence}\n")


def test_a_check_for_people(ran: Ran, log: Path) -> None:
    result = ran("check", str(log), "--window-hours", "1")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "Nothing can be contested."
    assert lines[1] == "Generic call log, 13 of 13 headers; 1 call billed, $99.50."
    assert lines[-1] == "Nothing was stored."


def test_a_check_with_something_to_contest(ran: Ran, log: Path) -> None:
    result = ran("check", str(log))
    assert result.stdout.splitlines()[:3] == [
        "1 call, $99.50 can still be contested.",
        "Generic call log, 13 of 13 headers; 1 call billed, $99.50.",
        "No window is set, so none closes. --window-hours tells how long a call can be contested.",
    ]


def test_a_check_as_json(ran: Ran, log: Path) -> None:
    answer = json.loads(ran("check", str(log), "--json").stdout)
    assert answer["contestable"] == {"calls": 1, "sums": {"USD": "99.50"}}


def test_a_rate_bills_calls_without_a_price(ran: Ran, tmp_path: Path) -> None:
    path = write_json(tmp_path / "calls.json", [{"call": retreaver_v1()}])
    words = ("calls", str(path), "--customer", "B1", "--create-parties", "--rate", "0.06/min:60/60")
    result = ran(*words)
    assert result.exit_code == 0
    assert "Billed $0.24, payout $0.00 (USD)." in result.stdout.splitlines()
    assert "0 calls imported, 1 unchanged, 0 updated, 0 rejected." in ran(*words).stdout.splitlines()


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [
        ("-1/min", '"-1/min" is below zero; a rate is not.'),
        ("1/hour", '"1/hour" is no rate between zero and 1,000 a minute or 100,000 a call.'),
        ("0.00000000001/s", '"0.00000000001/s" has more than ten decimals; write the rate with ten at most.'),
        ("1/min", "Generic call log says itself what a call costs; --rate is for sources that do not:"),
    ],
)
def test_a_bad_rate_ends_with_status_2(ran: Ran, log: Path, rate: str, sentence: str) -> None:
    result = ran("calls", str(log), "--rate", rate)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)


def test_the_help_says_how_a_rate_is_written(ran: Ran) -> None:
    told = " ".join(ran("calls", "--help").stdout.split())
    assert "0.022/min:60/60 rounds a call up" in told
