"""`makegood export`: what other systems have to be told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from makegood.disputes import operations
from makegood.disputes.selectors.billed_nevertheless import every_billed_nevertheless
from makegood.disputes.selectors.do_not_bill import told_in
from makegood.kernel.money import format_money
from makegood.parties.entries import SYSTEM
from makegood.project.cli.environment import data_option, installed
from makegood.project.cli.writing import numbered, write_rows, writing_options

COLUMNS = ("batch", "instruction", "external_source", "external_id", "usage_id", "customer", "dispute", "currency",
           "change", "left_to_bill", "decided_at")  # fmt: skip


@click.group("export")
def export_group() -> None:
    """Write what other systems have to be told."""


@export_group.command("do-not-bill")
@click.option("--program", required=True, metavar="KEY", help="Whose items.")
@click.option("--since", type=click.DateTime(formats=["%Y-%m-%d"]), metavar="DATE",
              help="Leave out what was decided before this day (UTC); it stays for a later export.")  # fmt: skip
@click.option("--batch", metavar="X-NUMBER", help="Write a batch again, as it was, instead of making a new one.")
@writing_options
@data_option
def do_not_bill(
    *, program: str, since: datetime | None, batch: str | None, format_: str, out: Path | None, data: Path
) -> None:
    """Write what was decided of items that no bill holds yet. Each decision is told in one batch, and only there.

    Items that were billed nevertheless are named on stderr; the customer's next statement gives them back.
    """
    start = since.replace(tzinfo=UTC) if since else None
    with installed(data):
        number = (
            operations.tell_not_to_bill(SYSTEM, program=program, since=start) if batch is None else numbered(batch, "X")
        )
        rows = told_in(SYSTEM, program=program, batch=number) if number is not None else []
        write_rows((row.as_json() for row in rows), COLUMNS, format_=format_, out=out)
        for late in every_billed_nevertheless(SYSTEM, program=program):
            amount = format_money(-late.micros, late.currency)
            click.echo(f"{late.external_id} was billed although {late.batch} told not to; {amount} is due.", err=True)
