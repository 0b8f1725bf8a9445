"""`makegood recordings`: attach files to calls, see what could not be fetched, try again, hold, set what is wanted."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from makegood.billing.selectors import charges_visible_to
from makegood.evidence.operations.attach import attach_recording
from makegood.evidence.operations.fetch import retry_recordings
from makegood.evidence.operations.recording_settings import change_recording_settings
from makegood.evidence.operations.retention import hold_recording
from makegood.evidence.policy.audio_kinds import ENDINGS
from makegood.evidence.policy.recording_settings import Fetch, RecordingSettings
from makegood.evidence.policy.url_template import name_pattern
from makegood.evidence.selectors.waiting import Unfetched, unfetched
from makegood.kernel.errors import Refusal
from makegood.parties.entries import SYSTEM
from makegood.parties.selectors import programs_visible_to
from makegood.project.cli.environment import data_option, installed
from makegood.project.problems import OperatorProblem
from makegood.project.tables import table

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
_PROGRAM = click.option("--program", default="", metavar="KEY", help="Calls of this program alone.")


class NoSuchProgram(OperatorProblem):
    """There is no such program."""

    def __init__(self, key: str) -> None:
        super().__init__(f'There is no program "{key}".')


@dataclass(frozen=True)
class Outcome:
    """What became of one file; ``word`` is ``attached``, ``unchanged``, ``unknown``, ``ambiguous`` or ``refused``."""

    file: str
    word: str
    call: str = ""
    code: str = ""
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether the file is the recording of a call now."""
        return self.word in {"attached", "unchanged"}


@click.group("recordings")
def recordings_group() -> None:
    """Attach recordings to calls, and look after those that are fetched."""


@recordings_group.command()
@click.argument(
    "places", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER.."
)
@_PROGRAM
@click.option(
    "--name",
    default="{external_id}",
    show_default=True,
    metavar="PATTERN",
    help="How files are named, without their ending; {external_id} is the call's id at its source.",
)
@_JSON
@data_option
def add(*, places: tuple[Path, ...], program: str, name: str, as_json: bool, data: Path) -> None:
    """Attach files, and the sound files in folders, to the calls that they are named after.

    The same file again changes nothing. Exits with 1 when a file found no call or was refused.
    """
    pattern = name_pattern(name)
    with installed(data):
        program_id = _program(program)
        found = []
        for path in _files(places):
            match = pattern.fullmatch(path.stem)
            said = match.groupdict() if match is not None else {}
            found.append(_attached(path, said.get("external_id", ""), said.get("external_source", ""), program_id))
            if not as_json:
                click.echo(_line(found[-1]))
    if as_json:
        click.echo(json.dumps({"files": [asdict(one) for one in found], "counts": Counter(one.word for one in found)}))
    else:
        click.echo(_summary(found))
    sys.exit(0 if all(one.ok for one in found) else 1)


def _program(key: str) -> int | None:
    if not key:
        return None
    found = programs_visible_to(SYSTEM).filter(key=key).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchProgram(key)
    return found


def _files(places: Sequence[Path]) -> Iterator[Path]:
    """The files named, and below the folders named those whose ending is one of sound, in order."""
    for place in places:
        if place.is_dir():
            yield from sorted(path for path in place.rglob("*") if path.is_file() and path.suffix.lower() in ENDINGS)
        else:
            yield place


def _attached(path: Path, external_id: str, external_source: str, program_id: int | None) -> Outcome:
    calls = charges_visible_to(SYSTEM).filter(external_id=external_id, corrects_id__isnull=True)
    calls = calls.filter(program_id=program_id) if program_id is not None else calls
    calls = calls.filter(external_source=external_source) if external_source else calls
    # Every source has ids of its own; the look-up by id alone is answered source by source.
    ids = list(calls.values_list("pk", flat=True)[:2]) if external_id else []
    if len(ids) != 1:
        word = "ambiguous" if ids else "unknown"
        return Outcome(str(path), word, external_id, message="several calls have this id" if ids else "no such call")
    try:
        answer = attach_recording(SYSTEM, charge_id=ids[0], path=path, name=path.name)
    except Refusal as refusal:
        return Outcome(str(path), "refused", external_id, refusal.code, refusal.message)
    return Outcome(str(path), "attached" if answer.is_new else "unchanged", external_id)


def _line(one: Outcome) -> str:
    told = f" to call {one.call}" if one.word == "attached" else f": {one.message}" if one.message else ""
    return f"{one.file}: {one.word}{told}"


def _summary(found: Sequence[Outcome]) -> str:
    counts = Counter(one.word for one in found)
    return ", ".join(f"{count:,} {word}" for word, count in sorted(counts.items())) + "." if counts else "No files."


@recordings_group.command("list")
@click.option("--failed", is_flag=True, help="Only those that are not tried again.")
@_JSON
@data_option
def list_(*, failed: bool, as_json: bool, data: Path) -> None:
    """List recordings that were not fetched yet, and why."""
    with installed(data):
        rows = unfetched(SYSTEM, failed=failed)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], default=str))
    else:
        click.echo(_table(rows) if rows else "No recording waits or failed.")


def _table(rows: Sequence[Unfetched]) -> str:
    cells = [
        (row.external_id, row.state, str(row.tries), f"{row.next_at:%Y-%m-%d %H:%M}" if row.next_at else "", row.fault,
         row.detail)
        for row in rows
    ]  # fmt: skip
    return table(("Call", "State", "Tries", "Next try (UTC)", "Fault", "Why"), cells)


@recordings_group.command()
@data_option
def retry(*, data: Path) -> None:
    """Let all recordings that failed be fetched again."""
    with installed(data):
        count = retry_recordings()
    click.echo(f"{count:,} recordings are tried again." if count != 1 else "1 recording is tried again.")


@recordings_group.command()
@click.option("--program", required=True, metavar="KEY", help="Whose recordings.")
@click.option(
    "--fetch",
    type=click.Choice([one.value for one in Fetch]),
    help="Fetch those of all calls, of disputed ones, or none.",
)
@click.option("--url-template", metavar="URL", help="Where recordings are whose call names no address.")
@click.option("--retention-days", type=click.IntRange(0), metavar="DAYS", help="Delete sound after so long; 0: never.")
@click.option("--consent", metavar="TEXT", help="On what ground calls are recorded.")
@click.option("--speakers", nargs=2, metavar="FIRST SECOND", help="Who is heard on which channel.")
@click.option(
    "--vendors-hear/--vendors-do-not-hear",
    default=None,
    help="Whether vendors hear calls of theirs whose payout changed.",
)
@data_option
def settings(*, program: str, data: Path, **said: object) -> None:
    """Say what a program wants of recordings; without an option, what it wants now."""
    wanted = {name: value for name, value in said.items() if value is not None}
    if "retention_days" in wanted:
        wanted["retention_days"] = wanted["retention_days"] or None
    with installed(data):
        found = programs_visible_to(SYSTEM).filter(key=program).first()
        if found is None:
            raise NoSuchProgram(program)
        if wanted:
            found = change_recording_settings(SYSTEM, program_key=program, said=wanted)
    for name, value in asdict(RecordingSettings.of(found.settings)).items():
        told = " | ".join(value) if isinstance(value, tuple) else "-" if value in (None, "") else str(value)
        click.echo(f"{name}: {told}")


@recordings_group.command()
@click.argument("call")
@click.option("--release", is_flag=True, help="Let it be deleted again when its time is over.")
@click.option("--note", default="", metavar="TEXT", help="Why; it is kept in the journal.")
@data_option
def hold(*, call: str, release: bool, note: str, data: Path) -> None:
    """Keep the recording of a call beyond its time, by the call's id at its source."""
    with installed(data):
        hold_recording(SYSTEM, external_id=call, held=not release, note=note)
    click.echo(f"The recording of {call} is {'released' if release else 'held'}.")
