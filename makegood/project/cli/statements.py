"""`makegood statements`: close what moved with a party, list it, and hand it to the books."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from makegood.disputes import operations
from makegood.disputes.selectors import statements as reads
from makegood.disputes.states import PartyKind
from makegood.kernel.answers import Answer
from makegood.kernel.money import format_money
from makegood.parties.entries import SYSTEM
from makegood.project.cli.environment import data_option, installed
from makegood.project.cli.writing import numbered, write_rows, writing_options
from makegood.project.problems import OperatorProblem
from makegood.project.tables import table

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_HEADS = ("Statement", "Party", "Up to", "Lines", "Sum", "Carried", "Settled", "Remainder", "In the books")
STATEMENTS = ("number", "party", "party_number", "party_name", "account", "currency", "up_to", "bill_period", "lines",
              "sum", "carried", "settled", "remainder", "at", "external_ref")  # fmt: skip
LINES = ("statement", "dispute", "kind", "at", "external_source", "external_id", "invoice_number", "currency", "net",
         "tax", "amount")  # fmt: skip


class NobodyNamed(OperatorProblem):
    """Whose statements is not said."""

    def __init__(self) -> None:
        super().__init__("Say whose: --customer NUMBER, --vendor NUMBER, or --all.")


@click.group()
def statements() -> None:
    """What was settled with customers and vendors."""


@statements.command("close")
@click.option("--customer", "customers", multiple=True, metavar="NUMBER", help="This customer; repeatable.")
@click.option("--vendor", "vendors", multiple=True, metavar="NUMBER", help="This vendor; repeatable.")
@click.option("--all", "everybody", is_flag=True, help="Every customer and vendor.")
@click.option("--up-to", "up_to", type=_DAY, required=True, metavar="DATE",
              help="The last day, as it ends in each party's own zone.")  # fmt: skip
@click.option("--currency", metavar="CUR", help="This currency alone.")
@click.option("--key", help="Closing with the same key again gives the same answer and changes nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@data_option
def close(
    *,
    customers: tuple[str, ...],
    vendors: tuple[str, ...],
    everybody: bool,
    up_to: datetime,
    currency: str | None,
    key: str | None,
    as_json: bool,
    data: Path,
) -> None:
    """Close statements: the sum since the last one, rounded once; what is left over is carried to the next.

    Exits with 1 when somebody named is not there.
    """
    if not (customers or vendors or everybody):
        raise NobodyNamed()
    wanted = {PartyKind.CUSTOMER: customers, PartyKind.VENDOR: vendors}
    answers: list[Answer] = []
    with installed(data):
        for party, numbers in wanted.items():
            if numbers or everybody:
                answers += operations.settle_statements(
                    SYSTEM,
                    party=party,
                    up_to=up_to.date(),
                    numbers=None if everybody else numbers,
                    currency=currency,
                    key=f"{key}:{party}" if key else None,
                )
    click.echo(json.dumps([_closed(answer) for answer in answers]) if as_json else _closing(answers))
    sys.exit(0 if all(answer.ok for answer in answers) else 1)


def _closed(answer: Answer) -> dict[str, object]:
    return {"ok": answer.ok, "code": answer.code, "message": answer.message, **answer.data}


def _closing(answers: Sequence[Answer]) -> str:
    lines = []
    for answer in answers:
        if not answer.ok:
            lines.append(answer.message)
        for made in answer.data.get("statements", []):
            settled, rest = (format_money(made[f"{n}_micros"], made["currency"]) for n in ("settled", "remainder"))
            who = f"{answer.data['party']} {answer.data['number']}"
            lines.append(f"{made['number']}: {settled} for {who}, {made['lines']} adjustments, {rest} carried on.")
    return "\n".join(lines) or "Nothing to close."


@statements.command("list")
@click.option("--since", type=_DAY, metavar="DATE", help="Those that close on this day or later.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@data_option
def list_(*, since: datetime | None, as_json: bool, data: Path) -> None:
    """Show statements."""
    with installed(data):
        rows = reads.statements(SYSTEM, since=since.date() if since else None)
    if as_json:
        click.echo(json.dumps([row.as_json() for row in rows]))
        return
    click.echo(table(_HEADS, [_shown(row) for row in rows]) if rows else "No statement was closed so far.")


def _shown(row: reads.StatementRow) -> tuple[str, ...]:
    amounts = (row.sum_micros, row.carried_micros, row.settled_micros, row.remainder_micros)
    return (
        row.number,
        f"{row.party} {row.party_number}",
        row.up_to.isoformat(),
        str(row.lines),
        *(format_money(micros, row.currency) for micros in amounts),
        row.external_ref,
    )


@statements.command("export")
@click.argument("numbers", nargs=-1, metavar="[S-NUMBER]...")
@click.option("--since", type=_DAY, metavar="DATE", help="Those that close on this day or later.")
@click.option("--lines", "with_lines", is_flag=True, help="One row per adjustment instead of one per statement.")
@click.option("--mark", metavar="REF", help="Write the number they have in the books onto the statements.")
@writing_options
@data_option
def export(
    *,
    numbers: tuple[str, ...],
    since: datetime | None,
    with_lines: bool,
    mark: str | None,
    format_: str,
    out: Path | None,
    data: Path,
) -> None:
    """Write statements for the books: the ones named, or all since a day."""
    wanted = [numbered(text, "S") for text in numbers] or None
    with installed(data):
        found = reads.statements(SYSTEM, numbers=wanted, since=since.date() if since else None)
        ids = [numbered(row.number, "S") for row in found]
        if mark is not None:
            operations.mark_statements(SYSTEM, numbers=ids, external_ref=mark)
            found = reads.statements(SYSTEM, numbers=ids)
        rows = reads.statement_lines(SYSTEM, numbers=ids) if with_lines else iter(found)
        write_rows((row.as_json() for row in rows), LINES if with_lines else STATEMENTS, format_=format_, out=out)
