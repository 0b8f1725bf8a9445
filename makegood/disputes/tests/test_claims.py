"""What a claim may say: reasons by category, types, resolutions, reports without money, and what rules suggest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from makegood.billing.models import Category
from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, SubmitItem
from makegood.disputes.models import Dispute, Reason, Resolution
from makegood.disputes.states import Origin, Outcome, ReasonType
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, World

Rules = list[Mapping[str, Any]]


def claim(charge_id: int, **facts: Any) -> SubmitItem:
    return SubmitItem(charge_id, **{"reason": "SPAM", "description": "Automated voice", **facts})


def file(principal: Principal, item: SubmitItem, origin: Origin = Origin.BUYER) -> Answer:
    (answer,) = operations.submit(principal, items=[item], origin=origin)
    return answer


def publish(world: World, *rules: Mapping[str, Any]) -> None:
    operations.publish_policy(SYSTEM, program=world.program, rules=list(rules))


def test_type_is_taken_from_the_reason_or_as_given(make_charge: ChargeMaker, buyer: Principal) -> None:
    taken, given = file(buyer, claim(make_charge().pk)), file(buyer, claim(make_charge().pk, type="fraud"))
    types = [Dispute.objects.get(pk=answer.id).type for answer in (taken, given)]
    assert types == [ReasonType.QUALITY, ReasonType.FRAUD]


def test_resolution_is_kept_as_filed_and_decides_nothing(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    denied = Resolution.objects.create(program=world.program, code="DENIED", label="Denied", maps_to=Outcome.REJECTED)
    answer = file(buyer, claim(make_charge().pk, resolution="DENIED"))
    dispute = Dispute.objects.get(pk=answer.id)
    assert (dispute.resolution_id, dispute.outcome, dispute.stage) == (denied.pk, None, "pending")


@pytest.mark.parametrize(
    ("facts", "code", "message"),
    [
        (
            {"type": "nonsense"},
            "UNKNOWN_TYPE",
            '"nonsense" is nothing a dispute can be about; it is billing, product, fraud or quality.',
        ),
        ({"resolution": "OLD"}, "UNKNOWN_RESOLUTION", '"OLD" is no resolution of this program.'),
        ({"resolution": "NONE"}, "UNKNOWN_RESOLUTION", '"NONE" is no resolution of this program.'),
    ],
)
def test_claim_that_names_what_is_not_offered(
    make_charge: ChargeMaker, buyer: Principal, world: World, facts: dict[str, Any], code: str, message: str
) -> None:
    Resolution.objects.create(program=world.program, code="OLD", label="Old", is_active=False)
    charge = make_charge()
    with unchanged():
        answer = file(buyer, claim(charge.pk, **facts))
    refused(answer, code, message)


def test_machine_files_without_a_reason_where_only_people_give_one(
    make_charge: ChargeMaker, buyer: Principal, csr: Principal, world: World
) -> None:
    publish(world, {"type": "reason_required", "severity": "block", "origins": ["buyer", "csr"]})
    charge = make_charge()
    with unchanged():
        answers = [file(buyer, claim(charge.pk, reason="")), file(csr, claim(charge.pk, reason=""), Origin.CSR)]
    for answer in answers:
        refused(answer, "REASON_REQUIRED", "Please choose a reason.")
    filed = Dispute.objects.get(pk=file(buyer, claim(charge.pk, reason=""), Origin.API).id)
    assert (filed.reason_id, filed.type, filed.origin) == (None, "", Origin.API)
    again = file(buyer, claim(make_charge().pk, reason="", type="billing"), Origin.IMPORT)
    assert Dispute.objects.get(pk=again.id).type == ReasonType.BILLING


def test_unknown_reason_is_refused_for_machines_too(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, {"type": "reason_required", "severity": "block", "origins": ["buyer"]})
    charge = make_charge()
    with unchanged():
        answer = file(buyer, claim(charge.pk, reason="NONE"), Origin.API)
    refused(answer, "REASON_REQUIRED", "Please choose a reason that this program offers.")


def test_reason_belongs_to_the_category(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, {"type": "reason_allowed", "by": "category", "severity": "block"})
    roofing, plumbing = (Category.objects.create(code=code, name=code.title()) for code in ("roofing", "plumbing"))
    Reason.objects.get(program=world.program, code="SPAM").categories.add(plumbing)
    here, there = make_charge(category=plumbing), make_charge(category=roofing)
    with unchanged():
        answer = file(buyer, claim(there.pk))
    refused(answer, "REASON_NOT_IN_CATEGORY", '"Spam" is not offered for Roofing.')
    assert file(buyer, claim(here.pk)).ok
    assert file(buyer, claim(there.pk, reason="BOT")).ok


def test_draft_keeps_only_a_reason_of_its_category(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    roofing, plumbing = (Category.objects.create(code=code, name=code.title()) for code in ("roofing", "plumbing"))
    Reason.objects.get(program=world.program, code="SPAM").categories.add(plumbing)
    items = [DraftItem(make_charge(category=c).pk, "SPAM", "Beep") for c in (roofing, plumbing, None)]
    drafts = [Dispute.objects.get(pk=a.id) for a in operations.save_draft(buyer, items=items)]
    assert [draft.reason.code if draft.reason else "" for draft in drafts] == ["", "SPAM", ""]
    assert [draft.description for draft in drafts] == ["Beep"] * 3


def test_report_without_money_needs_a_program_that_takes_it(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    publish(world, {"type": "billed", "severity": "block"})
    free, paid = make_charge(billed_micros=0, payout_micros=0), make_charge()
    with unchanged():
        answers = [file(buyer, claim(free.pk)), file(buyer, claim(paid.pk, amount_micros=0))]
    refused(answers[0], "AMOUNT_EXCEEDS_REMAINING", "Only $0.00 of this charge is left.")
    refused(answers[1], "AMOUNT_NOT_POSITIVE", "The amount has to be above zero.")
    change_settings(SYSTEM, program=world.program, settings={"no_money": True})
    for item in (claim(free.pk), claim(paid.pk, amount_micros=0)):
        answer = file(buyer, item)
        assert answer.data["amount_micros"] == Dispute.objects.get(pk=answer.id).amount_micros == 0


def test_below_nothing_is_refused_even_there(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    change_settings(SYSTEM, program=world.program, settings={"no_money": True})
    charge = make_charge()
    with unchanged():
        answer = file(buyer, claim(charge.pk, amount_micros=-1))
    refused(answer, "AMOUNT_NOT_POSITIVE", "The amount has to be above zero.")


def test_what_rules_suggest_is_kept_for_the_reviewer(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(
        world,
        {"type": "billed", "severity": "block"},
        {"type": "short_call_auto", "max_s": 20, "severity": "recommend"},
        {"type": "duplicate_hint", "hours": 24, "severity": "route", "queue": "repeats"},
    )
    make_charge(caller_e164="+12125550199")
    short = make_charge(duration_s=4, speech_s=0, caller_e164="+12125550199")
    plain = make_charge(caller_e164="+12125550100")
    kept, nothing = (Dispute.objects.get(pk=file(buyer, claim(c.pk)).id) for c in (short, plain))
    assert kept.suggestion == {
        "policy": f"{world.program.key}@2",
        "rules": [
            {"code": "AUTO_SHORT", "place": 1, "severity": "recommend", "outcome": "accepted"},
            {"code": "LIKELY_DUPLICATE", "place": 2, "severity": "route", "queue": "repeats"},
        ],
    }
    assert (nothing.suggestion, kept.stage) == (None, "pending")


def test_preset_of_bills_takes_machines_at_their_word(make_charge: ChargeMaker, buyer: Principal) -> None:
    bills = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="bills", currency="USD")
    charges = [make_charge(program=bills).pk for _ in range(2)]
    with unchanged():
        by_person = file(buyer, claim(charges[0], reason=""))
    refused(by_person, "REASON_REQUIRED", "Please choose a reason.")
    by_machine = file(buyer, claim(charges[0], reason="", amount_micros=9_990_000), Origin.API)
    assert (by_machine.ok, by_machine.data["amount_micros"]) == (True, 9_990_000)
    with unchanged():
        silent = file(buyer, claim(charges[1], reason="", description=" "), Origin.API)
    refused(silent, "EXPLANATION_REQUIRED", "Please add a few words.")
