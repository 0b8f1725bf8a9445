"""Flags disputes that waited too long, and tells of it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes import errors
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import stages_for
from makegood.disputes.operations.batch import fetch
from makegood.disputes.policy.clocks import grants_on_breach
from makegood.disputes.selectors.escalation import escalation_of, to_escalate
from makegood.disputes.selectors.refusals import wrong_stage
from makegood.disputes.states import DECIDING_CLOCKS
from makegood.journal.operations import actor_parameters
from makegood.kernel import sql
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import NotFound
from makegood.parties.models import Program


def breach(ids: Sequence[int]) -> list[Answer]:
    """Flag the clocks of these disputes that are due now; the system's own verb.

    Answers carry ``number``, the kinds of clocks ``warned`` and ``breached`` just now, ``grant``: whether the program
    accepts by itself what it did not decide in time, and ``escalate``: for what cause it is put before somebody now
    (empty: for none). A clock that reached both is told as breached alone.
    Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED, NO_CLOCK_DUE.
    """
    actor = actor_parameters(SYSTEM)
    stages = sorted(stage.value for stage in stages_for(Step.BREACH))
    rows = fetch(sql.load("disputes.breach"), {"dispute_ids": list(ids), "allowed_stages": stages, **actor})
    programs = Program.objects.in_bulk({row[-1] for row in rows if row[-1] is not None})
    granting = {pk for pk, program in programs.items() if grants_on_breach(program.settings)}
    causes: dict[int, str] = {}
    for pk, program in programs.items():
        said = escalation_of(program)
        if said is not None:
            causes |= to_escalate(said, [row[1] for row in rows if row[-1] == pk], actor["at"])
    return [_answer(row, granting, causes) for row in rows]


def _answer(row: tuple[Any, ...], granting: set[int], causes: Mapping[int, str]) -> Answer:
    ordinal, dispute_id, label, stage, warned, breached, program_id = row
    if stage is None:
        return Answer.refused(ordinal - 1, NotFound(), id=dispute_id)
    if stage not in stages_for(Step.BREACH):
        return Answer.refused(ordinal - 1, wrong_stage(label, stage), id=dispute_id)
    if not warned and not breached:
        return Answer.refused(ordinal - 1, errors.NoClockDue(number=label), id=dispute_id)
    grant = program_id in granting and not DECIDING_CLOCKS.isdisjoint(breached)
    escalate = causes.get(dispute_id, "")
    data = {"number": label, "warned": warned, "breached": breached, "grant": grant, "escalate": escalate}
    return Answer(ordinal - 1, ok=True, id=dispute_id, data=data)
