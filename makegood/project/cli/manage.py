"""`makegood manage`: Django's own commands on this installation."""

from pathlib import Path

import click
from django.core.management import execute_from_command_line

from makegood.project.cli.environment import installed
from makegood.project.cli.options import data_option


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@data_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(data: Path, arguments: tuple[str, ...]) -> None:
    """Run one of Django's commands, for example `makegood manage showmigrations`."""
    with installed(data, migrated=False):
        execute_from_command_line(["makegood manage", *arguments])
