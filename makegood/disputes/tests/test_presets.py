"""The four presets: what they say, what they install, and their windows to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.billing.models import Category, Charge
from makegood.disputes import operations
from makegood.disputes.eligibility import BLOCKED, OK, OVERRIDABLE, WARNED
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute, Finding, Reason, Resolution
from makegood.disputes.policy import CLAIM, compile_policy, parse_rules, presets
from makegood.disputes.policy.base import Moment
from makegood.disputes.selectors.verdicts import claim_verdict, verdicts
from makegood.disputes.states import VOCABULARIES, Origin, ReasonType
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program
from tests.world import World

NOW = datetime(2026, 11, 20, 15, 2, 11, tzinfo=UTC)
MOMENT = Moment(NOW, {1: "America/New_York"})
TICK = timedelta(microseconds=1)
BEFORE_CLOCKS_GO_BACK = datetime(2026, 10, 30, 17, 30, 0, 123_457, tzinfo=UTC)
BEFORE_CLOCKS_GO_FORWARD = datetime(2026, 3, 6, 6, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize("key", presets.keys())
def test_a_preset_parses_compiles_and_says_where_each_rule_comes_from(key: str) -> None:
    found = presets.preset(key)
    rules = parse_rules(found.rules)
    assert {rule["basis"] for rule in found.rules} <= {"source", "help", "default"}
    assert len(compile_policy(rules, MOMENT).hash) == 64
    assert {rule.phase for rule in rules} & CLAIM
    assert set(found.settings["undo_seconds"]) == {"api", "desk", "bulk", "system"}
    assert set(found.settings["decisions"]) <= {"accept", "partial", "reject"}
    assert found.settings["vocabulary"] in VOCABULARIES
    assert found.settings["evidence_files"]["max_files"] == 5
    for words in (found.reasons, found.findings, found.resolutions, found.categories):
        assert len({word["code"] for word in words}) == len(words)
    assert found.reasons
    assert all(reason["label"] and reason["help"] and reason["type"] in set(ReasonType) for reason in found.reasons)
    assert all(finding.get("guideline") for finding in found.findings if finding.get("billable"))
    assert len({finding["hotkey"] for finding in found.findings if "hotkey" in finding}) in {0, 10}
    tied = {code for reason in found.reasons for code in reason.get("categories", ())}
    assert tied <= {category["code"] for category in found.categories}


RULES = {
    "call_marketplace": [
        ("permission", "block"),
        ("billed", "block"),
        ("no_open_dispute", "block"),
        ("never_disputed", "override"),
        ("amount_full", "block"),
        ("window", "block"),
        ("disposition", "warn"),
        ("evidence", "warn"),
    ],
    "lead_credit": [
        ("billed", "block"),
        ("window", "block"),
        ("reason_required", "block"),
        ("explanation", "block"),
        ("reason_allowed", "block"),
        ("amount_full", "block"),
        ("billable_guideline", "warn"),
        ("no_open_dispute", "block"),
        ("never_disputed", "override"),
        ("duplicate_auto", "recommend"),
    ],
    "lead_review": [
        ("answered", "block"),
        ("window", "block"),
        ("recording_enabled", "block"),
        ("reason_required", "block"),
        ("explanation", "warn"),
        ("amount_full", "block"),
        ("no_open_dispute", "block"),
        ("never_disputed", "override"),
        ("short_call_auto", "recommend"),
    ],
    "telecom_billing": [
        ("billed", "block"),
        ("no_open_dispute", "block"),
        ("remaining_amount", "block"),
        ("amount_cap", "block"),
        ("reason_required", "block"),
        ("explanation", "block"),
        ("evidence", "warn"),
    ],
}
SETTINGS: dict[str, dict[str, Any]] = {
    "call_marketplace": {"max_rounds": 1, "reopen": False, "clawback": "proportional", "auto_close": True},
    "lead_credit": {
        "max_rounds": 2,
        "queue": {"order": "fifo", "expedite": False},
        "settlement": "balance_credit",
        "sla": {"decision": {"target_hours": 24, "breach_hours": 48, "clock": "wall"}},
    },
    "lead_review": {
        "settlement": "drop_or_credit",
        "proactive_review": True,
        "sla": {"decision": {"target_business_days": 2, "breach_business_days": 3}},
    },
    "telecom_billing": {"auto_close": False, "reopen": True, "reversal_fee": {"default": "5.00", "max": "25.00"}},
}


@pytest.mark.parametrize("key", presets.keys())
def test_the_presets_are_those_of_the_design(key: str) -> None:
    found = presets.preset(key)
    assert [(rule["type"], rule["severity"]) for rule in found.rules] == RULES[key]
    assert SETTINGS[key].items() <= found.settings.items()


def test_a_preset_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        presets.preset("nothing")


def _program(preset: str) -> Program:
    return operations.install_preset(SYSTEM, preset_key=preset, key=preset.replace("_", "-"), currency="USD")


@pytest.mark.parametrize("key", presets.keys())
def test_installing_makes_every_word_of_the_preset(world: World, key: str) -> None:
    program = _program(key)
    found = presets.preset(key)
    reasons = Reason.objects.filter(program=program).order_by("sort").prefetch_related("categories")
    assert [reason.code for reason in reasons] == [reason["code"] for reason in found.reasons]
    assert [sorted(category.code for category in reason.categories.all()) for reason in reasons] == [
        sorted(reason.get("categories", ())) for reason in found.reasons
    ]
    assert Finding.objects.filter(program=program).count() == len(found.findings)
    resolutions = Resolution.objects.filter(program=program).order_by("sort").values_list("code", "maps_to")
    assert list(resolutions) == [(one["code"], one.get("maps_to")) for one in found.resolutions]
    assert set(Category.objects.values_list("code", flat=True)) >= {one["code"] for one in found.categories}


def test_installing_twice_shares_the_categories(world: World) -> None:
    _program("lead_credit")
    operations.install_preset(SYSTEM, preset_key="lead_credit", key="second")
    assert Category.objects.filter(code="roofing").count() == 1
    assert Category.objects.count() == 10


def _lead(world: World, program: Program, received: datetime, **facts: Any) -> Charge:
    given = {"received_at": received, "occurred_at": received, "billed_at": received, "recording_enabled": True}
    return world.charge(program=program, subkind="lead", lead_channel="phone", **{**given, **facts})


def _file(principal: Principal, charge: Charge, at: datetime, **claim: Any) -> Answer:
    with clock.frozen(at):
        item = SubmitItem(charge.pk, **{"reason": "WRONG_NUMBER", "description": "They wanted a bank.", **claim})
        (answer,) = operations.submit(principal, items=[item], origin=claim.get("origin", Origin.BUYER))
    return answer


@pytest.mark.parametrize("received", [BEFORE_CLOCKS_GO_BACK, BEFORE_CLOCKS_GO_FORWARD, NOW])
def test_a_lead_credit_is_taken_at_exactly_96_hours_and_not_a_microsecond_later(
    world: World, buyer: Principal, received: datetime
) -> None:
    program = _program("lead_credit")
    on_time, late = (_lead(world, program, received) for _ in range(2))
    end = received + timedelta(hours=96)
    for at, result in ((end, OK), (end + TICK, BLOCKED)):
        with clock.frozen(at):
            assert verdicts([late.pk])[late.pk].result == result
    answer = _file(buyer, late, end + TICK)
    assert (answer.ok, answer.code) == (False, "WINDOW_EXPIRED")
    assert answer.message == "Received 4 days ago; the limit is 4 days."
    assert _file(buyer, on_time, end).ok
    assert Dispute.objects.filter(program=program).count() == 1


@pytest.mark.parametrize("received", [BEFORE_CLOCKS_GO_BACK, BEFORE_CLOCKS_GO_FORWARD, NOW])
def test_a_lead_review_is_refused_at_exactly_168_hours_and_taken_a_microsecond_earlier(
    world: World, buyer: Principal, received: datetime
) -> None:
    program = _program("lead_review")
    on_time, late = (_lead(world, program, received, billed_at=None) for _ in range(2))
    end = received + timedelta(hours=168)
    for at, result in ((end - TICK, OK), (end, BLOCKED)):
        with clock.frozen(at):
            assert verdicts([late.pk])[late.pk].result == result
    answer = _file(buyer, late, end)
    assert (answer.ok, answer.code) == (False, "WINDOW_EXPIRED")
    assert answer.message == "Received 7 days ago; the limit is 7 days."
    assert _file(buyer, on_time, end - TICK).ok


def test_a_reason_of_another_trade_is_refused(world: World, buyer: Principal) -> None:
    program = _program("lead_credit")
    legal = Category.objects.get(code="legal")
    charge = _lead(world, program, NOW, category=legal)
    answer = _file(buyer, charge, NOW, reason="GUTTERS_ONLY")
    assert (answer.code, answer.message) == (
        "REASON_NOT_IN_CATEGORY",
        '"Gutters only" is not offered for Legal services.',
    )
    assert _file(buyer, charge, NOW, reason="HAS_A_LAWYER").ok


def test_what_is_billable_by_the_guidelines_is_said_before_filing(world: World) -> None:
    program = _program("lead_credit")
    charge = _lead(world, program, clock.now(), answered=False)
    verdict = claim_verdict(SubmitItem(charge.pk, "WRONG_NUMBER", "They wanted a bank."))
    assert verdict is not None
    assert (verdict.result, [rule.message for rule in verdict.failing]) == (
        WARNED,
        ["By this program's rules a missed call is a valid, billable call."],
    )


LEADS = [
    ({"answered": False}, "NOT_ANSWERED"),
    ({"recording_enabled": False}, "NO_RECORDING"),
    ({"answered": False, "recording_enabled": False, "lead_channel": "form"}, None),
]


@pytest.mark.parametrize(("facts", "code"), LEADS)
def test_rules_for_phone_leads_leave_forms_alone(world: World, facts: dict[str, Any], code: str | None) -> None:
    program = _program("lead_review")
    at = clock.now()
    given = {"received_at": at, "occurred_at": at, "billed_at": at, "recording_enabled": True, "subkind": "lead"}
    charge = world.charge(program=program, **{"lead_channel": "phone", **given, **facts})
    headline = verdicts([charge.pk])[charge.pk].headline
    assert (headline.code if headline else None) == code


def test_a_buyer_needs_a_reason_where_the_web_service_does_not(world: World) -> None:
    program = _program("telecom_billing")
    charge = world.charge(program=program)
    item = SubmitItem(charge.pk, "", "The rate is wrong.", amount_micros=9_990_000)
    asked = {origin: claim_verdict(item, origin) for origin in (Origin.BUYER, Origin.API)}
    codes = {origin: [rule.code for rule in v.failing] if v else None for origin, v in asked.items()}
    assert codes == {Origin.BUYER: ["REASON_REQUIRED"], Origin.API: []}


def test_telecom_takes_a_part_and_names_the_most(world: World) -> None:
    program = _program("telecom_billing")
    charge = world.charge(program=program)
    for micros, codes in ((45_000_000, []), (45_000_001, ["AMOUNT_TOO_HIGH"]), (0, ["AMOUNT_TOO_HIGH"])):
        verdict = claim_verdict(SubmitItem(charge.pk, "WRONG_PRICE", "Too much.", amount_micros=micros))
        assert verdict is not None
        assert [rule.code for rule in verdict.failing] == codes
        if not micros:
            assert verdict.failing[0].message == "The amount has to be above zero."


def test_a_decided_lead_is_final_for_buyers(world: World, buyer: Principal, manager: Principal) -> None:
    program = _program("lead_credit")
    charge = _lead(world, program, clock.now())
    answer = _file(buyer, charge, clock.now())
    with clock.shifted(timedelta(seconds=1)):
        Dispute.objects.filter(pk=answer.id).update(stage="closed", closed_at=clock.now())
    assert verdicts([charge.pk])[charge.pk].result == OVERRIDABLE
