"""`makegood init` follows a file, can be run again, and refuses in a sentence what it cannot follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from makegood.disputes.operations import set_up
from makegood.disputes.policy.presets import keys
from makegood.parties.models import Installation, Program, Role
from makegood.project.cli import cli
from makegood.project.first_run import ensure_program
from tests.refusals import unchanged


@pytest.fixture(autouse=True)
def first_program(db: None) -> None:
    """What every command finds in an installation."""
    ensure_program()


def _init(folder: Path, text: str) -> Result:
    file = folder / "setup.yaml"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["init", "--data", str(folder), "--from", str(file)])


def _example() -> str:
    return CliRunner().invoke(cli, ["init", "--example"]).stdout


def test_the_example_sets_an_installation_up_and_again_changes_nothing(tmp_path: Path) -> None:
    result = _init(tmp_path, _example())
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:2] == [
        "Acme Calls: America/New_York, USD.",
        "Programs made: bills.",
    ]
    calls = Program.objects.get(key="calls")
    assert (calls.currency, set_up.window_hours(calls.pk)) == ("USD", 240)
    assert calls.settings["recordings"]["url_template"].endswith("/{external_id}.wav")
    assert Role.objects.get(key="manager").max_decision_micros == {"USD": 500_000_000}
    assert Installation.objects.get().steps == dict.fromkeys(
        ("organization", "programs", "questions", "recordings"), "done"
    )
    with unchanged(but=("journal_event",)):
        assert "none, they are there already" in _init(tmp_path, _example()).stdout


def test_every_preset_has_a_key_of_its_own() -> None:
    assert set(set_up.KEYS) == set(keys())
    assert len(set(set_up.KEYS.values())) == len(set_up.KEYS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2]", "it holds no steps"),
        ("{", "it is no YAML"),
        ("people: []", 'there is no step "people"'),
        ("organization: {name: A}", "something is missing or of the wrong shape ('zone')"),
        ("programs: [nothing]", 'There is no preset "nothing"'),
        ("programs: 7", "something is missing or of the wrong shape"),
        ("recordings: {nowhere: https://x.example/}", "Not found"),
    ],
)
def test_what_cannot_be_followed_is_said(tmp_path: Path, text: str, said: str) -> None:
    with unchanged():
        result = _init(tmp_path, text)
    assert result.exit_code == 1
    assert said in result.stderr
