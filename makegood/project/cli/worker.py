"""`makegood worker`: the background work alone, for a machine that only does that."""

from pathlib import Path

import click

from makegood.project import worker as background
from makegood.project.cli.environment import installed
from makegood.project.cli.options import data_option
from makegood.project.serving import stop_on_signals


@click.command()
@data_option
def worker(data: Path) -> None:
    """Commit decisions whose undo window is over, and send what is due, until Ctrl-C."""
    with installed(data, migrated=False):
        background.run(stop_on_signals())
