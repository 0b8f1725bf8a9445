"""`makegood init --from setup.yaml`: the first steps of an installation, from a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import yaml
from django.db import transaction

from makegood.disputes.operations import set_up
from makegood.disputes.operations.set_up import Answers
from makegood.evidence.operations.recording_settings import change_recording_settings
from makegood.kernel.money import parse_amount
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import describe_installation, mark_step
from makegood.parties.policy import without_limit
from makegood.parties.states import SetupState, SetupStep
from makegood.project.cli.environment import data_option, installed
from makegood.project.problems import OperatorProblem

_KNOWN = frozenset({"organization", "programs", "questions", "recordings"})
_UNLIMITED = "no limit"
_EXAMPLE = """organization: {name: Acme Calls, zone: America/New_York, currency: USD, locale: en_US}
programs: [call_marketplace, telecom_billing]
questions:
  alone: {USD: 500}
  calls: {window_hours: 240, clawback: proportional}
recordings:
  calls: "https://files.example.com/{year}/{month}/{external_id}.wav"
"""


class BadSetup(OperatorProblem):
    """The file cannot be followed."""

    def __init__(self, file: Path, cause: str) -> None:
        super().__init__(f'"{file}" cannot be followed: {cause}. `makegood init --example` prints one that can.')


@click.command()
@click.option(
    "--from", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What to set up, as YAML."
)
@click.option("--example", is_flag=True, help="Print a file to begin with.")
@data_option
def init(*, file: Path | None, example: bool, data: Path) -> None:
    """Set an installation up from a file; what is there already stays, so it can be run again."""
    if example:
        click.echo(_EXAMPLE, nl=False)
        return
    if file is None:
        raise click.UsageError("Name the file with --from, or see --example.")
    wanted = _read(file)
    with installed(data), transaction.atomic():
        done = _follow(file, wanted)
        for name, _ in done:
            mark_step(SYSTEM, step=name, state=SetupState.DONE)
    for _, sentence in done:
        click.echo(sentence)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        wanted = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadSetup(file, "it is no YAML") from error
    if not isinstance(wanted, dict):
        raise BadSetup(file, "it holds no steps")
    strange = sorted(set(map(str, wanted)) - _KNOWN)
    if strange:
        raise BadSetup(file, f'there is no step "{strange[0]}"')
    return wanted


def _alone(said: Any) -> dict[str, int] | None:
    """What managers decide alone: amounts by currency, ``no limit``, or as it stands where nothing is said."""
    if said is None:
        return None
    if said == _UNLIMITED:
        return without_limit()
    return {str(code): parse_amount(str(amount), str(code)) for code, amount in said.items()}


def _follow(file: Path, wanted: Mapping[str, Any]) -> list[tuple[SetupStep, str]]:
    done: list[tuple[SetupStep, str]] = []
    try:
        if here := wanted.get("organization"):
            describe_installation(
                SYSTEM,
                name=str(here["name"]),
                zone=str(here["zone"]),
                currency=str(here["currency"]),
                locale=str(here.get("locale", "en_US")),
            )
            done.append((SetupStep.ORGANIZATION, f"{here['name']}: {here['zone']}, {here['currency']}."))
        if keys := wanted.get("programs"):
            made = set_up.add_programs(SYSTEM, preset_keys=[str(key) for key in keys])
            names = ", ".join(program.key for program in made) or "none, they are there already"
            done.append((SetupStep.PROGRAMS, f"Programs made: {names}."))
        if questions := wanted.get("questions"):
            alone = _alone(questions.get("alone"))
            for key, said in questions.items():
                if key != "alone":
                    answers = Answers(said.get("window_hours"), str(said["clawback"]), alone)
                    set_up.answer_questions(SYSTEM, program_key=str(key), answers=answers)
            done.append((SetupStep.QUESTIONS, "Windows, claw-backs and limits are set."))
        for key, template in (wanted.get("recordings") or {}).items():
            change_recording_settings(SYSTEM, program_key=str(key), said={"url_template": str(template)})
        if wanted.get("recordings"):
            done.append((SetupStep.RECORDINGS, "Recordings are fetched from their addresses."))
    except (KeyError, TypeError, AttributeError) as error:
        raise BadSetup(file, f"something is missing or of the wrong shape ({error})") from error
    return done
