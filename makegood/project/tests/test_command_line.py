"""The command line: what it lists, how it fails, what an installation is while a command runs."""

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection
from django.db.utils import OperationalError

from makegood.kernel.errors import BadAmount
from makegood.project.cli import COMMANDS, cli
from makegood.project.cli.environment import installed
from makegood.project.problems import OperatorProblem


class Closed(OperatorProblem):
    """The desk is closed until
    Monday."""


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """A command that raises whatever is put into the list."""
    raised: list[Exception] = []

    @click.command()
    def fail() -> None:
        raise raised[0]

    monkeypatch.setattr(cli, "get_command", lambda _context, _name: fail)
    return raised


def test_every_command_loads_and_explains_itself() -> None:
    answer = CliRunner().invoke(cli, ["--help"])
    assert answer.exit_code == 0
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert command.help
        assert name in answer.output
    assert set(cli.list_commands(context)) == set(COMMANDS)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Closed(), "The desk is closed until Monday.\n"),
        (BadAmount(text="ten"), '"ten" is not an amount of money.\n'),
        (OperationalError("no\n  route"), "The database does not answer: no route\n"),
    ],
)
def test_expected_failure_is_one_sentence(failing: list[Exception], error: Exception, sentence: str) -> None:
    failing.append(error)
    answer = CliRunner().invoke(cli, ["fail"])
    assert (answer.exit_code, answer.stdout, answer.stderr) == (1, "", sentence)


def test_unexpected_failure_keeps_its_traceback(failing: list[Exception]) -> None:
    failing.append(ZeroDivisionError())
    assert isinstance(CliRunner().invoke(cli, ["fail"]).exception, ZeroDivisionError)


@pytest.mark.parametrize("arguments", [["no-such-command"], ["db", "start", "--colour"], ["serve", "--port", "80000"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    answer = CliRunner().invoke(cli, arguments)
    assert answer.exit_code == 2
    assert answer.stderr.startswith("Usage:")


@pytest.mark.parametrize("verb", ["start", "stop"])
def test_db_leaves_another_server_alone(verb: str, tmp_path: Path) -> None:
    answer = CliRunner().invoke(cli, ["db", verb, "--data", str(tmp_path / "data")])
    assert answer.output == "DATABASE_URL selects another server; there is nothing to do here.\n"
    assert not (tmp_path / "data").exists()


@pytest.mark.django_db
def test_installation_is_known_inside_the_block_and_forgotten_after(tmp_path: Path) -> None:
    before = (settings.SECRET_KEY, settings.STATIC_ROOT, os.environ.get("MAKEGOOD_DATA"))
    with installed(tmp_path / "data") as place:
        assert place.server is None
        assert place.dsn == os.environ["DATABASE_URL"]
        assert os.environ["MAKEGOOD_DATA"] == str(tmp_path / "data")
        assert settings.STATIC_ROOT == tmp_path / "data" / "static"
        assert settings.SECRET_KEY == (tmp_path / "data" / "secret_key").read_text().strip()
        assert str(connection.settings_dict["NAME"]).startswith("test_")
    assert (settings.SECRET_KEY, settings.STATIC_ROOT, os.environ.get("MAKEGOOD_DATA")) == before
