"""Two windows submit the same guided dispute at once: one number, each line filed once, both told the same."""

from __future__ import annotations

from functools import partial

import pytest

from makegood.disputes import operations
from makegood.disputes.models import Dispute, GuidedDispute
from makegood.disputes.policy.guided import GuidedBegun, GuidedItem, GuidedStep, GuidedStepItem, Said, SaidCharge
from tests.bills import bill, line, telecom
from tests.concurrency.threads import all_of, books_hold
from tests.world import World


@pytest.mark.slow
def test_two_windows_submit_at_once(committed_world: World) -> None:
    world = committed_world
    program, csr = telecom(world), world.person("csr")
    on = bill(world, 4411)
    ids = tuple(line(world, on, program, n, f"Line {n}", 10_000_000).pk for n in (1, 2, 3))
    (begun,) = operations.begin_guided(csr, items=[GuidedBegun(world.customer.pk, 4411, ids)])
    draft = str(begun.data["draft"])
    said = Said(tuple(SaidCharge(pk) for pk in ids), reason="WRONG_PRICE", description="The rate is 40.")
    assert operations.keep_step(csr, items=[GuidedStepItem(draft, GuidedStep.REASON, said)])[0].ok
    submit = partial(operations.submit_guided, csr, items=[GuidedItem(draft)])
    first, second = (answer for (answer,) in all_of([submit, submit]))
    assert first.ok
    assert first == second
    assert sorted(Dispute.objects.values_list("charge_id", "line")) == [(pk, n) for n, pk in enumerate(ids, 1)]
    assert GuidedDispute.objects.get().version == 3
    books_hold()
