"""`makegood user`: the people who may sign in."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.urls import reverse

from makegood.parties import operations
from makegood.parties.entries import SYSTEM
from makegood.parties.models import User
from makegood.parties.selectors import people_of, person_known
from makegood.parties.states import Dimension, RoleKey
from makegood.project.cli.environment import installed
from makegood.project.cli.options import data_option
from makegood.project.problems import OperatorProblem
from makegood.project.tables import table

_PASSWORD_BYTES = 12
_PARTY_OF = {RoleKey.BUYER: "customer", RoleKey.VENDOR: "vendor"}


class WeakPassword(OperatorProblem):
    """The password is too easy to guess."""


class WrongParty(OperatorProblem):
    """The person does not belong there."""

    def __init__(self, role: str, party: str) -> None:
        owner = next(key.value for key, name in _PARTY_OF.items() if name == party)
        super().__init__(
            f"Only a {owner} belongs to a {party}; leave --{party} out for the role {role}, or add a {owner}."
        )


class PartyMissing(OperatorProblem):
    """The person belongs to nobody yet."""

    def __init__(self, role: str, party: str) -> None:
        super().__init__(
            f"A {role} sees what belongs to one {party}: name it with --{party} NUMBER. "
            f"Importing calls with --create-parties makes the {party}s of the file."
        )


@click.group()
def user() -> None:
    """Add and list the people who may sign in."""


@user.command()
@data_option
@click.option("--email", required=True, help="What the person signs in with.")
@click.option("--role", required=True, metavar="|".join(RoleKey), help="What the person may do.")
@click.option("--customer", metavar="NUMBER", help="A buyer's customer; the buyer sees all that is below it.")
@click.option("--vendor", metavar="NUMBER", help="A vendor's own number.")
@click.option("--name", default="", help="What others call the person.")
@click.option("--password", help="The password; without it one is made up and printed once.")
@click.option("--prompt", is_flag=True, help="Ask for the password instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def add(
    *,
    data: Path,
    email: str,
    role: str,
    customer: str | None,
    vendor: str | None,
    name: str,
    password: str | None,
    prompt: bool,
    as_json: bool,
) -> None:
    """Add a person. A buyer needs --customer, a vendor --vendor; everybody else sees everything."""
    _check_party(role, customer=customer, vendor=vendor)
    if prompt:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    made_up = password is None
    secret = secrets.token_urlsafe(_PASSWORD_BYTES) if password is None else password
    with installed(data):
        if not made_up:
            _check_password(secret, email=email, name=name)
        person = operations.add_user(
            SYSTEM,
            email=email,
            password=secret,
            role_key=role,
            customer_number=customer,
            vendor_number=vendor,
            name=name,
        )
    if as_json:
        click.echo(json.dumps({"email": person.email, "role": role} | ({"password": secret} if made_up else {})))
        return
    click.echo(f"{person.email} can sign in as {role}.")
    if made_up:
        click.echo(f"Password, shown this once: {secret}")


@user.command()
@data_option
@click.option("--email", required=True, help="Where the invitation goes; what the person signs in with.")
@click.option("--role", required=True, help="The key of a role, as for adding a person.")
@click.option("--customer", metavar="NUMBER", help="A buyer's customer; the buyer sees all that is below it.")
@click.option("--vendor", metavar="NUMBER", help="A vendor's own number.")
@click.option("--name", default="", help="What others call the person.")
def invite(*, data: Path, email: str, role: str, customer: str | None, vendor: str | None, name: str) -> None:
    """Print a link that lets a person choose a password. It works once, for seven days; with it, hand it over."""
    _check_party(role, customer=customer, vendor=vendor)
    with installed(data):
        made = operations.invite(
            SYSTEM, email=email, role_key=role, customer_number=customer, vendor_number=vendor, name=name
        )
    click.echo(f"{made.user.email} is invited as {role}. The link, shown this once:")
    click.echo(settings.SITE_URL + reverse("invitation", args=[made.secret]))


@user.command()
@data_option
@click.argument("email")
@click.option("--on/--off", required=True, help="Let the person in, or no longer.")
def switch(*, data: Path, email: str, on: bool) -> None:
    """Let a person in, or no longer: their sessions and their tokens end at once."""
    with installed(data):
        person = operations.switch_person(SYSTEM, user_id=person_known(email).pk, on=on)
    click.echo(f"{person.email} is switched {'on' if on else 'off'}.")


@user.command(name="reset-second-step")
@data_option
@click.argument("email")
def reset_second_step(*, data: Path, email: str) -> None:
    """Forget the authenticator app and recovery codes of somebody who lost them."""
    with installed(data):
        person = person_known(email)
        done = operations.reset_second_step(SYSTEM, user_id=person.pk)
    if done:
        click.echo(f"{person.email} signs in with the password alone until they set up an app again.")
    else:
        click.echo(f"{person.email} has no second step.")


@user.command(name="list")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def list_(*, data: Path, as_json: bool) -> None:
    """Show who may sign in, and what each sees."""
    with installed(data):
        people = people_of(list(RoleKey))
        prefetch_related_objects(people, "customer", "vendor")
        lines = [_line(person) for person in people]
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines]))
    elif lines:
        click.echo(table(("E-mail", "Name", "Role", "Sees"), [(li.email, li.name, li.role, li.sees) for li in lines]))
    else:
        click.echo("Nobody yet. Add the first person: makegood user add --email you@company.example --role admin")


@dataclass(frozen=True)
class _Line:
    email: str
    name: str
    role: str
    sees: str


def _line(person: User) -> _Line:
    return _Line(person.email, person.name, person.role.key, _sees(person))


def _sees(person: User) -> str:
    grants = list(person.grants.all())
    if any(grant.dimension == Dimension.ALL for grant in grants):
        return "everything"
    if person.customer is not None:
        return f"customer {person.customer.number} and below"
    if person.vendor is not None:
        return f"vendor {person.vendor.number}"
    return ", ".join(f"{grant.dimension} {grant.value}" for grant in grants) or "nothing"


def _check_party(role: str, *, customer: str | None, vendor: str | None) -> None:
    """Raises PartyMissing, WrongParty. An unknown role is the operation's to refuse."""
    given = {"customer": customer, "vendor": vendor}
    if role not in set(RoleKey):
        return
    needed = _PARTY_OF.get(RoleKey(role))
    for party, number in given.items():
        if number is not None and party != needed:
            raise WrongParty(role, party)
    if needed is not None and given[needed] is None:
        raise PartyMissing(role, needed)


def _check_password(password: str, *, email: str, name: str) -> None:
    """Raises WeakPassword with all that is wrong with it."""
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from error
