"""`makegood policy` as somebody types it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from makegood.disputes import operations
from makegood.disputes.models import PolicyVersion
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.project.cli import cli
from tests.world import World

DAY = """
rules:
  - {type: billed, severity: block}
  - {type: window, anchor: received, amount: 24, severity: block}
"""
WEEK = '[{"type": "window", "amount": 168, "severity": "warn"}]'


@pytest.fixture
def files(world: World, tmp_path: Path) -> Path:
    (tmp_path / "day.yaml").write_text(DAY, encoding="utf-8")
    (tmp_path / "week.json").write_text(WEEK, encoding="utf-8")
    (tmp_path / "poem.yaml").write_text("roses: red", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("- {type: vibes, severity: block}", encoding="utf-8")
    return tmp_path


def _policy(files: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["policy", words[0], "--data", str(files / "data"), *words[1:]], input=typed)


def assert_refused(result: Result, sentence: str) -> None:
    assert (result.exit_code, result.stderr.strip()) == (1, sentence)
    assert PolicyVersion.objects.count() == 1


def test_check_tells_every_rule_by_our_number_or_the_sources_own(world: World, files: Path) -> None:
    charge = world.charge(billed_at=None, external_id="RGB-7")
    for name in (str(charge.pk), "RGB-7"):
        result = _policy(files, "check", "--charge", name)
        assert result.exit_code == 0, result.output
        lines = result.stdout.splitlines()
        assert lines[0].startswith(f"{world.program.key}@1 at ")
        assert lines[0].endswith(": blocked")
        assert "!!  NOT_BILLED (block) Only billed items can be disputed." in lines
        assert "      would pass if: Nothing was charged for it so far; once it is billed, it can be disputed." in lines
        assert "ok  DISPUTES_DISABLED (block)" in lines


def test_check_as_json_has_facts_limits_and_the_way_out(world: World, files: Path) -> None:
    charge = world.charge(disposition="busy")
    result = _policy(files, "check", "--charge", str(charge.pk), "--json")
    said = json.loads(result.stdout)
    assert (said["charge"], said["result"], said["policy"]) == (charge.pk, "warned", f"{world.program.key}@1")
    (rule,) = [rule for rule in said["rules"] if not rule["passed"]]
    assert rule["code"] == "DISPOSITION_NOT_DISPUTABLE"
    assert rule["fact"] == {"disposition": "busy"}
    assert rule["limit"]["allow"] == ["completed_with_conversion", "not_connected_with_conversion"]
    assert rule["would_pass_if"].startswith("Status is one of: ")
    assert {rule["code"] for rule in said["rules"]} >= {"WINDOW_EXPIRED", "ALREADY_DISPUTED"}
    assert "AMOUNT_NOT_FULL" not in {rule["code"] for rule in said["rules"]}


def test_check_of_a_claim_judges_its_reason_too(world: World, files: Path) -> None:
    charge = world.charge()
    result = _policy(files, "check", "--charge", str(charge.pk), "--reason", "SPAM", "--json")
    assert "AMOUNT_NOT_FULL" in {rule["code"] for rule in json.loads(result.stdout)["rules"]}


def test_check_of_a_charge_that_does_not_exist(files: Path) -> None:
    assert_refused(_policy(files, "check", "--charge", "nothing"), "Not found, or not yours.")


def test_publish_tells_the_difference_and_asks(world: World, files: Path) -> None:
    charge = world.charge(received_at=clock.now() - timedelta(days=3))
    result = _policy(files, "publish", str(files / "day.yaml"), "--note", "Shorter.", typed="n\n")
    assert result.exit_code == 1
    assert PolicyVersion.objects.count() == 1
    assert result.stdout.splitlines()[:3] == [
        f"{world.program.key}@1 against day.yaml: of 1 charges that can be disputed now 1 would be closed;"
        " 0 would become eligible.",
        "  1 ($45.00): eligible -> WINDOW_EXPIRED",
        f"      charge {charge.pk}: Received 3 days ago; the limit is 1 day.",
    ]
    result = _policy(files, "publish", str(files / "day.yaml"), "--note", "Shorter.", typed="y\n")
    assert result.exit_code == 0, result.output
    version = PolicyVersion.objects.get(number=2)
    assert (version.note, len(version.rules)) == ("Shorter.", 2)
    assert f"Published {world.program.key}@2, in force from " in result.stdout


def test_publish_ahead_without_asking(world: World, files: Path) -> None:
    start = "2031-01-01T00:00:00-05:00"
    result = _policy(files, "publish", str(files / "week.json"), "--effective-from", start, "--yes", "--json")
    said: dict[str, Any] = json.loads(result.stdout)
    assert said == {"policy": f"{world.program.key}@2", "effective_from": "2031-01-01T00:00:00-05:00"}
    shown = json.loads(_policy(files, "show", "--json").stdout)
    assert [(line["number"], line["in_force"]) for line in shown["versions"]] == [(1, True), (2, False)]


REFUSED = [
    (("publish", "bad.yaml", "--yes"), 'The policy cannot be published: there is no rule type "vibes".'),
    (
        ("publish", "day.yaml", "--yes", "--effective-from", "tomorrow"),
        '"tomorrow" is no time with an offset, such as 2026-12-01T00:00:00-05:00.',
    ),
    (
        ("publish", "day.yaml", "--yes", "--effective-from", "2031-01-01"),
        '"2031-01-01" is no time with an offset, such as 2026-12-01T00:00:00-05:00.',
    ),
    (("diff", "1", "9"), "The policy has no version 9."),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSED)
def test_what_is_refused_in_one_sentence(files: Path, words: tuple[str, ...], sentence: str) -> None:
    named = [str(files / word) if word.endswith(".yaml") else word for word in words]
    assert_refused(_policy(files, *named), sentence)


def test_a_file_without_rules_is_refused(files: Path) -> None:
    poem = files / "poem.yaml"
    sentence = f'"{poem}" holds no list of rules: each rule is a mapping with a type and a severity.'
    assert_refused(_policy(files, "publish", str(poem), "--yes"), sentence)


def test_diff_between_a_version_and_a_file(world: World, files: Path) -> None:
    world.charge(received_at=clock.now() - timedelta(days=3))
    result = _policy(files, "diff", "1", str(files / "day.yaml"), "--json")
    said = json.loads(result.stdout)
    assert (said["open_now"], said["would_close"], said["would_open"]) == (1, 1, 0)
    assert [(shift["before"], shift["after"], shift["billed"]) for shift in said["shifts"]] == [
        ("", "WINDOW_EXPIRED", {"USD": 45_000_000})
    ]


def test_show_lists_versions_and_the_rules_in_force(world: World, files: Path) -> None:
    result = _policy(files, "show")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["Version", "From", "To", "Note"]
    assert "Rules of version 1, in force now:" in lines
    assert "- {type: permission, severity: block, basis: help}" in lines


def test_with_several_programs_one_is_named(files: Path) -> None:
    operations.install_preset(SYSTEM, preset_key="lead_review", key="leads")
    result = _policy(files, "show")
    assert result.exit_code == 1
    assert result.stderr.startswith("There are several programs: name one of calls-")
    assert _policy(files, "show", "--program", "leads").exit_code == 0
    assert _policy(files, "show", "--program", "moon").stderr.startswith('There is no program "moon": name one of ')
