"""What the database refuses of guided disputes."""

from __future__ import annotations

from makegood.disputes.models import GuidedDispute
from makegood.parties.entries import Principal
from tests.refusals import refused_by
from tests.world import World


def draft(world: World, csr: Principal, **facts: object) -> GuidedDispute:
    return GuidedDispute.objects.create(
        customer=world.customer, author_id=csr.id, **{"public_id": "gui_1", "program": world.program, **facts}
    )


def test_a_state_goes_with_its_time_a_step_is_one_of_seven_and_charges_need_a_bill(
    world: World, csr: Principal
) -> None:
    with refused_by("guided_state"):
        draft(world, csr, state="submitted")
    with refused_by("guided_step"):
        draft(world, csr, step=8)
    with refused_by("guided_has_a_bill"):
        draft(world, csr, program=None, step=2)
