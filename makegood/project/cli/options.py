"""Options that several commands share; needs no Django."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from makegood.project import installation

Command = TypeVar("Command", bound=Callable[..., Any])


def data_option(command: Command) -> Command:
    """The option --data, as a `Path` parameter called `data`."""
    option = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=installation.data_dir,
        show_default="MAKEGOOD_DATA, else ./var",
        help="The installation's data directory.",
    )
    return option(command)
