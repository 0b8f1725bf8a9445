"""`makegood import bills`: bills, their charges and credits, and rated usage."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from makegood.imports.entries import BillAnswer, BillOptions
from makegood.imports.errors import BadIssueDay, MissingOptions, RejectsInTheWay, UnknownProgram
from makegood.imports.operations import import_bills
from makegood.kernel.errors import Refusal, UnknownCurrency
from makegood.kernel.money import format_money
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import UnknownCustomer, UnknownZone
from makegood.project.cli.environment import data_option, installed

_AT_FAULT = (
    *(MissingOptions, UnknownProgram, UnknownZone, UnknownCurrency, UnknownCustomer, RejectsInTheWay),
    BadIssueDay,
)


class WrongBillOption(click.ClickException):
    """An option is missing or names what does not exist; nothing was stored, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the sentence to stderr."""
        click.echo(self.message, err=True)


@click.command("bills")
@click.option("--customer", default="", metavar="NUMBER", help="Whose bills, where the file names no customer.")
@click.option("--currency", default="", metavar="CUR", help="Of amounts without a currency, such as USD.")
@click.option("--timezone", default="", metavar="ZONE", help="Of days and times without offset: America/New_York.")
@click.option("--program", default="", metavar="KEY", help="The program to book on, where several are about invoices.")
@click.option("--issued-on", default="", metavar="DAY", help="Of bills that do not say theirs: 2026-06-01.")
@click.option("--create-parties", is_flag=True, help="Create customers that are not known yet.")
@click.option("--dry-run", is_flag=True, help="Do everything but store it.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rejected lines go; FILE.rejects.csv otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def bills(*, file: Path, data: Path, as_json: bool, **words: Any) -> None:
    """Import bills: TM Forum 678 or 635 JSON, or CSV with one line per charge. The same bill again changes nothing."""
    options = BillOptions(**words)
    with installed(data):
        answer = _asking(file, options, quiet=as_json)
    click.echo(json.dumps(answer.as_json()) if as_json else _text(answer))


def _asking(file: Path, options: BillOptions, *, quiet: bool) -> BillAnswer:
    """Import; what the file does not say is asked for once on a terminal. Raises WrongBillOption."""
    try:
        try:
            return _showing(file, options, quiet=quiet)
        except MissingOptions as missing:
            if quiet or not _at_a_terminal():
                raise
            return _showing(file, _asked(options, missing.fields["needs"]), quiet=quiet)
    except _AT_FAULT as fault:
        raise WrongBillOption(_with_hint(fault)) from fault


def _at_a_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(options: BillOptions, needs: Mapping[str, str]) -> BillOptions:
    """The options with what a person answers."""
    said = {name: str(click.prompt(f"{name} ({why})", err=True)).strip() for name, why in needs.items()}
    return replace(
        options,
        program=said.get("program", options.program),
        currency=said.get("currency", options.currency),
        customer=said.get("customer", options.customer),
        issued_on=said.get("issued-on", options.issued_on),
    )


def _with_hint(fault: Refusal) -> str:
    if isinstance(fault, UnknownCustomer):
        return f"{fault.message} --create-parties creates it. Nothing was imported."
    return fault.message


def _showing(file: Path, options: BillOptions, *, quiet: bool) -> BillAnswer:
    """Import with a bar of bytes read, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return import_bills(SYSTEM, path=file, options=options)
    columns = ("Reading", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=None)
        told: Callable[[int, int], None] = lambda done, size: progress.update(bar, completed=done, total=size)  # noqa: E731
        return import_bills(SYSTEM, path=file, options=options, told=told)


def _text(answer: BillAnswer) -> str:
    tally, would = answer.tally, "would be " if answer.dry_run else ""
    lines = [
        f"{answer.recognized}.",
        f"{tally.bills:,} new {'bill' if tally.bills == 1 else 'bills'}, {tally.imported:,}"
        f" {'line' if tally.imported == 1 else 'lines'} {would}imported ({tally.credits:,} of them credits),"
        f" {tally.unchanged:,} unchanged, {tally.updated:,} updated, {tally.rejected:,} rejected.",
    ]
    for currency, (net, tax, back) in sorted(tally.sums.items()):
        shown = [format_money(micros, currency) for micros in (net, tax, back, net + tax - back)]
        lines.append(f"Charged {shown[0]}, tax {shown[1]}, credits {shown[2]}: {shown[3]} ({currency}).")
    lines += answer.messages
    if answer.rejects_file:
        lines.append(f"Rejected lines, each with its reason: {answer.rejects_file}")
    if answer.dry_run:
        lines.append("Nothing was stored.")
    return "\n".join(lines)
