"""A marketplace with its parties, and a journal to fold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from django.db.models import F

from makegood.journal import operations as journal
from makegood.journal.models import JournalEpoch
from makegood.kernel import clock
from makegood.notifications import selectors
from makegood.notifications.operations import flush_due, fold
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Program, User, Vendor
from makegood.parties.selectors import principal_of

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PASSWORD = "long enough to sign in"


def minutes(number: int) -> datetime:
    """So many minutes after the noon at which tests begin."""
    return NOON + timedelta(minutes=number)


@dataclass
class World:
    """One marketplace with its parties, and verbs that write the journal as disputes would."""

    program: Program
    customer: Customer
    other_customer: Customer
    vendor: Vendor
    other_vendor: Vendor
    numbers: count[int] = field(default_factory=lambda: count(1))

    def person(self, name: str, role: str, customer: Customer | None = None, vendor: Vendor | None = None) -> User:
        return parties.add_user(
            SYSTEM,
            email=f"{name}@example.com",
            password=PASSWORD,
            role_key=role,
            customer_number=customer.number if customer else None,
            vendor_number=vendor.number if vendor else None,
            name=name,
        )

    def submit(
        self,
        *,
        at: datetime = NOON,
        origin: str = "buyer",
        customer: Customer | None = None,
        program: Program | None = None,
    ) -> int:
        dispute = next(self.numbers)
        facts = {"number": dispute, "charge_id": dispute + 1000, "origin": origin, "currency": "USD"}
        self.write("dispute.submitted", dispute, facts, at=at, customer=customer, program=program)
        return dispute

    def withdraw(self, dispute: int, *, at: datetime = NOON) -> None:
        self.write("dispute.withdrawn", dispute, {"number": dispute, "was_claimed": False}, at=at)

    def commit(
        self,
        dispute: int,
        *,
        at: datetime = NOON,
        clawback: int = 0,
        charge: int | None = None,
        submitted_by: User | None = None,
        customer: Customer | None = None,
        vendor: Vendor | None = None,
        reverse: bool = False,
    ) -> None:
        facts = {
            "number": dispute,
            "charge_id": charge or dispute + 1000,
            "round": 1,
            "outcome": "accepted",
            "credit_micros": 45_000_000,
            "clawback_micros": clawback,
            "currency": "USD",
            "payout_currency": "USD",
            "submitted_by": submitted_by.pk if submitted_by else None,
        }
        event = "dispute.reversed" if reverse else "dispute.committed"
        self.write(event, dispute, facts, at=at, customer=customer, vendor=vendor)

    def write(
        self,
        event: str,
        dispute: int,
        facts: dict[str, object],
        *,
        at: datetime,
        customer: Customer | None = None,
        vendor: Vendor | None = None,
        program: Program | None = None,
    ) -> None:
        with clock.frozen(at):
            journal.record(
                SYSTEM,
                verb=event.removeprefix("dispute."),
                event=event,
                object_kind="dispute",
                object_id=dispute,
                program_id=(program or self.program).pk,
                customer_id=(customer or self.customer).pk,
                vendor_id=(vendor or self.vendor).pk,
                changes=facts,
            )


def build_world() -> World:
    with clock.frozen(NOON - timedelta(days=1)):
        return World(
            program=parties.create_program(SYSTEM, key="calls", name="Calls", preset="call_marketplace", settings={}),
            customer=parties.create_customer(SYSTEM, number="A1", name="Alpine Roofing", currency="USD"),
            other_customer=parties.create_customer(SYSTEM, number="B1", name="Birch Plumbing", currency="USD"),
            vendor=parties.create_vendor(SYSTEM, number="V1", name="Vale Media", currency="USD"),
            other_vendor=parties.create_vendor(SYSTEM, number="W1", name="Wick Media", currency="USD"),
        )


def release_journal() -> None:
    """Let the reader see rows of the transaction that the test itself runs in: those of an older epoch."""
    JournalEpoch.objects.update(epoch=F("epoch") + 1)


def fold_all(batch: int = 1000) -> None:
    """Fold everything that was written, so many events at a time."""
    release_journal()
    while fold(limit=batch):
        pass


def deliver(at: datetime) -> None:
    """Fold everything at an instant, then deliver what is due at it."""
    with clock.frozen(at):
        fold_all()
        flush_due(now=at)


def who(user: User) -> Principal:
    """The principal of a person as of now."""
    return principal_of(User.objects.get(pk=user.pk))


def sentences(user: User) -> list[str]:
    """What somebody was told, the latest first."""
    return [card.text for card in selectors.cards(who(user))]


def waiting(user: User) -> list[str]:
    """What somebody is going to be told."""
    return [card.text for card in selectors.bell(who(user)).waiting]
