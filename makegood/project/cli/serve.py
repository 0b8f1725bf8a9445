"""`makegood serve`: the site and its worker until Ctrl-C."""

from pathlib import Path

import click

from makegood.project import assets
from makegood.project.cli.environment import installed
from makegood.project.cli.options import data_option
from makegood.project.serving import Site, stop_on_signals


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 for any free one.")
@click.option("--worker/--no-worker", default=True, help="Whether to run the background worker too.")
def serve(*, data: Path, host: str, port: int, worker: bool) -> None:
    """Serve the site, with its database and its background worker."""
    with installed(data) as place:
        assets.collect_if_stale()
        stop = stop_on_signals()
        with Site(host=host, port=port, worker=worker, database=place.server) as site:
            click.echo(f"makegood is serving. Sign in at {site.base_url}/ (Ctrl-C stops it).")
            site.watch(stop)
        click.echo("Stopped.")
