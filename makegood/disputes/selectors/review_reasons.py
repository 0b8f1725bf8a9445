"""Which reason findings speak for, where a reviewer opens a dispute that nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.disputes.models import Reason
from makegood.disputes.policy.matrix import reason_heard
from makegood.disputes.selectors.matrix import cells_of
from makegood.disputes.selectors.reasons import reasons_on_offer
from makegood.kernel import clock


def reasons_of(program_id: int) -> list[Reason]:
    """The reasons of a program that can be given now, in its order. The caller has scoped the program."""
    return reasons_on_offer(clock.now(), program=program_id)


def reason_for(program_id: int, findings: Sequence[str]) -> str:
    """The code of the reason that goes with findings (codes, in the order they were marked); empty for none."""
    offered, cells = [reason.code for reason in reasons_of(program_id)], cells_of(program_id)
    return next((reason for one in findings if (reason := reason_heard(one, offered, cells))), "")
