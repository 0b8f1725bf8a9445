"""Inside the undo window nothing that the submitting side reads or is answered differs from a case in review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, EditItem, Ref, SubmitItem, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.states import DecisionKind
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.world import ChargeMaker, World

PART = 20_000_000
AMOUNTS = (None, 45_000_000, PART, 1)
AMOUNT_RULES = [{"type": kind, "severity": "block"} for kind in ("amount_full", "amount_cap", "remaining_amount")]
OPEN_RULE = {"type": "no_open_dispute", "severity": "block"}


@pytest.mark.parametrize("rules", [[*AMOUNT_RULES, OPEN_RULE], [OPEN_RULE, *AMOUNT_RULES], AMOUNT_RULES, []])
@pytest.mark.parametrize("kind", DecisionKind)
def test_what_a_waiting_decision_holds_is_not_told(
    rules: list[Mapping[str, Any]],
    kind: DecisionKind,
    make_charge: ChargeMaker,
    buyer: Principal,
    manager: Principal,
    world: World,
) -> None:
    operations.publish_policy(SYSTEM, program=world.program, rules=[{"type": "billed", "severity": "block"}, *rules])
    charge = make_charge()
    (filed,) = operations.submit(buyer, items=[SubmitItem(charge.pk, "SPAM", "Automated voice")])

    def told() -> list[object]:
        (said,) = verdicts([charge.pk]).values()
        claims = [SubmitItem(charge.pk, "SPAM", "Automated voice", micros) for micros in AMOUNTS]
        answers = [operations.submit(buyer, items=[claim])[0] for claim in claims]
        return [said.result, said.rules, *((answer.code, answer.message, answer.data) for answer in answers)]

    before = told()
    micros = PART if kind is DecisionKind.PARTIAL else None
    (decided,) = operations.decide(manager, items=[DecisionItem(filed.id or 0, kind, micros, note="As heard.")])
    assert decided.ok
    assert told() == before


def test_verbs_of_the_submitting_side_are_refused_as_in_review(
    make_charge: ChargeMaker, buyer: Principal, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reopen": True, "max_rounds": 3})
    (filed,) = operations.submit(buyer, items=[SubmitItem(make_charge().pk, "SPAM", "Automated voice")])
    pk = filed.id or 0
    operations.decide(manager, items=[DecisionItem(pk, DecisionKind.REJECT, note="As heard.")])
    asked = [
        operations.withdraw(buyer, items=[Ref(pk)]),
        operations.edit(buyer, items=[EditItem(pk, {"description": "more"})]),
        operations.provide_info(buyer, items=[WordsItem(pk, "An answer.")]),
        operations.request_re_review(buyer, items=[WordsItem(pk, "Listen again.")]),
    ]
    sentence = f"{Dispute.objects.get(pk=pk)} is being reviewed, so this step is not possible."
    assert {(answer.code, answer.message) for (answer,) in asked} == {("WRONG_STAGE", sentence)}
