"""`makegood policy`: what a policy says of a charge, its versions, a new one, and what that would change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml

from makegood.disputes import operations
from makegood.disputes.eligibility import ALL_PHASES, CHARGE_PHASES, FILING_PHASES, Verdict
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.policy.sentences import sentences_of
from makegood.disputes.selectors.charges_named import charge_named
from makegood.disputes.selectors.policies import (
    PolicyInForce,
    policy_in_force,
    policy_numbered,
    policy_of_rules,
    versions_of,
)
from makegood.disputes.selectors.policy_codes import codes_of
from makegood.disputes.selectors.policy_diff import PolicyDiff, policy_diff
from makegood.disputes.selectors.verdicts import judged
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to
from makegood.project.cli.environment import data_option, installed
from makegood.project.problems import OperatorProblem
from makegood.project.tables import table

_PROGRAM = click.option("--program", default="", metavar="KEY", help="Whose policy, where there are several programs.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")


class WrongProgram(OperatorProblem):
    """The program is not clear."""

    def __init__(self, wanted: str, keys: Sequence[str]) -> None:
        there = f'There is no program "{wanted}"' if wanted else "There are several programs"
        super().__init__(f"{there}: name one of {', '.join(keys)} with --program.")


class NoRules(OperatorProblem):
    """The file holds no rules."""

    def __init__(self, file: Path, cause: str) -> None:
        super().__init__(f'"{file}" holds no list of rules: {cause}.')


class BadStart(OperatorProblem):
    """The start is no time."""

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text}" is no time with an offset, such as 2026-12-01T00:00:00-05:00.')


@click.group()
def policy() -> None:
    """Look at policies, and publish them."""


@policy.command()
@click.option("--charge", required=True, metavar="ID", help="Our number of the charge, or its source's own id.")
@click.option("--reason", default="", metavar="CODE", help="Judge a claim with this reason.")
@click.option("--explanation", default="", metavar="TEXT", help="Judge a claim with these words.")
@_JSON
@data_option
def check(*, data: Path, charge: str, reason: str, explanation: str, as_json: bool) -> None:
    """Say what the policy in force says of a charge, rule by rule."""
    with installed(data):
        charge_id, program_id = charge_named(SYSTEM, charge)
        found = policy_in_force(program_id, clock.now())
        if isinstance(found, PolicyMissing):
            raise found
        phases = ALL_PHASES if reason or explanation else CHARGE_PHASES | (ALL_PHASES - FILING_PHASES)
        item = SubmitItem(charge_id, reason=reason, description=explanation)
        verdict = judged(found, [item], phases)[charge_id]
    click.echo(json.dumps(_verdict_json(charge_id, verdict)) if as_json else _verdict_text(verdict))


@policy.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--effective-from", default="", metavar="TIME", help="From when, with an offset; now otherwise.")
@click.option("--note", default="", help="What changed, for whoever reads the history.")
@click.option("--yes", is_flag=True, help="Publish without asking.")
@_PROGRAM
@_JSON
@data_option
def publish(*, data: Path, file: Path, effective_from: str, note: str, yes: bool, program: str, as_json: bool) -> None:
    """Publish the rules in FILE (YAML or JSON), after telling what they change."""
    start = _start(effective_from)
    rules = _rules_in(file)
    with installed(data):
        chosen = _chosen(program)
        wanted = policy_of_rules(chosen.pk, file.name, rules)
        before = policy_in_force(chosen.pk, clock.now())
        if not yes and not isinstance(before, PolicyMissing):
            click.echo(_diff_text(policy_diff(chosen.pk, before, wanted)), err=as_json)
            click.confirm("Publish?", abort=True, err=True)
        version = operations.publish_policy(SYSTEM, program=chosen, rules=rules, note=note, effective_from=start)
        said = {"policy": f"{chosen.key}@{version.number}", "effective_from": version.effective.lower.isoformat()}
    click.echo(json.dumps(said) if as_json else f"Published {said['policy']}, in force from {said['effective_from']}.")


@policy.command()
@click.argument("a")
@click.argument("b")
@_PROGRAM
@_JSON
@data_option
def diff(*, data: Path, a: str, b: str, program: str, as_json: bool) -> None:
    """Say what would change for today's charges between A and B: numbers of versions, or files of rules."""
    with installed(data):
        chosen = _chosen(program)
        found = policy_diff(chosen.pk, _policy(chosen, a), _policy(chosen, b))
    click.echo(json.dumps(_diff_json(found)) if as_json else _diff_text(found))


@policy.command()
@_PROGRAM
@_JSON
@data_option
def show(*, data: Path, program: str, as_json: bool) -> None:
    """Show the versions of a policy, and the rules in force."""
    with installed(data):
        chosen = _chosen(program)
        now = clock.now()
        naming = codes_of(chosen).naming
        lines = [
            {
                "number": version.number,
                "from": version.effective.lower.isoformat() if version.effective.lower else "",
                "to": version.effective.upper.isoformat() if version.effective.upper else "",
                "note": version.note,
                "in_force": now in version.effective,
                "rules": version.rules,
            }
            for version in versions_of(chosen.pk)
        ]
    if as_json:
        click.echo(json.dumps({"program": chosen.key, "versions": lines}))
        return
    head = ("Version", "From", "To", "Note")
    rows = [
        (f"{line['number']}{' *' if line['in_force'] else ''}", line["from"], line["to"], line["note"])
        for line in lines
    ]
    click.echo(table(head, rows))
    for line in lines:
        if line["in_force"]:
            click.echo(f"\nRules of version {line['number']}, in force now:")
            said = sentences_of(line["rules"], naming)
            click.echo(
                "\n".join(f"- {_rule_line(rule)}\n  # {one}" for rule, one in zip(line["rules"], said, strict=True))
            )


_LAST = ("severity", "basis")


def _rule_line(rule: Mapping[str, Any]) -> str:
    """One line of YAML: the type first, the parameters, then what the rule does."""
    names = ["type", *(name for name in rule if name not in {"type", *_LAST}), *(n for n in _LAST if n in rule)]
    ordered = {name: rule[name] for name in names}
    return yaml.safe_dump(ordered, sort_keys=False, default_flow_style=True, width=10_000).strip()


def _chosen(key: str) -> Program:
    """The program by its key; the only one without. Raises WrongProgram."""
    programs = {program.key: program for program in programs_visible_to(SYSTEM).order_by("key")}
    if not key and len(programs) == 1:
        return next(iter(programs.values()))
    if key not in programs:
        raise WrongProgram(key, list(programs))
    return programs[key]


def _policy(program: Program, named: str) -> PolicyInForce:
    if named.isdigit():
        return policy_numbered(program.pk, int(named))
    return policy_of_rules(program.pk, Path(named).name, _rules_in(Path(named)))


def _rules_in(file: Path) -> list[Mapping[str, Any]]:
    """A list of rules, or a document with one under ``rules``. Raises NoRules."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise NoRules(file, " ".join(str(error).split())) from error
    rules = document.get("rules") if isinstance(document, Mapping) else document
    if not isinstance(rules, list) or not all(isinstance(rule, Mapping) for rule in rules):
        raise NoRules(file, "each rule is a mapping with a type and a severity")
    return rules


def _start(text: str) -> datetime | None:
    if not text:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadStart(text) from error
    if start.tzinfo is None:
        raise BadStart(text)
    return start


def _verdict_json(charge_id: int, verdict: Verdict) -> dict[str, Any]:
    return {
        "charge": charge_id,
        "policy": verdict.policy,
        "at": verdict.at.isoformat(),
        "result": verdict.result,
        "closes_at": verdict.closes_at.isoformat() if verdict.closes_at else None,
        "rules": [rule._asdict() for rule in verdict.rules],
    }


_MARKS = {True: "ok", False: "!!"}


def _verdict_text(verdict: Verdict) -> str:
    closes = f", until {verdict.closes_at.isoformat()}" if verdict.closes_at and verdict.can_submit else ""
    lines = [f"{verdict.policy} at {verdict.at.isoformat()}: {verdict.result}{closes}", ""]
    for rule in verdict.rules:
        lines.append(f"{_MARKS[rule.passed]}  {rule.code} ({rule.severity}) {rule.message}".rstrip())
        for name, value in (("fact", rule.fact), ("limit", rule.limit)):
            if value:
                lines.append(f"      {name}: {', '.join(f'{key} {_plain(said)}' for key, said in value.items())}")
        if rule.would_pass_if:
            lines.append(f"      would pass if: {rule.would_pass_if}")
    return "\n".join(lines)


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) or "-"
    return "-" if value is None or value == "" else str(value)


def _diff_json(found: PolicyDiff) -> dict[str, Any]:
    return {
        "a": found.a,
        "b": found.b,
        "open_now": found.open_now,
        "would_close": found.would_close,
        "would_open": found.would_open,
        "shifts": [
            {
                "before": shift.before,
                "after": shift.after,
                "charges": shift.charges,
                "billed": {money.currency: money.micros for money in shift.billed},
                "samples": [asdict(sample) for sample in shift.samples],
            }
            for shift in found.shifts
        ],
    }


def _diff_text(found: PolicyDiff) -> str:
    lines = [
        f"{found.a} against {found.b}: of {found.open_now:,} charges that can be disputed now"
        f" {found.would_close:,} would be closed; {found.would_open:,} would become eligible."
    ]
    for shift in found.shifts:
        if not shift.changes:
            continue
        money = ", ".join(map(str, shift.billed))
        lines.append(f"  {shift.charges:,} ({money}): {shift.before or 'eligible'} -> {shift.after or 'eligible'}")
        lines += [f"      charge {sample.charge_id}: {sample.sentence}" for sample in shift.samples]
    return "\n".join(lines)
