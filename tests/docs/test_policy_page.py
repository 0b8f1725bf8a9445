"""The rules shown on the page about policies can be published."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from makegood.disputes.policy import compile_policy, parse_rules
from makegood.disputes.policy.base import Moment
from makegood.kernel import clock
from makegood.project.cli.policy import policy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "change-a-policy.md"


def test_the_rules_of_the_page_are_read() -> None:
    text = PAGE.read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    rules = parse_rules(yaml.safe_load(block)["rules"])
    assert compile_policy(rules, Moment(clock.now(), {})).hash
    assert {rule.severity.value for rule in rules} == {"block", "override", "warn", "auto_accept"}


def test_the_commands_of_the_page_exist() -> None:
    shown = re.findall(r"^makegood policy (\w+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(shown) == set(policy.commands)
