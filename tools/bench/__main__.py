"""`python -m tools.bench`: every measure on a scratch server with fsync on; exits with 1 when a target is missed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import click
import django
import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from makegood.project.postgres.server import EmbeddedServer

MEASURES = ("decisions", "filing", "http", "imports", "intake", "odata_page", "verdict_page", "verdicts")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(MEASURES))
def bench(names: tuple[str, ...]) -> None:
    """Run the named measures, or all of them."""
    home = Path(tempfile.mkdtemp(prefix="makegood-bench-"))
    home.chmod(0o711)
    server = EmbeddedServer(home / "data")
    server.start()
    try:
        os.environ["DATABASE_URL"] = server.dsn("postgres")
        os.environ["MAKEGOOD_TESTING"] = "1"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.project.settings")
        django.setup()
        call_command("migrate", verbosity=0)
        missed = 0
        for name in names or MEASURES:
            _open_copy(server, f"bench_{name}")
            answer = import_module(f"tools.bench.{name}").run()
            for measure in answer if isinstance(answer, list) else [answer]:
                click.echo(measure.line())
                missed += not measure.holds
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(1 if missed else 0)


def _open_copy(server: EmbeddedServer, name: str) -> None:
    """Let Django work in a database of the measure's own, as migrations leave one."""
    connections.close_all()
    with psycopg.connect(server.dsn("template1"), autocommit=True) as direct:
        direct.execute(sql.SQL("CREATE DATABASE {} TEMPLATE postgres").format(sql.Identifier(name)))
    os.environ["DATABASE_URL"] = server.dsn(name)
    connections["default"].settings_dict["NAME"] = name


if __name__ == "__main__":
    bench()
