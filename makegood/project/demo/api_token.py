"""The demo's token for the web service: made once, kept in a file of the demo, shown at each start."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from makegood.parties.entries import SYSTEM
from makegood.parties.errors import UnknownPerson
from makegood.parties.models import User
from makegood.parties.operations import add_user, create_token, revoke_token
from makegood.parties.selectors import customers_visible_to, person_called, sign_in, tokens_called
from makegood.project.demo.people import BILLING
from makegood.project.demo.telecom.accounts import WORKED

NAME = "Demo"
FILE = "api-token"
_OWNER_ALONE = 0o600


@dataclass(frozen=True)
class Api:
    """What somebody needs to try the web service: a token, for whom it acts, and a customer to begin with."""

    token: str
    acts_for: str
    customer_id: int


def api_of_demo(data: Path) -> Api:
    """The token of the demo in this directory. Only for a database that holds a demo: the secret is shown openly."""
    person = _person()
    kept = _kept(data / FILE)
    if kept is None or not _fits(kept, person):
        kept = _made(person)
        _keep(data / FILE, kept)
    customer = customers_visible_to(SYSTEM).get(number=WORKED.number)
    return Api(kept, person.email, customer.pk)


def _person() -> User:
    try:
        return person_called(BILLING.email)
    except UnknownPerson:  # a demo that an earlier release made up
        return add_user(
            SYSTEM,
            email=BILLING.email,
            password=BILLING.password,
            role_key=BILLING.role,
            name=BILLING.name,
            zone=BILLING.zone,
        )


def _kept(file: Path) -> str | None:
    """The secret in the file, if there is one; nobody but the owner reads it from now on."""
    try:
        file.chmod(_OWNER_ALONE)
        return file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _fits(secret: str, person: User) -> bool:
    """Whether the token still lets the person in, with all that the person may."""
    signed = sign_in(secret)
    return signed is not None and signed.principal.id == person.pk and signed.principal.verbs == set(person.role.verbs)


def _made(person: User) -> str:
    for row in tokens_called(NAME):
        revoke_token(SYSTEM, token_id=row.id)
    return create_token(SYSTEM, name=NAME, scopes=person.role.verbs, acts_for=person).secret


def _keep(file: Path, secret: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE), "w", encoding="ascii") as out:
        out.write(f"{secret}\n")
    fresh.replace(file)
