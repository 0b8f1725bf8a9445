"""What the desk's pages ask of the database: so many statements and no more, however many disputes they show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood.disputes.models import Dispute
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.recordings import ready_recording
from tests.world import DisputeMaker, World

FEW, MANY = 2, 9
PARTS = {"HX-Request": "true"}
MOST = {
    "/queue/": 26,
    "/queue/?tab=all": 26,
    "/queue/?group=caller&open={dispute}": 30,
    "/lane/{dispute}/": 44,
    "/disputes/{dispute}/": 40,
}
"""Pages, and how many statements each asks at most; a few more than today, none per row."""

Filer = Callable[[int], list[Dispute]]


@pytest.fixture
def file(world: World, make_dispute: DisputeMaker) -> Filer:
    """Files so many disputes, each of another vendor and reason than the one before, and with a recording."""

    def filed(count: int) -> list[Dispute]:
        found = []
        for n in range(count):
            vendor = world.other_vendor if n % 2 else world.vendor
            charge = world.charge(vendor=vendor)
            ready_recording(charge)
            found.append(make_dispute(charge=charge, reason="NOT_QUALIFIED" if n % 2 else "SPAM"))
        return found

    return filed


def asked(client: Client, path: str, headers: dict[str, str] | None = None) -> int:
    """How many statements a page asks, once what is asked once per process was asked."""
    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return len(statements)


def test_no_page_of_the_desk_asks_per_row(file: Filer, manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    (first, *_) = file(FEW)
    paths = {path.format(dispute=first): most for path, most in MOST.items()}
    before = {path: asked(client, path) for path in paths}
    file(MANY)
    after = {path: asked(client, path) for path in paths}
    assert after == before
    assert {path: n for path, n in after.items() if n > paths[path]} == {}


def test_a_case_fetched_ahead_asks_no_more_than_the_page_around_it(
    file: Filer, manager: Principal, signed_in: SignedIn
) -> None:
    client, (first, *_) = signed_in(manager), file(FEW)
    path = f"/lane/{first}/"
    assert asked(client, path, PARTS) < asked(client, path)
