"""`makegood import payments`: what came in from customers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from makegood.imports.entries import Options, PaymentAnswer
from makegood.imports.errors import MissingOptions, NotPayments, RejectsInTheWay, UnknownProgram
from makegood.imports.operations import import_payments
from makegood.kernel.errors import UnknownCurrency
from makegood.kernel.money import format_money
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import UnknownCustomer, UnknownZone
from makegood.project.cli.environment import data_option, installed

_AT_FAULT = (
    *(MissingOptions, UnknownProgram, UnknownZone, UnknownCurrency, UnknownCustomer, RejectsInTheWay),
    NotPayments,
)


class WrongPaymentOption(click.ClickException):
    """An option is missing or names what does not exist; nothing was stored, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the sentence to stderr."""
        click.echo(self.message, err=True)


@click.command("payments")
@click.option("--customer", default="", metavar="NUMBER", help="Who paid, where the file names no customer.")
@click.option("--currency", default="", metavar="CUR", help="Of amounts without a currency; the customer's otherwise.")
@click.option(
    "--timezone", default="", metavar="ZONE", help="Of days and times without offset; the customer's otherwise."
)
@click.option("--program", default="", metavar="KEY", help="The program to book on, where several are about invoices.")
@click.option("--dry-run", is_flag=True, help="Do everything but store it.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rejected rows go; FILE.rejects.csv otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def payments(*, file: Path, data: Path, as_json: bool, **words: Any) -> None:
    """Import payments: CSV or JSON with customer, date and amount. The same payment again changes nothing."""
    with installed(data):
        try:
            answer = import_payments(SYSTEM, path=file, options=Options(**words))
        except _AT_FAULT as fault:
            raise WrongPaymentOption(fault.message) from fault
    click.echo(json.dumps(answer.as_json()) if as_json else _text(answer))


def _text(answer: PaymentAnswer) -> str:
    tally, would = answer.tally, "would be " if answer.dry_run else ""
    lines = [
        f"{answer.recognized}.",
        f"{tally.imported:,} {'payment' if tally.imported == 1 else 'payments'} {would}imported,"
        f" {tally.unchanged:,} unchanged, {tally.updated:,} updated, {tally.rejected:,} rejected.",
    ]
    lines += [f"Paid {format_money(micros, code)} ({code})." for code, micros in sorted(tally.sums.items())]
    lines += answer.messages
    if answer.rejects_file:
        lines.append(f"Rejected rows, each with its reason: {answer.rejects_file}")
    if answer.dry_run:
        lines.append("Nothing was stored.")
    return "\n".join(lines)
