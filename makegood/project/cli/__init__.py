"""The command line: `makegood COMMAND`. Each group of commands lives in its own module and is loaded when it
is called."""

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
import django
from django.db.utils import OperationalError

from makegood.kernel.errors import Refusal
from makegood.project.problems import OperatorProblem

# Command -> module here, attribute in it, and whether Django must be set up before it is imported.
COMMANDS: dict[str, tuple[str, str, bool]] = {
    "calendar": ("calendars", "calendar_group", True),
    "check": ("imports", "check", True),
    "customer": ("customers", "customer", True),
    "db": ("db", "db", False),
    "demo": ("demo", "demo", True),
    "export": ("exports", "export_group", True),
    "import": ("imports", "import_group", True),
    "init": ("init", "init", True),
    "ledger": ("ledger", "ledger", True),
    "manage": ("manage", "manage", True),
    "policy": ("policy", "policy", True),
    "recordings": ("recordings", "recordings_group", True),
    "serve": ("serve", "serve", True),
    "statements": ("statements", "statements", True),
    "token": ("tokens", "token_group", True),
    "user": ("users", "user", True),
    "verify": ("ledger", "verify", True),
    "worker": ("worker", "worker", True),
}


class Sentence(click.ClickException):
    """An expected failure: its message alone, exit status 1."""

    def show(self, file: Any = None) -> None:
        """Print the sentence to stderr."""
        click.echo(self.message, err=True)


class Commands(click.Group):
    """Loads a command when it is called, and turns expected failures into one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command by name."""
        return sorted(name for name, (module, _, _) in COMMANDS.items() if find_spec(f"{__name__}.{module}"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, attribute, needs_django = COMMANDS[cmd_name]
        if needs_django:
            django.setup()
        command = getattr(import_module(f"{__name__}.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{attribute} is not a command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises Sentence for failures that a person can act on."""
        try:
            return super().invoke(ctx)
        except (OperatorProblem, Refusal) as problem:
            raise Sentence(problem.message) from problem
        except OperationalError as error:
            reason = " ".join(str(error).split())
            raise Sentence(f"The database does not answer: {reason}") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="makegood")
def cli() -> None:
    """A dispute desk for billed calls, leads, usage records and invoice charges."""


def main() -> None:
    """The console script."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.project.settings")
    try:
        cli(prog_name="makegood")
    except OperatorProblem as problem:
        # Raised while loading settings, before any command runs.
        click.echo(problem.message, err=True)
        sys.exit(1)
