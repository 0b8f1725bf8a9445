"""`makegood ledger proof` and `makegood verify`: anyone may prove the books from their rows alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from makegood.kernel.money import plain
from makegood.ledger.selectors import Proof, proof
from makegood.ledger.selectors.laws import Break, broken
from makegood.project.cli.environment import data_option, installed
from makegood.project.invariants import EVERY_LAW, LAWS_OF
from makegood.project.proving import one_snapshot
from makegood.project.tables import table


@click.group()
def ledger() -> None:
    """The books."""


@ledger.command("proof")
@click.option("--json", "as_json", is_flag=True, help="Answer with one line of JSON.")
@data_option
def proof_command(*, data: Path, as_json: bool) -> None:
    """Prove the ledger: trial balance per currency, every entry at zero, balances against adjustments.

    Exits with 1 and the first broken entry when anything is off.
    """
    with installed(data), one_snapshot():
        found = proof()
    click.echo(json.dumps(_as_json(found)) if as_json else _as_text(found))
    sys.exit(0 if found.holds else 1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer with one line of JSON.")
@data_option
def verify(*, data: Path, as_json: bool) -> None:
    """Run every invariant as a query that must return no row; exits with 1 when one does."""
    with installed(data), one_snapshot():
        breaks = list(broken(EVERY_LAW))
    if as_json:
        click.echo(json.dumps({"holds": not breaks, "laws": len(EVERY_LAW), "breaks": [vars(b) for b in breaks]}))
    else:
        names = {b.law for b in breaks}
        for app, laws in LAWS_OF.items():
            click.echo(app.capitalize())
            for law in laws:
                click.echo(f"  {'BROKEN' if law in names else 'holds '}  {law}")
        click.echo(_closing(breaks, f"All {len(EVERY_LAW)} invariants hold."))
    sys.exit(1 if breaks else 0)


def _closing(breaks: list[Break], fine: str) -> str:
    if not breaks:
        return fine
    first = breaks[0]
    return f'Broken: "{first.law}". First found: {first.where} {first.found}.'


def _as_text(found: Proof) -> str:
    rows = [
        (line.currency, line.kind, plain(line.debit_micros, line.currency), plain(line.credit_micros, line.currency))
        for line in found.lines
    ]
    for currency, (debit, credit) in sorted(found.totals.items()):
        rows.append((currency, "total", plain(debit, currency), plain(credit, currency)))
    books = table(("Currency", "Account", "Debit", "Credit"), rows) if rows else "Nothing was posted so far."
    fine = (
        f"The ledger holds: {found.entries} entries, {found.postings} postings, {found.adjustments} adjustments,"
        f" {len(found.checks)} laws."
    )
    return f"{books}\n\n{_closing(list(found.breaks), fine)}"


def _as_json(found: Proof) -> dict[str, Any]:
    return {
        "holds": found.holds,
        "currencies": {
            currency: {"debit": plain(debit, currency), "credit": plain(credit, currency)}
            for currency, (debit, credit) in sorted(found.totals.items())
        },
        "entries": found.entries,
        "postings": found.postings,
        "adjustments": found.adjustments,
        "checks": list(found.checks),
        "breaks": [vars(b) for b in found.breaks],
    }
