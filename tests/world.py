"""A small marketplace for tests: one program, two buyers, one vendor, and the people who work with it.

Loaded as a plugin by the root ``conftest.py``. Every fixture gives principals, never bare ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, storages

from makegood.billing.models import Charge
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.policies import forget_parsed
from makegood.disputes.selectors.throughput import forget_throughput
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Program, User, Vendor
from makegood.parties.operations import add_user, create_customer, create_vendor
from makegood.parties.selectors import principal_of
from tests.standing import Standing, remember

PASSWORD = "correct horse battery"
_serial = count(1)
_folders = count(1)
Key = tuple[object, ...]
_once: set[Key] = set()
_again: dict[Key, Callable[[], Principal]] = {}
_people: dict[Key, Standing[Principal]] = {}
NUMBERS = frozenset({"B1", "B2", "V1", "V2"})
"""Of the parties that a world stands on; who belongs to another one is of one test."""
A_MOMENT = timedelta(seconds=1)

ChargeMaker = Callable[..., Charge]
DisputeMaker = Callable[..., Dispute]


@dataclass(frozen=True)
class World:
    """The rows that the people stand on."""

    program: Program
    customer: Customer
    other_customer: Customer
    vendor: Vendor
    other_vendor: Vendor
    standing: str = ""
    """The preset of a world that was put back; its people are, too."""

    def person(self, role: str, name: str = "", **party: str) -> Principal:
        """A new person of a role, as the principal that acts."""
        handle = name or role

        def added() -> Principal:
            email = f"{handle}@test.example"
            user = add_user(SYSTEM, email=email, password=PASSWORD, role_key=role, name=handle, **party)
            return principal_of(User.objects.get(pk=user.pk))

        stands = self.standing and set(party.values()) <= NUMBERS and abs(clock.now() - _wall_clock()) < A_MOMENT
        if not stands:
            return added()
        key = (self.standing, role, handle, *sorted(party.items()))
        if key in _people:
            return principal_of(User.objects.get(pk=_people[key].put_back().id))
        if key in _once:
            _again[key] = added
        _once.add(key)
        return added()

    def charge(self, **overrides: Any) -> Charge:
        """A call billed 45.00 with a payout of 30.00, USD, an hour ago."""
        serial = next(_serial)
        at = clock.now() - timedelta(hours=1)
        facts: dict[str, Any] = {
            "program": self.program,
            "customer": self.customer,
            "vendor": self.vendor,
            "zone": self.customer.zone,
            "kind": ChargeKind.USAGE,
            "subkind": Subkind.CALL,
            "usage_id": 10_000_000 + serial,
            "occurred_at": at,
            "received_at": at,
            "billed_at": at,
            "currency": "USD",
            "billed_micros": 45_000_000,
            "payout_currency": "USD",
            "payout_micros": 30_000_000,
            "disposition": "completed_with_conversion",
            "caller_e164": "+12125550142",
            "answered": True,
            "duration_s": 31,
            "external_source": "test",
            "external_id": f"call-{serial}",
        }
        return Charge.objects.create(**{**facts, **overrides})


def build_world(preset: str = "call_marketplace") -> World:
    """Make the rows. The caller has a database and an open transaction or a test that cleans up."""
    forget_parsed()
    program = operations.install_preset(
        SYSTEM, preset_key=preset, key=f"calls-{next(_serial)}", name="Calls", currency="USD"
    )
    return World(
        program=program,
        customer=create_customer(SYSTEM, number="B1", name="Acme Plumbing", currency="USD", zone="America/New_York"),
        other_customer=create_customer(SYSTEM, number="B2", name="Bolt Roofing", currency="USD", zone="Asia/Kolkata"),
        vendor=create_vendor(SYSTEM, number="V1", name="North Ads", currency="USD"),
        other_vendor=create_vendor(SYSTEM, number="V2", name="Blue Media", currency="USD"),
    )


@pytest.fixture(scope="session")
def evidence_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Below it every test keeps files in a folder of its own."""
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(autouse=True)
def evidence_here(evidence_folder: Path) -> Iterator[Path]:
    """Evidence and recordings go into a folder of this test, made when the first file is."""
    here = evidence_folder / str(next(_folders))
    before = storages["evidence"]
    storages._storages["evidence"] = FileSystemStorage(location=here)  # type: ignore[attr-defined]
    yield here
    storages._storages["evidence"] = before  # type: ignore[attr-defined]


def _wall_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - whatever the time is for the test


@cache
def _standing(preset: str) -> Standing[World]:
    with clock.frozen(_wall_clock()):
        return remember(lambda: replace(build_world(preset), standing=preset))


def standing_world(preset: str = "call_marketplace") -> World:
    """The marketplace of :func:`build_world` in a test's transaction, for a tenth of its time."""
    forget_throughput()
    world = _standing(preset).put_back()
    # Most people are asked for once; who was asked for again is remembered here, before the test has changed anything.
    for key in [key for key in _again if key[0] == preset]:
        with clock.frozen(_wall_clock()):
            _people[key] = remember(_again.pop(key))
    return world


@pytest.fixture
def world(db: None) -> World:
    """One marketplace, inside the test's transaction."""
    return standing_world()


@pytest.fixture
def committed_world(transactional_db: None) -> World:
    """One marketplace that other connections see; for races."""
    return build_world()


@pytest.fixture
def buyer(world: World) -> Principal:
    return world.person("buyer", customer_number="B1")


@pytest.fixture
def other_buyer(world: World) -> Principal:
    return world.person("buyer", "other_buyer", customer_number="B2")


@pytest.fixture
def vendor(world: World) -> Principal:
    return world.person("vendor", vendor_number="V1")


@pytest.fixture
def manager(world: World) -> Principal:
    return world.person("manager")


@pytest.fixture
def other_manager(world: World) -> Principal:
    return world.person("manager", "other_manager")


@pytest.fixture
def csr(world: World) -> Principal:
    return world.person("csr")


@pytest.fixture
def biller(world: World) -> Principal:
    """A billing representative: files, edits, decides and closes."""
    return world.person("billing")


@pytest.fixture
def qa(world: World) -> Principal:
    return world.person("qa")


@pytest.fixture
def stranger(world: World) -> Principal:
    """Somebody with a buyer's verbs and no grant at all: sees nothing."""
    principal = world.person("buyer", "stranger", customer_number="B2")
    User.objects.get(pk=principal.id).grants.all().delete()
    return principal_of(User.objects.get(pk=principal.id))


@pytest.fixture
def make_charge(world: World) -> ChargeMaker:
    return world.charge


@pytest.fixture
def make_dispute(world: World, buyer: Principal) -> DisputeMaker:
    """File a dispute by the buyer on a new charge; ``charge`` takes overrides or a charge."""

    def make(charge: Charge | None = None, reason: str = "SPAM", **overrides: Any) -> Dispute:
        on = charge or world.charge(**overrides)
        item = SubmitItem(on.pk, reason, "Automated voice, hung up when we spoke")
        (answer,) = operations.submit(buyer, items=[item])
        assert answer.ok, answer
        return Dispute.objects.get(pk=answer.id)

    return make
