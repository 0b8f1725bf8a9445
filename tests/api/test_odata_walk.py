"""The sets of OData with a token that sees one of two customers: no row, count, key or error text of the other's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

import pytest

from tests.api.seeded import Account, Accounts, build_accounts
from tests.api.test_scope_walk import ACTORS, HEADERS, client_of, said, traces_of
from tests.api_client import Answer, ApiClient
from tests.world import World

ABSENT = 900_000_000_001
KEYS: Mapping[str, tuple[str, Callable[[Account], int]]] = {
    "CustomerSummary": ("CustomerID", lambda account: account.customer.pk),
    "Invoice": ("InvoiceNumber", lambda account: account.invoice.number),
    "InvoiceFeature": ("FeatureID", lambda account: account.free_features[0]),
    "Dispute": ("DisputeID", lambda account: account.disputes["adjusted"].number),
    "Adjustment": ("AdjustmentID", lambda account: min(account.adjustments.values())),
}
"""Each set with its key, and one of an account."""
WAYS = (
    "/odata/{set}({key})",
    "/odata/{set}?$filter={name} eq {key}&$count=true",
    "/odata/{set}?$filter={name} ge {key} and {name} le {key}",
    "/odata/{set}/$count?$filter={name} eq {key}",
    "/odata/{set}?$filter=not ({name} ne {key})",
    "/odata/{set}?$filter={name} eq {key}&$select={name}&$orderby={name} desc&$top=1",
)


@pytest.fixture
def accounts(world: World) -> Accounts:
    return build_accounts(world)


def asked(client: ApiClient, way: str, entity_set: str, key: int) -> tuple[int, bytes]:
    """The answer to one way of asking for a key, with the key masked."""
    path = way.format(set=entity_set, name=KEYS[entity_set][0], key=key)
    answer = client.get(path, headers=HEADERS)
    # A link repeats the question, whose blanks and signs are written in percent.
    values = {"key": str(key), "sent": quote(str(key))}
    return said(answer, values)


@pytest.mark.parametrize("actor", ACTORS)
def test_a_key_of_theirs_is_absent(actor: str, world: World, accounts: Accounts) -> None:
    client = client_of(actor, world, accounts)
    told = []
    for entity_set, (_, key_of) in KEYS.items():
        for way in WAYS:
            theirs, absent = (asked(client, way, entity_set, key) for key in (key_of(accounts.theirs), ABSENT))
            if theirs != absent:
                told.append(f"{way} of {entity_set}: {theirs}, {absent}")
        assert asked(client, WAYS[0], entity_set, key_of(accounts.mine))[0] == 200, entity_set
    assert told == []


def usage(client: ApiClient, customer: int, alias: str) -> Answer:
    """The usage of a bill."""
    return client.get("/odata/UsageDetail", headers=HEADERS | {"CustomerID": str(customer), "UsageAlias": alias})


@pytest.mark.parametrize("actor", ACTORS)
def test_no_set_tells_of_theirs(actor: str, world: World, accounts: Accounts) -> None:
    client = client_of(actor, world, accounts)
    mine, theirs = accounts.mine, accounts.theirs
    traces, own = traces_of(theirs), traces_of(mine)
    for entity_set in KEYS:
        page = client.get(f"/odata/{entity_set}?$top=500&$count=true", headers=HEADERS)
        count = client.get(f"/odata/{entity_set}/$count", headers=HEADERS)
        assert traces.findall(page.content.decode()) == []
        assert own.search(page.content.decode()) or entity_set == "Adjustment"
        assert int(count.content) == page.json["@odata.count"] == len(page.json["value"]) > 0
    assert usage(client, mine.customer.pk, mine.invoice.usage_alias).json["value"]
    foreign, absent = usage(client, theirs.customer.pk, "x"), usage(client, ABSENT, "x")
    assert said(foreign, {"id": str(theirs.customer.pk)}) == said(absent, {"id": str(ABSENT)})
    crossed, unknown = (usage(client, mine.customer.pk, alias) for alias in (theirs.invoice.usage_alias, "usage-0"))
    assert said(crossed, {"a": theirs.invoice.usage_alias}) == said(unknown, {"a": "usage-0"})
