"""`makegood customer`: the accounts, and whether they may file disputes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from makegood.parties.entries import SYSTEM
from makegood.parties.errors import UnknownCustomer
from makegood.parties.operations import switch_disputing
from makegood.parties.selectors import customers_visible_to
from makegood.project.cli.environment import installed
from makegood.project.cli.options import data_option
from makegood.project.tables import table


@click.group()
def customer() -> None:
    """List the customers, and switch disputing on and off for them."""


@customer.command(name="list")
@data_option
@click.option("--off", is_flag=True, help="Only those that file no disputes.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def list_(*, data: Path, off: bool, as_json: bool) -> None:
    """Show the customers by number."""
    with installed(data):
        found = customers_visible_to(SYSTEM).order_by("number")
        rows = [
            {"number": one.number, "name": one.name, "disputing": "on" if one.dispute_permission else "off"}
            for one in (found.filter(dispute_permission=False) if off else found)
        ]
    if as_json:
        click.echo(json.dumps(rows))
    elif rows:
        click.echo(table(("Number", "Name", "Disputing"), [tuple(row.values()) for row in rows]))
    else:
        click.echo("No customer files no disputes." if off else "No customer yet; an import makes them.")


@customer.command()
@data_option
@click.argument("number")
@click.argument("switch", type=click.Choice(["on", "off"]))
def disputing(*, data: Path, number: str, switch: str) -> None:
    """Let the customer NUMBER file disputes, or no longer."""
    with installed(data):
        found = customers_visible_to(SYSTEM).filter(number=number).first()
        if found is None:
            raise UnknownCustomer(number=number)
        (answer,) = switch_disputing(SYSTEM, customer_ids=[found.pk], on=switch == "on")
    done = "is" if answer.data["changed"] else "was already"
    click.echo(f"Disputing {done} {switch} for {found.name}.")
