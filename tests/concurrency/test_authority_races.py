"""One person with a limit, several windows at once: what they credited of a charge alone never exceeds it."""

from __future__ import annotations

from functools import partial

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.tests.test_credited_alone import LIMIT, MILLION, OPEN_WORLD, Walk, alone, limited
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import change_settings
from tests.concurrency.threads import all_of, books_hold
from tests.world import World

STEPS = 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_at_once_no_more_is_credited_alone(committed_world: World, seed: int) -> None:
    world = committed_world
    change_settings(SYSTEM, program=world.program, settings=OPEN_WORLD)
    mia, colleague = limited(world.person("manager")), world.person("manager", "colleague")
    buyer = world.person("buyer", customer_number="B1")
    charge = world.charge(billed_micros=90 * MILLION)
    (filed,) = operations.submit(buyer, items=[SubmitItem(charge.pk, "SPAM", "A recorded voice")])
    dispute = Dispute.objects.get(pk=filed.id)
    seen: list[int] = []

    def walk(number: int) -> None:
        going = Walk(seed * 100 + number, mia, colleague, dispute)
        for _ in range(STEPS):
            going.random.choice([going.part, going.adjust, going.again, going.again, going.reverse])()
            seen.append(alone(mia, charge.pk))

    all_of([partial(walk, number) for number in range(4)])
    assert max(seen) <= LIMIT
    assert max(seen) > 0
    books_hold()
