"""`makegood demo`: a made-up operator to look around in, from nothing to signed in with one command."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import click
from django.urls import reverse

from makegood.kernel import clock
from makegood.project import assets, installation
from makegood.project.cli.environment import installed
from makegood.project.demo.api_token import Api, api_of_demo
from makegood.project.demo.holdings import ForeignData, Holds, clear, holdings
from makegood.project.demo.people import BUYER, CREDIT_BUYER, CSR, LEAD_BUYER, MANAGER, PEOPLE, QA, Person
from makegood.project.demo.progress import step
from makegood.project.demo.seeding import SIZES, seed_all
from makegood.project.demo.telecom.accounts import WORKED
from makegood.project.problems import OperatorProblem
from makegood.project.schema import migrate_if_needed
from makegood.project.serving import LOOPBACK, Site, check_free, stop_on_signals
from makegood.project.tables import table

_ANSWERS_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.1
_ON_A_FEATURE = (
    '{"invoiceNumber": 1984950, "amount": 4.95, '
    '"description": "The customer says they shouldn\\u0027t have been charged", '
    '"resolutionID": 1, "featureID": 10986, "usageRecordID": null}'
)
_LESS = '[{"op": "replace", "path": "/amount", "value": "1.25"}]'
_LOOK: tuple[tuple[Person, str, str], ...] = (
    (BUYER, "calls", "every billed call, and how long it can be disputed"),
    (CREDIT_BUYER, "calls", "request a credit, with the guideline before you send it"),
    (LEAD_BUYER, "leads", "leads by review status; submit one for review"),
    (MANAGER, "lane", "decide one after the other, with keys"),
    (CSR, "accounts", "find Riverside Dental, explain its bill, dispute a line"),
    (CSR, "re_reviews", "ask for a second look by call id or caller id"),
    (QA, "proactive", "listen to what nobody disputed"),
)
"""Who finds what where; the address is that of the name of a page."""
_SIZES = "How many calls: " + ", ".join(f"{name} {rows:,}" for name, rows in SIZES.items()) + "."


class SignInDoesNotAnswer(OperatorProblem):
    """The site runs, but its sign-in page does not answer; the messages above say why."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON once it serves; the rest on stderr.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 for any free one.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: installation.data_dir() / "demo",
    show_default="./var/demo",
    help="Where the demo keeps its own database.",
)
@click.option("--size", type=click.Choice(list(SIZES)), default="small", show_default=True, help=_SIZES)
@click.option("--rows", type=click.IntRange(1), hidden=True, help="Exactly so many calls, for tests.")
@click.option("--seed", default=42, show_default=True, help="Another seed makes up other calls.")
@click.option("--reset", is_flag=True, help="Throw the present demo away and start over.")
def demo(*, as_json: bool, port: int, data: Path, size: str, rows: int | None, seed: int, reset: bool) -> None:
    """Serve makegood with made-up calls, people and disputes, until Ctrl-C.

    The first start makes the data up, a second one uses it again.
    """
    if port:
        check_free(LOOPBACK, port)
    with _own_stdout() as out, installed(data, migrated=False) as place:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        prepare(place.data, rows=rows or SIZES[size], seed=seed, reset=reset)
        api = api_of_demo(place.data)
        with step("Collecting what pages need ..."):
            assets.collect_if_stale()
        _keep_mail(place.data)
        stop = stop_on_signals()
        click.echo("Starting web server and worker ...", err=True)
        with Site(port=port, database=place.server) as site:
            _wait_for_sign_in(site.base_url)
            out.write(_line(site.base_url, api) if as_json else _page(site.base_url, api))
            out.flush()
            site.watch(stop)
        click.echo("Stopped.", err=True)


def _keep_mail(data: Path) -> None:
    """Without a mail server, let mail lie in a folder of the demo where it can be opened."""
    if not os.environ.get("MAKEGOOD_MAIL_HOST"):
        os.environ.setdefault("MAKEGOOD_MAIL_FOLDER", str(data / "outbox"))


def prepare(data: Path, *, rows: int, seed: int, reset: bool) -> None:
    """Fill an empty database, or one that begins anew. Raises ForeignData."""
    found = holdings()
    if found is Holds.OTHER:
        raise ForeignData
    if found is Holds.BROKEN_DEMO or (reset and found is Holds.DEMO):
        click.echo("Starting over.", err=True)
        clear()
        found = Holds.NOTHING
    with step("Preparing the tables ..."):
        migrate_if_needed()
    if found is Holds.NOTHING:
        seed_all(rows=rows, seed=seed, now=clock.now(), folder=data / "calls")
    else:
        click.echo("Using the demo that is there; --reset makes a new one.", err=True)


@contextmanager
def _own_stdout() -> Iterator[TextIO]:
    """Keep standard output for the answer alone: whatever children and libraries print goes to stderr."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(kept, "w", closefd=False) as out:
            yield out
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _wait_for_sign_in(base_url: str) -> None:
    """Wait until the sign-in page answers 200. Raises SignInDoesNotAnswer."""
    give_up = time.monotonic() + _ANSWERS_WITHIN_S
    while _status(base_url, reverse("account_login")) != http.client.OK:
        if time.monotonic() > give_up:
            raise SignInDoesNotAnswer
        time.sleep(_LOOK_EVERY_S)


def _status(base_url: str, path: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=_ANSWERS_WITHIN_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _line(base_url: str, api: Api) -> str:
    people = [
        {
            "role": person.role,
            "email": person.email,
            "password": person.password,
            "name": person.name,
            "works_for": person.works_for,
        }
        for person in PEOPLE
    ]
    told = {
        "base_url": base_url,
        "sign_in": base_url + reverse("account_login"),
        "sign_ins": people,
        "pages": [{"email": who.email, "path": reverse(name), "words": words} for who, name, words in _LOOK],
        "api": {"base_url": f"{base_url}/api", **asdict(api)},
    }
    return json.dumps(told) + "\n"


def _page(base_url: str, api: Api) -> str:
    rows = [(person.role, person.email, person.password, person.name, person.works_for) for person in PEOPLE]
    return (
        f"\nmakegood is serving at {base_url}/ (Ctrl-C stops it). "
        "The passwords are the same in every demo; do not use them elsewhere.\n\n"
        + table(("Role", "E-mail", "Password", "Name", "Works for"), rows)
        + "\n\n"
        + table(("To begin with", "As", "There"), [(reverse(name), who.email, words) for who, name, words in _LOOK])
        + _mail_words()
        + f"\n\nThe web service, with a token that acts for {api.acts_for}. These lines dispute a charge of customer "
        f"{WORKED.number}, list the customer's disputes, and ask for less:\n\n" + _calls(base_url, api) + "\n"
    )


def _mail_words() -> str:
    folder = os.environ.get("MAKEGOOD_MAIL_FOLDER", "")
    return f"\n\nE-mails are not sent; they lie in {folder} as files that mail programs open." if folder else ""


def _calls(base_url: str, api: Api) -> str:
    """The examples of IDI CostGuard's documentation, to paste into a shell; the last one takes the newest dispute."""
    head, json_body = '-H "Authorization: Bearer $TOKEN"', "-H 'Content-Type: application/json'"
    newest = f"""$(curl -s "$API" {head} | grep -o '"disputeID": *[0-9]*' | grep -o '[0-9]*$' | head -n 1)"""
    return "\n".join(
        (
            f"TOKEN={api.token}",
            f"API={base_url}/api/customer/{api.customer_id}/dispute",
            f"curl -s \"$API\" {head} {json_body} -d '{_ON_A_FEATURE}'",
            f'curl -s "$API" {head}',
            f"curl -s -X PATCH \"$API/{newest}\" {head} {json_body} -d '{_LESS}'",
        )
    )
