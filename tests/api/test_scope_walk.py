"""A walk over every address with a token that sees one of two customers: nothing of the other's is found.

What is theirs answers as what does not exist, byte for byte; no list, count, filter or error text tells of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from makegood.api.routes import ROUTES
from makegood.api.routing import Route
from makegood.parties.states import Dimension
from tests.api.places import PLACES, SHARED, Place, names_of
from tests.api.seeded import Account, Accounts, build_accounts
from tests.api_client import Answer, ApiClient, client_for
from tests.world import World

SERVED = [route for route in ROUTES if route.path.startswith("/api/") and not route.public]
NAMED = [route for route in SERVED if set(names_of(route)) - SHARED]
READS = [route for route in SERVED if route.method == "GET"]
ACTORS = ("buyer", "limited biller")
HEADERS = {"X-Request-Id": "walk", "If-Match": "*"}


@pytest.fixture
def accounts(world: World) -> Accounts:
    return build_accounts(world)


def client_of(actor: str, world: World, accounts: Accounts) -> ApiClient:
    """Somebody who sees my customer only."""
    if actor == "buyer":
        return client_for(world.person("buyer", "walker", customer_number=accounts.mine.customer.number))
    return client_for(accounts.biller, grants=[(Dimension.CUSTOMER_SUBTREE, str(accounts.mine.customer.pk))])


def body_of(route: Route) -> Any:
    """A body that the route reads; none where it reads none."""
    return next(iter(route.examples.values()), {}) if route.body is not None else None


def call(client: ApiClient, route: Route, values: Mapping[str, str], key: str) -> Answer:
    """The route with the names filled in."""
    headers = HEADERS | {"Idempotency-Key": key}
    return client.send(route.method, route.path_of(values), body=body_of(route), media=route.media[0], headers=headers)


def said(answer: Answer, values: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and body, with the asked values masked: they are the caller's own words."""
    content = answer.content
    for value in sorted(values.values(), key=len, reverse=True):
        content = re.sub(rb"(?<!\w)" + re.escape(value.encode()) + rb"(?!\w)", b"*", content)
    return answer.status, content


def askings(route: Route, mine: Account, theirs: Account) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Values of names that reach for what is theirs, each with the same reach for what nobody has."""
    names = names_of(route)
    own = mine.disputes["pending"]
    of_dispute = {"disputeID", "dispute"} & set(names)
    for dispute in list(theirs.disputes.values())[: None if of_dispute else 1]:
        foreign = {name: PLACES[name](theirs, dispute) for name in names}
        domestic = {name: PLACES[name](mine, own) for name in names}
        for changed in ({name} for name in names if len(names) > 1 and name not in SHARED):
            yield _mixed(foreign, domestic, changed)
        yield _mixed(foreign, domestic, set(names))


def _mixed(
    foreign: Mapping[str, Place], domestic: Mapping[str, Place], changed: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    theirs = {name: (foreign if name in changed else domestic)[name].value for name in foreign}
    absent = {name: foreign[name].absent if name in changed else domestic[name].value for name in foreign}
    return theirs, absent


def test_every_name_is_known() -> None:
    assert {name for route in NAMED for name in names_of(route)} - set(PLACES) == set(), "tell tests/api/places.py"


@pytest.mark.parametrize("actor", ACTORS)
def test_what_is_theirs_answers_as_what_is_absent(actor: str, world: World, accounts: Accounts) -> None:
    client = client_of(actor, world, accounts)
    told: list[str] = []
    asked = 0
    for route in NAMED:
        for theirs, absent in askings(route, accounts.mine, accounts.theirs):
            asked += 1
            first = call(client, route, theirs, f"a{asked}")
            second = call(client, route, absent, f"b{asked}")
            if first.status < 400 or said(first, theirs) != said(second, absent):
                told.append(
                    f"{route.method} {route.path} {theirs}: {first.status} {first.content!r}, {second.content!r}"
                )
    assert told == []
    assert asked > len(NAMED) * 5


def test_the_walk_asks_for_what_is_there(accounts: Accounts) -> None:
    client = client_for(accounts.other_biller)
    theirs = accounts.theirs
    missed = []
    for route in NAMED:
        if route.method == "GET":
            values = {name: PLACES[name](theirs, theirs.disputes["adjusted"]).value for name in names_of(route)}
            answer = call(client, route, values, "k")
            if answer.status not in (200, 403):
                missed.append(f"{route.path} {values}: {answer.status}")
    assert missed == []


def traces_of(account: Account) -> re.Pattern[str]:
    """Whatever would tell of an account, as it may stand in an answer."""
    words = [account.customer.name, account.invoice.usage_alias]
    words += [dispute.public_id for dispute in account.disputes.values()]
    numbers = [account.invoice.number, *account.free_features, *account.free_usage]
    numbers += [dispute.number for dispute in account.disputes.values()]
    return re.compile("|".join([*map(re.escape, words), *(rf"(?<!\d){number}(?!\d)" for number in numbers)]))


@pytest.mark.parametrize("actor", ACTORS)
def test_no_read_tells_of_theirs(actor: str, world: World, accounts: Accounts) -> None:
    client = client_of(actor, world, accounts)
    traces, own = traces_of(accounts.theirs), traces_of(accounts.mine)
    found, mine_seen = [], 0
    for route in READS:
        values = {
            name: PLACES[name](accounts.mine, accounts.mine.disputes["adjusted"]).value for name in names_of(route)
        }
        text = call(client, route, values, "k").content.decode()
        mine_seen += own.search(text) is not None
        found += [f"{route.path}: {match}" for match in traces.findall(text)]
    assert found == []
    assert mine_seen, "no read showed anything of mine"


Filter = Callable[[Account], Place]
FILTERS: Mapping[str, Filter] = {
    "customer": lambda account: Place(str(account.customer.pk), "900000000000001"),
    "customerID": lambda account: Place(str(account.customer.pk), "900000000000001"),
    "accountNumber": lambda account: Place(account.customer.number, "B9"),
    "name": lambda account: Place(account.customer.name, "Nobody Nowhere"),
    "number": lambda account: Place(f"D-{account.disputes['pending'].number}", "D-900000000"),
    "charge": lambda account: Place(f"chg_{account.charges[0]}", "chg_900000000000001"),
}
"""Query parameters that name something of an account."""
FILTERED = [(route, param.name) for route in READS for param in route.query if param.name in FILTERS]


@pytest.mark.parametrize("actor", ACTORS)
def test_no_filter_tells_of_theirs(actor: str, world: World, accounts: Accounts) -> None:
    client = client_of(actor, world, accounts)
    told = []
    for route, name in FILTERED:
        place = FILTERS[name](accounts.theirs)
        values = {n: PLACES[n](accounts.mine, accounts.mine.disputes["adjusted"]).value for n in names_of(route)}
        counted = "&count=true" if any(param.name == "count" for param in route.query) else ""
        answers = [
            client.get(f"{route.path_of(values)}?{name}={asked}{counted}", headers=HEADERS)
            for asked in (place.value, place.absent)
        ]
        if said(answers[0], {"asked": place.value}) != said(answers[1], {"asked": place.absent}):
            told.append(f"{route.path}?{name}: {answers[0].content!r}, {answers[1].content!r}")
    assert told == []
