"""`python -m tools.bench.import_alone FILE`: one import in a process of its own; prints seconds and peak memory."""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

import click
import django


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--program", required=True, metavar="KEY")
def import_alone(file: Path, program: str) -> None:
    """Import FILE and say how long that took and how much memory the process held at most."""
    django.setup()
    operations = import_module("makegood.imports.operations")
    options = import_module("makegood.imports.entries").Options(program=program, create_parties=True)
    system = import_module("makegood.parties.entries").SYSTEM
    started = time.perf_counter()
    answer = operations.import_calls(system, path=file, options=options)
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    click.echo(json.dumps({"seconds": seconds, "peak_mb": peak_mb, **answer.as_json()}))
    sys.exit(1 if answer.tally.rejected else 0)


if __name__ == "__main__":
    import_alone()
