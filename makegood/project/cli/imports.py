"""`makegood import calls` and `makegood check`: call logs in, and what can still be contested of them."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from makegood.disputes.policy.words import span
from makegood.imports.entries import CheckAnswer, Found, ImportAnswer, Options
from makegood.imports.errors import (
    BadRate,
    MissingOptions,
    NegativeRate,
    RateNotTaken,
    RateTooFine,
    RejectsInTheWay,
    UnknownProgram,
)
from makegood.imports.operations import check_calls, import_calls
from makegood.imports.policy.mapping import mappings
from makegood.kernel.errors import Refusal, UnknownCurrency
from makegood.kernel.money import format_money
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import UnknownCustomer, UnknownZone
from makegood.project.cli.bills import bills
from makegood.project.cli.corrections import corrections
from makegood.project.cli.environment import data_option, installed
from makegood.project.cli.payments import payments

Answer = TypeVar("Answer", ImportAnswer, CheckAnswer)
Command = TypeVar("Command", bound=Callable[..., Any])
Told = Callable[[int, int], None]

_OPTIONS_AT_FAULT = (MissingOptions, UnknownProgram, UnknownZone, UnknownCurrency, UnknownCustomer, RejectsInTheWay,
                     BadRate, NegativeRate, RateTooFine, RateNotTaken)  # fmt: skip


_RATE = (
    "Bill calls of a source without prices: 0.022/min or 0.0004/s of talk. 0.022/min:60/60 rounds a call up, here to 60"
    " seconds, then in steps of 60; without it, every second counts. 35/call or 35/lead is a price each."
)


class WrongOption(click.ClickException):
    """An option is missing or names what does not exist; nothing was stored, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the sentence to stderr."""
        click.echo(self.message, err=True)


def file_options(command: Command) -> Command:
    """What both commands take: the file, and what it does not say itself."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one line of JSON."),
        click.option("--rate", default="", metavar="RATE", help=_RATE),
        click.option("--customer", default="", metavar="NUMBER", help="Whose calls, where a row names no buyer."),
        click.option("--currency", default="", metavar="CUR", help="Of amounts without a currency, such as USD."),
        click.option("--timezone", default="", metavar="ZONE", help="Of times without offset: America/New_York."),
        click.option("--program", default="", metavar="KEY", help="The program to book on, where there are several."),
        click.option("--format", "format_", default="", type=click.Choice(["", *mappings()]), metavar="NAME",
                     help=f"Skip recognition: {', '.join(mappings())}."),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        data_option,
    ):  # fmt: skip
        command = option(command)
    return command


@click.group("import")
def import_group() -> None:
    """Bring call logs in."""


import_group.add_command(bills)
import_group.add_command(payments)
import_group.add_command(corrections)


@import_group.command("calls")
@click.option("--create-parties", is_flag=True, help="Create customers, vendors and campaigns that are not known yet.")
@click.option("--dry-run", is_flag=True, help="Do everything but store it.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rejected rows go; FILE.rejects.csv otherwise.",
)
@file_options
def calls(
    *,
    file: Path,
    data: Path,
    format_: str,
    program: str,
    timezone: str,
    currency: str,
    customer: str,
    rate: str,
    create_parties: bool,
    dry_run: bool,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Import a call log: CSV, JSON or JSON lines. The same file again changes nothing."""
    options = Options(format_, program, timezone, currency, customer, create_parties, dry_run, rejects, rate)
    with installed(data):
        answer = _asking(
            options, lambda wanted, told: import_calls(SYSTEM, path=file, options=wanted, told=told), as_json=as_json
        )
    click.echo(json.dumps(answer.as_json()) if as_json else _imported(answer))


@click.command()
@click.option("--window-hours", type=click.IntRange(min=1), help="How long after billing a call can be contested.")
@file_options
def check(
    *,
    file: Path,
    data: Path,
    format_: str,
    program: str,
    timezone: str,
    currency: str,
    customer: str,
    rate: str,
    window_hours: int | None,
    as_json: bool,
) -> None:
    """Say what of a call log can still be contested; nothing is stored."""
    options = Options(format_, program, timezone, currency, customer, rate=rate)
    with _somewhere(data):
        answer = _asking(
            options,
            lambda wanted, told: check_calls(SYSTEM, path=file, options=wanted, window_hours=window_hours, told=told),
            as_json=as_json,
        )
    click.echo(json.dumps(answer.as_json()) if as_json else _checked(answer))


@contextmanager
def _somewhere(data: Path) -> Iterator[None]:
    """The installation, or where there is none a scratch one that is removed afterwards."""
    if os.environ.get("DATABASE_URL") or (data / "postgres").exists():
        with installed(data):
            yield
        return
    scratch = Path(tempfile.mkdtemp(prefix="makegood-check-"))
    scratch.chmod(0o711)  # the database server may run as another user
    try:
        with installed(scratch):
            yield
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _asking(options: Options, run: Callable[[Options, Told], Answer], *, as_json: bool) -> Answer:
    """Run; what the file does not say is asked for once on a terminal. Raises WrongOption."""
    try:
        try:
            return _showing(options, run, quiet=as_json)
        except MissingOptions as missing:
            if as_json or not _at_a_terminal():
                raise
            return _showing(_asked(options, missing.fields["needs"]), run, quiet=as_json)
    except _OPTIONS_AT_FAULT as fault:
        raise WrongOption(_with_hint(fault)) from fault


def _at_a_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(options: Options, needs: Mapping[str, str]) -> Options:
    """The options with what a person answers."""
    said = {name: str(click.prompt(f"{name} ({why})", err=True)).strip() for name, why in needs.items()}
    return replace(
        options,
        program=said.get("program", options.program),
        timezone=said.get("timezone", options.timezone),
        currency=said.get("currency", options.currency),
        customer=said.get("customer", options.customer),
    )


def _with_hint(fault: Refusal) -> str:
    if isinstance(fault, UnknownCustomer):
        return f"{fault.message} --create-parties creates it. Nothing was imported."
    return fault.message


def _showing(options: Options, run: Callable[[Options, Told], Answer], *, quiet: bool) -> Answer:
    """Run with a bar of bytes read, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return run(options, lambda done, size: None)
    columns = ("Reading", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=None)
        return run(options, lambda done, size: progress.update(bar, completed=done, total=size))


def _imported(answer: ImportAnswer) -> str:
    tally = answer.tally
    would = "would be " if answer.dry_run else ""
    lines = [
        f"{answer.recognized}.",
        f"{_calls(tally.imported)} {would}imported, {tally.unchanged:,} unchanged, {tally.updated:,} updated,"
        f" {tally.rejected:,} rejected.",
    ]
    for currency, (billed, payout) in sorted(tally.sums.items()):
        lines.append(f"Billed {format_money(billed, currency)}, payout {format_money(payout, currency)} ({currency}).")
    lines += answer.messages
    if answer.rejects_file:
        lines.append(f"Rejected rows, each with its reason: {answer.rejects_file}")
    if answer.dry_run:
        lines.append("Nothing was stored.")
    return "\n".join(lines)


def _checked(answer: CheckAnswer) -> str:
    found = answer.contestable
    headline = (
        f"{_calls(found.calls)}, {_money(found)} can still be contested" if found.calls else "Nothing can be contested"
    )
    if answer.closes_at:
        headline += f"; the next window closes in {span(answer.closes_at - answer.at)}"
    lines = [
        f"{headline}.",
        f"{answer.imported.recognized}; {_calls(answer.billed.calls)} billed, {_money(answer.billed)}.",
    ]
    if found.calls and not answer.has_window:
        lines.append("No window is set, so none closes. --window-hours tells how long a call can be contested.")
    if answer.signs:
        lines += ["", "These look wrong:", *map(_line, answer.signs)]
    if answer.rules:
        lines += ["", "By rule, with the latest call as the example:", *map(_line, answer.rules)]
    if answer.imported.messages:
        lines += ["", *answer.imported.messages]
    return "\n".join([*lines, "", "Nothing was stored."])


def _line(found: Found) -> str:
    money = f", {_money(found)}" if any(found.sums.values()) else ""
    return f"  {_calls(found.calls)}{money}: {found.sentence} [{found.code}]"


def _calls(count: int) -> str:
    return f"{count:,} call{'' if count == 1 else 's'}"


def _money(found: Found) -> str:
    amounts = [format_money(micros, currency) for currency, micros in sorted(found.sums.items()) if micros]
    return " and ".join(amounts) or "nothing"
