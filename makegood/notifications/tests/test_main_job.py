"""The three messages of a real dispute: filed, decided, committed, undone, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.notifications import selectors, tasks
from makegood.notifications.tests.world import release_journal
from makegood.parties.entries import Principal
from tests import world as marketplace

STORY = "Automated voice, hung up when we spoke"


@dataclass(frozen=True)
class Case:
    """A buyer, a manager and a vendor with two disputes on two calls."""

    buyer: Principal
    manager: Principal
    vendor: Principal
    disputes: tuple[int, int]

    def decide(self, kind: DecisionKind, micros: int | None = None) -> None:
        items = [DecisionItem(pk, kind, micros, note="Heard it in full.") for pk in self.disputes]
        assert all(answer.ok for answer in operations.decide(self.manager, items=items))

    def told(self) -> tuple[list[str], list[str], list[str]]:
        """What each side was told once the undo time and a digest's window are over."""
        with clock.shifted(timedelta(minutes=5)):
            operations.commit_due()
            release_journal()
            tasks.run()
        with clock.shifted(timedelta(hours=5)):
            tasks.run()
        buyer, manager, vendor = (
            [card.text for card in selectors.cards(one)] for one in (self.buyer, self.manager, self.vendor)
        )
        return buyer, manager, vendor


@pytest.fixture
def case(db: None) -> Case:
    world = marketplace.build_world()
    buyer = world.person("buyer", customer_number="B1")
    items = [SubmitItem(world.charge().pk, "SPAM", STORY) for _ in range(2)]
    first, second = (answer.id for answer in operations.submit(buyer, items=items))
    assert first is not None
    assert second is not None
    manager, vendor = world.person("manager"), world.person("vendor", vendor_number="V1")
    return Case(buyer, manager, vendor, (first, second))


NEW = ["2 new disputes submitted by Buyers"]
REVIEWED = ["2 disputes have been reviewed."]
ADJUSTED = ["Call revenue for 2 calls has been adjusted."]


def test_accepted_in_part_all_three_are_told(case: Case) -> None:
    case.decide(DecisionKind.PARTIAL, 20_000_000)
    assert case.told() == (REVIEWED, NEW, ADJUSTED)


def test_rejected_the_vendor_is_not_told(case: Case) -> None:
    case.decide(DecisionKind.REJECT)
    assert case.told() == (REVIEWED, NEW, [])


def test_undone_only_the_filing_is_told(case: Case) -> None:
    case.decide(DecisionKind.ACCEPT)
    operations.undo(case.manager, items=[Ref(pk) for pk in case.disputes])
    assert case.told() == ([], NEW, [])


def test_withdrawn_nobody_is_told(case: Case) -> None:
    operations.withdraw(case.buyer, items=[Ref(pk) for pk in case.disputes])
    assert case.told() == ([], [], [])
