"""The bill, and the representative who works it through the service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from makegood.api.tests.costguard.bill import Bill, Filed, build_bill
from makegood.kernel import prepared
from makegood.parties.entries import Principal
from tests.api_client import ApiClient, ClientMaker
from tests.world import World


@pytest.fixture
def bill(world: World) -> Bill:
    return build_bill(world)


@pytest.fixture
def rep(api_client: ClientMaker, biller: Principal) -> ApiClient:
    """A token that acts for a billing representative."""
    return api_client(biller)


@pytest.fixture
def filed(bill: Bill, rep: ApiClient) -> Filed:
    """A dispute of 4.95 on the feature."""
    return bill.filed(rep)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that reach the database, by either way."""
    seen: list[str] = []
    known = prepared._statement

    def noted(text: str) -> Any:
        seen.append(text)
        return known(text)

    def wrapped(execute: Any, text: str, params: Any, many: Any, context: Any) -> Any:
        seen.append(text)
        return execute(text, params, many, context)

    monkeypatch.setattr(prepared, "_statement", noted)
    with connection.execute_wrapper(wrapped):
        yield seen
