"""`makegood db`: the embedded PostgreSQL by hand."""

import json
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import click

from makegood.project.cli.options import data_option
from makegood.project.postgres import attach, attach_or_start
from makegood.project.postgres.record import Layout

ELSEWHERE = "DATABASE_URL selects another server; there is nothing to do here."


@click.group()
def db() -> None:
    """Start, stop and look into the embedded PostgreSQL."""


@db.command()
@data_option
def start(data: Path) -> None:
    """Run the database in the background until `makegood db stop`."""
    if os.environ.get("DATABASE_URL"):
        click.echo(ELSEWHERE)
        return
    record, ours = attach.start_in_background(data)
    verb = "started" if ours else f"is already run by {record.owner()}"
    click.echo(f"PostgreSQL {record.version} {verb}.\nDATABASE_URL={record.dsn()}")


@db.command()
@data_option
def stop(data: Path) -> None:
    """Stop the database that runs in the background."""
    if os.environ.get("DATABASE_URL"):
        click.echo(ELSEWHERE)
        return
    record = attach.stop_in_background(data)
    click.echo("PostgreSQL stopped." if record else "PostgreSQL was not running.")


@dataclass(frozen=True)
class _Status:
    running: bool
    sentence: str
    database_url: str = ""
    server_pid: int = 0


def _look(data: Path) -> _Status:
    elsewhere = os.environ.get("DATABASE_URL")
    if elsewhere:
        return _Status(running=True, sentence="DATABASE_URL selects another server.")
    record = attach.running(data)
    if record is None:
        known = Layout(data.absolute()).cluster.exists()
        return _Status(
            running=False,
            sentence=f"PostgreSQL is not running; its data is in {data}." if known else f"No database in {data} yet.",
        )
    return _Status(
        running=True,
        sentence=f"PostgreSQL {record.version} is run by {record.owner()}.",
        database_url=record.dsn(),
        server_pid=record.server_pid,
    )


@db.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def status(*, data: Path, as_json: bool) -> None:
    """Say whether the database runs, and where; exit status 1 if it does not."""
    state = _look(data)
    if as_json:
        click.echo(json.dumps(state.__dict__))
    else:
        click.echo(state.sentence)
        if state.database_url:
            click.echo(f"DATABASE_URL={state.database_url}")
    if not state.running:
        raise click.exceptions.Exit(1)


@db.command(context_settings={"ignore_unknown_options": True})
@data_option
@click.argument("psql_arguments", nargs=-1, type=click.UNPROCESSED)
def shell(data: Path, psql_arguments: tuple[str, ...]) -> None:
    """Open psql on the database; further arguments go to psql."""
    with attach_or_start(data) as place:
        # Ctrl-C belongs to psql while it runs.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            answer = subprocess.run([place.psql, f"--dbname={place.dsn}", *psql_arguments], check=False)
        except FileNotFoundError as error:
            raise click.ClickException("There is no psql on the path; install PostgreSQL's client.") from error
        finally:
            signal.signal(signal.SIGINT, before)
    raise click.exceptions.Exit(answer.returncode)
