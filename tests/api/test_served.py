"""The service behind its real server: what granian hands over is what the service expects."""

from __future__ import annotations

import json

import pytest

from tests.api.seeded import Accounts, build_accounts
from tests.live import LiveClient, LiveService
from tests.world import World

pytestmark = pytest.mark.slow


def check_document(nobody: LiveClient) -> None:
    """Headers, HEAD and 304 of an address that needs no token; the pages beside it."""
    document = nobody.get("/api/openapi.json", headers={"X-Request-Id": "mine-1"})
    assert (document.status, document.json["openapi"]) == (200, "3.1.0")
    assert document.headers["X-Request-Id"] == "mine-1"
    assert "set-cookie" not in document.headers
    assert nobody.get("/api/openapi.json", headers={"If-None-Match": document.headers["ETag"]}).status == 304
    head = nobody.send("HEAD", "/api/openapi.json")
    assert (head.status, head.content, head.headers["Content-Length"]) == (200, b"", str(len(document.content)))
    assert nobody.get("/api/nothing").code == "ADDRESS_UNKNOWN"
    assert nobody.get("/account/login/").status == 200


def check_bodies(client: LiveClient, accounts: Accounts) -> None:
    """A body in chunks is read, a long one refused, and two keys are one key too many."""
    wanted = json.dumps({"accountNumber": accounts.mine.customer.number}).encode()
    in_chunks = client.post("/api/customerSearch", raw=iter((wanted[:5], wanted[5:])))
    assert [row["customerID"] for row in in_chunks.json["value"]] == [accounts.mine.customer.pk]
    path = f"/api/customer/{accounts.mine.customer.pk}/dispute/{accounts.mine.disputes['pending'].number}/close"
    twice = client.post(path, {}, headers={"Idempotency-Key": "a, b"})
    assert twice.code == "IDEMPOTENCY_KEY_MALFORMED"
    too_long = iter((*[b" " * 65536] * 16, b"{}"))
    assert client.post("/api/customerSearch", raw=too_long).code == "BODY_TOO_LARGE"


def test_the_service_as_shipped(committed_world: World, shipped: LiveService) -> None:
    accounts = build_accounts(committed_world)
    check_document(shipped.client_of(""))
    check_bodies(shipped.client(accounts.biller), accounts)
    assert shipped.client(accounts.biller, networks=["127.0.0.1"]).get("/api/v1/me").status == 200
    assert shipped.client(accounts.biller, networks=["192.0.2.1"]).get("/api/v1/me").code == "NOT_AUTHENTICATED"
