"""`makegood token`: how programs sign in to the web service."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from makegood.kernel import clock
from makegood.parties import operations
from makegood.parties.entries import SYSTEM
from makegood.parties.models import User
from makegood.parties.operations import MadeToken
from makegood.parties.selectors import TokenRow, limits_named, person_called, tokens, tokens_called
from makegood.project.cli.environment import installed
from makegood.project.cli.options import data_option
from makegood.project.problems import OperatorProblem
from makegood.project.tables import table

_DAYS = re.compile(r"([1-9]\d{0,4})d")
_TIME = "%Y-%m-%d %H:%M"


class BadExpiry(OperatorProblem):
    """The end cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text}" is no end; write it as days from now, 90d, or as the last day in UTC, 2027-03-31.')


class NoSuchToken(OperatorProblem):
    """There is no such token."""

    def __init__(self, word: str) -> None:
        super().__init__(f'There is no token "{word}"; `makegood token list` shows them by name, hint and id.')


class SeveralTokens(OperatorProblem):
    """The name fits several tokens."""

    def __init__(self, word: str, found: list[TokenRow]) -> None:
        named = ", ".join(f"{row.hint} (id {row.id})" for row in found)
        super().__init__(
            f'"{word}" may mean {len(found)} tokens: {named}. Name one by its hint or id. None was revoked.'
        )


@click.group("token")
def token_group() -> None:
    """Let programs sign in to the web service."""


@token_group.command()
@data_option
@click.option("--name", required=True, help="What it is for; people tell tokens apart by it.")
@click.option("--acts-for", metavar="EMAIL", help="The person behind it; it may and sees no more than they do.")
@click.option("--scope", "scopes", multiple=True, help="A permission; repeatable. Without it: all of the person's.")
@click.option(
    "--customer", "customers", multiple=True, metavar="NUMBER", help="Only this customer and all below it; repeatable."
)
@click.option(
    "--program",
    "programs",
    multiple=True,
    metavar="KEY",
    help="Only this program; repeatable. Alone it shows no customer records.",
)
@click.option("--everything", is_flag=True, help="For a token that acts for nobody: it sees all customers.")
@click.option(
    "--network",
    "networks",
    multiple=True,
    metavar="CIDR",
    help="Where it may come from; repeatable. Without it: anywhere.",
)
@click.option(
    "--expires", metavar="90d|DATE", help="When it ends: days from now, or its last day in UTC. Without it: never."
)
@click.option("--per-minute", default=600, show_default=True, type=int, help="How many requests it may make a minute.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def create(
    *,
    data: Path,
    name: str,
    acts_for: str | None,
    scopes: tuple[str, ...],
    customers: tuple[str, ...],
    programs: tuple[str, ...],
    everything: bool,
    networks: tuple[str, ...],
    expires: str | None,
    per_minute: int,
    as_json: bool,
) -> None:
    """Make a token. Its secret is printed once and kept nowhere."""
    ends = _ends(expires) if expires else None
    with installed(data):
        person = person_called(acts_for) if acts_for else None
        made = operations.create_token(
            SYSTEM,
            name=name,
            scopes=scopes or _all_of(person),
            acts_for=person,
            grants=limits_named(SYSTEM, customers=customers, programs=programs, everything=everything),
            networks=networks,
            expires_at=ends,
            per_minute=per_minute,
        )
        (row,) = tokens_called(str(made.token.pk))[:1]
    click.echo(json.dumps(_fields(row) | {"secret": made.secret}) if as_json else _told(row, made))


@token_group.command(name="list")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def list_(*, data: Path, as_json: bool) -> None:
    """Show the tokens: for whom they act, what they may and see, when they were last used."""
    with installed(data):
        rows = tokens()
    if as_json:
        click.echo(json.dumps([_fields(row) for row in rows]))
    elif rows:
        head = ("Id", "Name", "Hint", "Acts for", "State", "Last used", "Ends", "Sees", "From", "A minute", "Scopes")
        click.echo(table(head, [_line(row) for row in rows]))
    else:
        click.echo("No token yet. Make the first: makegood token create --name Billing --acts-for you@company.example")


@token_group.command()
@click.argument("token", metavar="ID|HINT|NAME")
@data_option
def revoke(*, token: str, data: Path) -> None:
    """End a token at once; requests with it are refused from now on."""
    with installed(data):
        found = tokens_called(token)
        if not found:
            raise NoSuchToken(token)
        if len(found) > 1:
            raise SeveralTokens(token, found)
        (row,) = found
        operations.revoke_token(SYSTEM, token_id=row.id)
    if row.revoked_at is not None:
        click.echo(f'"{row.name}" ({row.hint}) was revoked before, on {_at(row.revoked_at)} UTC.')
    else:
        click.echo(f'"{row.name}" ({row.hint}) is revoked; requests with it are refused from now on.')


def _all_of(person: User | None) -> list[str]:
    return person.role.verbs if person is not None else []


def _ends(text: str) -> datetime:
    """When "90d" or "2027-03-31" is over. Raises BadExpiry."""
    days = _DAYS.fullmatch(text.strip())
    try:
        if days is not None:
            return clock.now() + timedelta(days=int(days[1]))
        return datetime.combine(date.fromisoformat(text.strip()), time(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise BadExpiry(text) from error


def _told(row: TokenRow, made: MadeToken) -> str:
    behind = f"It acts for {row.person} <{row.acts_for}>" if row.acts_for else "It acts for nobody"
    sees = " and ".join(row.sees) or "what they see"
    ends = f"It ends on {_at(row.expires_at)} UTC." if row.expires_at else "It does not end by itself."
    return (
        f'The token "{row.name}" is made. {behind} and sees {sees}. {ends}\n'
        f"It may: {', '.join(row.scopes)}\n"
        f"Secret, shown this once: {made.secret}\n"
        f"Send it with each request as the header  Authorization: Bearer {made.secret}"
    )


def _line(row: TokenRow) -> tuple[str, ...]:
    return (
        str(row.id),
        row.name,
        row.hint,
        row.acts_for or "nobody",
        row.state,
        _at(row.last_used_at) or "never",
        _at(row.expires_at) or "never",
        " and ".join(row.sees) or "what they see",
        ", ".join(row.networks) or "anywhere",
        str(row.per_minute),
        ", ".join(row.scopes),
    )


def _at(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime(_TIME) if at else ""


def _fields(row: TokenRow) -> dict[str, Any]:
    """A token as JSON; times as ISO 8601 in UTC."""
    fields = asdict(row)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()}
