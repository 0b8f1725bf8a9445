"""Clients that hear nothing ask again with the same key: one dispute per key, and everybody hears the same."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from makegood.disputes.models import Dispute
from tests.api.dropping import dropping
from tests.api.seeded import Account, build_accounts
from tests.live import LiveService
from tests.world import World

pytestmark = pytest.mark.slow

CLIENTS = 8
KEYS = 6
ATTEMPTS = 60
AGAIN = frozenset({"IDEMPOTENCY_IN_PROGRESS"})


def _ask_until_answered(
    url: str, secret: str, path: str, key: str, body: dict[str, Any]
) -> tuple[int, str | None, Any]:
    """What one client hears in the end: the status, the Location and the body."""
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key, "Connection": "close"}
    for _ in range(ATTEMPTS):
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        try:
            connection.request("POST", path, json.dumps(body), headers | {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            continue
        finally:
            connection.close()
        if said.get("code") not in AGAIN:
            return answer.status, answer.getheader("Location"), said
        time.sleep(0.01)
    raise AssertionError(f"{key} was never answered")


def _bodies(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "invoiceNumber": account.invoice.number,
            "amount": 1.5,
            "description": "Asked until answered",
            "usageRecordID": usage,
        }
        for usage in account.free_usage[:KEYS]
    ]


def test_one_dispute_per_key(
    committed_world: World, live: LiveService, record_property: Callable[[str, object], None]
) -> None:
    accounts = build_accounts(committed_world, free=2 * KEYS)
    mine = accounts.mine
    secret = live.client(accounts.biller, per_minute=1_000_000).secret
    before = Dispute.objects.count()
    path = f"/api/customer/{mine.customer.pk}/dispute"
    asked = [(f"key-{n}", body) for n, body in enumerate(_bodies(mine))]
    with dropping(live.url, probability=0.4, seed=8) as between, ThreadPoolExecutor(CLIENTS) as pool:
        heard = [
            [pool.submit(_ask_until_answered, between.url, secret, path, key, body) for _ in range(CLIENTS)]
            for key, body in asked
        ]
        answers = [[one.result() for one in of_key] for of_key in heard]
    record_property("answers dropped", f"{between.dropped} of {between.forwarded}")
    assert between.dropped > CLIENTS, "the connection dropped too little to prove anything"
    assert [{status for status, _, _ in of_key} for of_key in answers] == [{201}] * KEYS
    assert all(len({(place, json.dumps(said)) for _, place, said in of_key}) == 1 for of_key in answers)
    assert len({of_key[0][1] for of_key in answers}) == KEYS
    assert Dispute.objects.count() == before + KEYS
