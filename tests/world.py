"""A small marketplace for tests: one program, two buyers, one vendor, and the people who work with it.

Loaded as a plugin by the root ``conftest.py``. Every fixture gives principals, never bare ids.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection
from pytest_django.plugin import blocking_manager_key

from makegood.billing.models import Charge
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.policies import forget_parsed
from makegood.journal.models import JournalEpoch
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Program, Role, User, Vendor
from makegood.parties.operations import add_user, create_customer, create_vendor
from makegood.parties.selectors import principal_of
from makegood.parties.states import ROLES

PASSWORD = "correct horse battery"
EMPTYING = frozenset({"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"})
"""Fixtures whose tests commit, and empty the tables afterward."""
_serial = count(1)
_folders = count(1)

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

    def person(self, role: str, name: str = "", **party: str) -> Principal:
        """A new person of a role, as the principal that acts."""
        handle = name or role
        user = add_user(SYSTEM, email=f"{handle}@test.example", password=PASSWORD, role_key=role, name=handle, **party)
        return principal_of(User.objects.get(pk=user.pk))

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


@pytest.fixture
def world(db: None) -> World:
    """One marketplace, inside the test's transaction."""
    return build_world()


@pytest.fixture
def committed_world(transactional_db: None) -> World:
    """One marketplace that other connections see; for races."""
    return build_world()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """A test that commits ends with every table emptied; put back what migrations had brought, for whoever is next."""
    try:
        yield
    finally:
        marker = item.get_closest_marker("django_db")
        commits = EMPTYING.intersection(getattr(item, "fixturenames", ())) or (
            marker and marker.kwargs.get("transaction")
        )
        if commits and nextitem is not None:  # after the last one the database is gone
            with item.config.stash[blocking_manager_key].unblock():
                restore_migrated_rows()


def restore_migrated_rows() -> None:
    """Put back what migrations insert and a flushed test database lacks: roles and the journal's epoch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        (server,) = cursor.fetchone() or (0,)
    JournalEpoch.objects.get_or_create(singleton=True, defaults={"epoch": 1, "system_identifier": server})
    for key, (name, verbs) in ROLES.items():
        Role.objects.get_or_create(key=key.value, defaults={"name": name, "verbs": sorted(v.value for v in verbs)})


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
