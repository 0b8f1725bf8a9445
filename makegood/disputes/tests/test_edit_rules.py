"""Editing runs the rules of the frozen version again: reason, words, amount and type; resolutions at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from makegood.billing.models import Category
from makegood.disputes import operations
from makegood.disputes.entries import EditItem, SubmitItem
from makegood.disputes.models import Dispute, Reason, Resolution
from makegood.disputes.states import Door, Origin, Stage
from makegood.disputes.tests.money import decide, item
from makegood.journal.models import JournalEvent
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.operations import change_settings
from makegood.parties.states import Verb
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker, World

Rule = Mapping[str, Any]
LONG: Rule = {"type": "explanation", "min_chars": 10, "severity": "block"}
BY_CATEGORY: Rule = {"type": "reason_allowed", "by": "category", "severity": "block"}
SMALL: Rule = {"type": "amount_cap", "pct_of_billed": 50, "severity": "block"}
SMALL_BOTS: Rule = {**SMALL, "reasons": ["BOT"]}


def publish(world: World, *rules: Rule) -> None:
    operations.publish_policy(SYSTEM, program=world.program, rules=list(rules))


def filed(principal: Principal, charge_id: int, origin: Origin = Origin.BUYER, **facts: Any) -> Dispute:
    claim = SubmitItem(charge_id, **{"reason": "SPAM", "description": "Automated voice", **facts})
    (answer,) = operations.submit(principal, items=[claim], origin=origin)
    assert answer.ok, answer
    return Dispute.objects.get(pk=answer.id)


def edit(principal: Principal, dispute: Dispute, **changes: Any) -> Answer:
    (answer,) = operations.edit(principal, items=[EditItem(dispute.pk, changes)])
    return answer


def test_words_are_judged_again(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, LONG)
    dispute = filed(buyer, make_charge().pk)
    with unchanged():
        answer = edit(buyer, dispute, description=" Beep ")
    refused(answer, "EXPLANATION_REQUIRED", "Please add a few words.")
    assert answer.data["policy"] == f"{world.program.key}@2"
    assert edit(buyer, dispute, description="A recorded voice").ok


def test_version_the_dispute_was_filed_under_counts(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, {"type": "billed", "severity": "block"})
    dispute = filed(buyer, make_charge().pk)
    publish(world, LONG)
    assert edit(buyer, dispute, description="Beep").ok


def test_reason_is_judged_by_the_category(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, BY_CATEGORY)
    roofing = Category.objects.create(code="roofing", name="Roofing")
    other = Category.objects.create(code="plumbing", name="Plumbing")
    Reason.objects.get(program=world.program, code="BOT").categories.add(other)
    dispute = filed(buyer, make_charge(category=roofing).pk)
    with unchanged():
        answer = edit(buyer, dispute, reason="BOT")
    refused(answer, "REASON_NOT_IN_CATEGORY", '"Bot traffic" is not offered for Roofing.')
    assert edit(buyer, dispute, reason="PRANK").ok


def test_amount_is_judged_again(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, SMALL)
    dispute = filed(buyer, make_charge().pk, amount_micros=1_000_000)
    with unchanged():
        answer = edit(buyer, dispute, amount_micros=22_500_001)
    refused(answer, "AMOUNT_TOO_HIGH", "You asked $22.500001; at most $22.50 can be disputed.")
    assert edit(buyer, dispute, amount_micros=22_500_000).ok


def test_reason_can_break_a_rule_about_the_amount(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, SMALL_BOTS)
    dispute = filed(buyer, make_charge().pk)
    with unchanged():
        answer = edit(buyer, dispute, reason="BOT")
    refused(answer, "AMOUNT_TOO_HIGH", "You asked $45.00; at most $22.50 can be disputed.")
    assert edit(buyer, dispute, reason="BOT", amount_micros=20_000_000).ok


def test_what_was_so_before_stands_in_nobodys_way(make_charge: ChargeMaker, csr: Principal, world: World) -> None:
    publish(world, {**SMALL, "severity": "override"})
    dispute = filed(csr, make_charge().pk, Origin.CSR, override_cause="The plan was wrong")
    assert edit(csr, dispute, description="A recorded voice").ok
    assert edit(csr, dispute, amount_micros=40_000_000).ok


def test_rule_that_can_be_overridden_stops_an_edit_without_a_cause(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    publish(world, {**SMALL, "severity": "override"})
    dispute = filed(buyer, make_charge().pk, amount_micros=1_000_000)
    with unchanged():
        answer = edit(buyer, dispute, amount_micros=40_000_000)
    refused(answer, "AMOUNT_TOO_HIGH", "You asked $40.00; at most $22.50 can be disputed.")


def test_warning_stops_nobody(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, {**LONG, "severity": "warn"})
    dispute = filed(buyer, make_charge().pk)
    assert edit(buyer, dispute, description="Beep").ok


def test_machine_takes_the_reason_away_where_it_needs_none(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    publish(world, {"type": "reason_required", "severity": "block", "origins": ["buyer"]})
    by_person, by_machine = filed(buyer, make_charge().pk), filed(buyer, make_charge().pk, Origin.API)
    with unchanged():
        answer = edit(buyer, by_person, reason="")
    refused(answer, "REASON_REQUIRED", "Please choose a reason.")
    assert edit(buyer, by_machine, reason="").ok
    by_machine.refresh_from_db()
    assert (by_machine.reason_id, by_machine.type) == (None, "")


def test_type_follows_the_reason_unless_it_is_given(make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    for changes, expected in (
        ({"reason": "TECHNICAL"}, "product"),
        ({"type": "fraud"}, "fraud"),
        ({"type": None}, "product"),
        ({"reason": "BOT", "type": "billing"}, "billing"),
    ):
        assert edit(buyer, dispute, **changes).ok
        assert Dispute.objects.get(pk=dispute.pk).type == expected
    first, second, *_ = JournalEvent.objects.filter(event="dispute.edited").order_by("id")
    assert first.changes["before"] == {"reason": "SPAM", "type": "quality"}
    assert first.changes["after"] == {"reason": "TECHNICAL", "type": "product"}
    assert (second.changes["before"], second.changes["after"]) == ({"type": "product"}, {"type": "fraud"})


def test_resolution_changes_while_open_and_decides_nothing(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_close": False})
    Resolution.objects.create(program=world.program, code="GOODWILL", label="Goodwill")
    dispute = make_dispute()
    assert edit(buyer, dispute, resolution="GOODWILL").ok
    decide(manager, item(dispute), door=Door.API)
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.resolution and dispute.resolution.code) == (Stage.RESOLVED, "GOODWILL")
    assert edit(buyer, dispute, resolution="").ok
    assert Dispute.objects.get(pk=dispute.pk).resolution_id is None


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"type": "noise"},
            "UNKNOWN_TYPE",
            '"noise" is nothing a dispute can be about; it is billing, product, fraud or quality.',
        ),
        ({"resolution": "NONE"}, "UNKNOWN_RESOLUTION", '"NONE" is no resolution of this program.'),
    ],
)
def test_edit_to_what_is_not_offered(
    make_dispute: DisputeMaker, buyer: Principal, changes: dict[str, Any], code: str, message: str
) -> None:
    dispute = make_dispute()
    with unchanged():
        answer = edit(buyer, dispute, **changes)
    refused(answer, code, message)


def test_type_stays_after_a_decision(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_close": False})
    dispute = make_dispute()
    decide(manager, item(dispute), door=Door.API)
    with unchanged():
        answer = edit(buyer, dispute, type="fraud")
    refused(answer, "ALREADY_DECIDED", f"{dispute} was already decided.")


def test_who_may_edit_may_also_decide_and_who_may_not_does_not(
    make_dispute: DisputeMaker, buyer: Principal, biller: Principal
) -> None:
    dispute = make_dispute()
    assert edit(biller, dispute, description="Better").ok
    without = replace(buyer, verbs=buyer.verbs - {Verb.DISPUTE_EDIT})
    with unchanged(), pytest.raises(NotPermitted) as raised:
        edit(without, dispute, description="Worse")
    assert raised.value.message == 'This needs the permission "dispute.edit"; an administrator can grant it.'


def test_amount_of_a_report_without_money(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, {"type": "billed", "severity": "block"})
    dispute = filed(buyer, make_charge().pk)
    with unchanged():
        answer = edit(buyer, dispute, amount_micros=0)
    refused(answer, "AMOUNT_NOT_POSITIVE", "The amount has to be above zero.")
    change_settings(SYSTEM, program=world.program, settings={"no_money": True})
    assert edit(buyer, dispute, amount_micros=0).ok
