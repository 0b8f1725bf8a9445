"""Rules as data: what is refused while reading, and how a policy compiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.disputes.eligibility import CHARGE_PHASES, granting, masks_of, queue_of, suggestion_of
from makegood.disputes.policy import (
    RULE_TYPES,
    Phase,
    Rule,
    RuleError,
    Severity,
    compile_policy,
    parse_rule,
    parse_rules,
)
from makegood.disputes.policy.base import Hint, Missing, Moment
from makegood.disputes.policy.budget import Budget
from makegood.disputes.policy.catalog import SHARED
from makegood.disputes.policy.gate import Gate

NOW = datetime(2026, 11, 20, 15, 2, 11, tzinfo=UTC)
MOMENT = Moment(NOW, {1: "America/New_York", 2: "Asia/Kolkata"})
BUDGET = {"count": 3}
ANCHORS = "; it is one of received, billed, invoiced, due, period_end"

REFUSED = [
    ({}, "UNKNOWN_RULE", 'there is no rule type "None"'),
    ({"type": "vibes", "severity": "block"}, "UNKNOWN_RULE", 'there is no rule type "vibes"'),
    (
        {"type": "billed", "severity": "block", "limit": 3},
        "UNKNOWN_PARAMETER",
        'rule "billed" has no parameter "limit"',
    ),
    ({"type": "window", "amount": "7"}, "BAD_PARAMETER", 'parameter "amount" of rule "window" cannot be \'7\''),
    ({"type": "window", "amount": True}, "BAD_PARAMETER", 'parameter "amount" of rule "window" cannot be True'),
    ({"type": "window", "amount": 1.5}, "BAD_PARAMETER", 'parameter "amount" of rule "window" cannot be 1.5'),
    ({"type": "window", "inclusive": 1}, "BAD_PARAMETER", 'parameter "inclusive" of rule "window" cannot be 1'),
    (
        {"type": "window", "anchor": None},
        "BAD_PARAMETER",
        f'parameter "anchor" of rule "window" cannot be None{ANCHORS}',
    ),
    (
        {"type": "window", "anchor": "paid"},
        "BAD_PARAMETER",
        f'parameter "anchor" of rule "window" cannot be \'paid\'{ANCHORS}',
    ),
    (
        {"type": "window", "unit": "weeks"},
        "BAD_PARAMETER",
        'parameter "unit" of rule "window" cannot be \'weeks\'; it is one of hours, days, business_days',
    ),
    (
        {"type": "window", "amount": 0},
        "BAD_PARAMETER",
        "a window is longer than nothing; leave the amount out to switch it off",
    ),
    (
        {"type": "never_disputed", "max": False},
        "BAD_PARAMETER",
        'parameter "max" of rule "never_disputed" cannot be False',
    ),
    (
        {"type": "disposition", "allow": "ok"},
        "BAD_PARAMETER",
        'parameter "allow" of rule "disposition" cannot be \'ok\'',
    ),
    ({"type": "disposition", "allow": [1]}, "BAD_PARAMETER", 'parameter "allow" of rule "disposition" cannot be [1]'),
    (
        {"type": "disposition", "allow": ["a"], "deny": ["b"]},
        "BAD_PARAMETER",
        "a disposition rule has a list that is allowed or a list that is denied, not both",
    ),
    ({"type": "amount_cap", "pct_of_billed": 0}, "BAD_PARAMETER", "pct_of_billed is a whole number from 1 to 100"),
    ({"type": "cap_percent", "pct": 101}, "BAD_PARAMETER", "pct is a whole number from 1 to 100"),
    ({"type": "cap_percent", "window_days": 0}, "BAD_PARAMETER", "window_days is above zero"),
    ({"type": "billed", "reasons": "SPAM"}, "BAD_PARAMETER", 'parameter "reasons" of rule "billed" cannot be \'SPAM\''),
    ({"type": "billed", "applies_to": [7]}, "BAD_PARAMETER", 'parameter "applies_to" of rule "billed" cannot be [7]'),
    ({"type": "billed", "queue": 7}, "BAD_PARAMETER", 'parameter "queue" of rule "billed" cannot be 7'),
    ({"type": "billed", "budget": 7}, "BAD_PARAMETER", 'parameter "budget" of rule "billed" cannot be 7'),
    (
        {"type": "billed", "budget": {"days": 7}},
        "UNKNOWN_PARAMETER",
        'the budget of rule "billed" has no parameter "days"',
    ),
    (
        {"type": "billed", "budget": {"per": "user"}},
        "BAD_PARAMETER",
        'parameter "per" of the budget of rule "billed" cannot be \'user\'; it is one of customer, program',
    ),
    ({"type": "billed", "severity": "fatal"}, "BAD_SEVERITY", "rule \"billed\": 'fatal' is not a valid Severity"),
    ({"type": "billed", "severity": None}, "BAD_SEVERITY", "rule \"billed\": 'None' is not a valid Severity"),
    ({"type": "billed", "on_missing": "?"}, "BAD_MISSING", "rule \"billed\": '?' is not a valid Missing"),
    (
        {"type": "duplicate_hint", "severity": "block"},
        "BAD_SEVERITY",
        'rule "duplicate_hint" never stops anybody; it warns, recommends, grants or routes',
    ),
    (
        {"type": "billed", "severity": "auto_accept", "budget": BUDGET},
        "BAD_SEVERITY",
        'rule "billed" cannot grant; only rules of the phase auto can',
    ),
    (
        {"type": "short_call_auto", "severity": "auto_accept", "budget": BUDGET, "on_missing": "fail"},
        "BAD_MISSING",
        'rule "short_call_auto" cannot grant what it knows nothing of; on_missing is pass or warn',
    ),
    (
        {"type": "short_call_auto", "severity": "auto_accept", "budget": {"per": "program"}},
        "BAD_PARAMETER",
        'rule "short_call_auto" grants within a budget: name count or micros',
    ),
]


@pytest.mark.parametrize(("data", "code", "sentence"), REFUSED)
def test_a_rule_that_cannot_be_read_is_refused_in_words(data: Mapping[str, Any], code: str, sentence: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse_rule({"severity": "block", **data} if data else data)
    assert (raised.value.code, str(raised.value)) == (code, sentence)


def test_one_bad_rule_refuses_the_policy() -> None:
    with pytest.raises(RuleError, match="vibes"):
        parse_rules([{"type": "billed", "severity": "block"}, {"type": "vibes", "severity": "block"}])


TABLE = {
    "billed": "NOT_BILLED",
    "window": "WINDOW_EXPIRED",
    "window_opens": "TOO_EARLY",
    "answered": "NOT_ANSWERED",
    "recording_enabled": "NO_RECORDING",
    "no_open_dispute": "ALREADY_DISPUTED",
    "never_disputed": "DISPUTE_FINAL",
    "remaining_amount": "FULLY_CREDITED",
    "amount_cap": "AMOUNT_TOO_HIGH",
    "amount_min": "AMOUNT_TOO_LOW",
    "amount_full": "AMOUNT_NOT_FULL",
    "duration": "DURATION_OUT_OF_RANGE",
    "disposition": "DISPOSITION_NOT_DISPUTABLE",
    "kind": "KIND_NOT_DISPUTABLE",
    "invoice_status": "INVOICE_NOT_DISPUTABLE",
    "reason_allowed": "REASON_NOT_IN_CATEGORY",
    "reason_required": "REASON_REQUIRED",
    "explanation": "EXPLANATION_REQUIRED",
    "evidence": "EVIDENCE_REQUIRED",
    "cap_count": "BUYER_DAILY_CAP",
    "cap_percent": "BUYER_RATE_CAP",
    "account_standing": "ACCOUNT_NOT_IN_GOOD_STANDING",
    "permission": "DISPUTES_DISABLED",
    "billable_guideline": "VALID_CALL_GUIDELINE",
    "duplicate_hint": "LIKELY_DUPLICATE",
    "duplicate_auto": "AUTO_DUPLICATE",
    "short_call_auto": "AUTO_SHORT",
    "small_amount_auto": "AUTO_SMALL",
}
"""Every rule type the design names, with its code."""


def test_every_rule_type_of_the_design_exists() -> None:
    assert {name: kind.code for name, kind in RULE_TYPES.items()} == TABLE


@pytest.mark.parametrize("name", sorted(RULE_TYPES))
def test_every_rule_type_is_read_with_its_severity_and_its_defaults(name: str) -> None:
    rule = parse_rule({"type": name, "severity": "warn", "basis": "default"})
    assert isinstance(rule, RULE_TYPES[name])
    assert (rule.type, rule.severity, rule.gate, rule.budget) == (name, Severity.WARN, Gate(), None)
    assert (rule.on_missing is Missing.PASS) == (isinstance(rule, Hint) or name == "reason_allowed")
    assert rule.code.isupper()
    assert set(rule.parameters()) == {field.name for field in fields(rule)} - SHARED


def test_parameters_gates_and_the_meaning_of_unknown_facts_are_kept() -> None:
    rule = parse_rule(
        {
            "type": "disposition",
            "severity": "route",
            "allow": ["a", "b"],
            "on_missing": "pass",
            "origins": ["api"],
            "queue": "q",
            "budget": {"count": 3, "micros": 9, "per": "program", "period": "day"},
        }
    )
    assert (rule.on_missing, rule.queue) == (Missing.PASS, "q")
    assert rule.parameters() == {"origins": ("api",), "allow": ("a", "b"), "deny": ()}
    assert rule.budget == Budget(3, 9, "program", "day")
    assert rule.gate == Gate(origins=("api",))


def test_a_budget_has_a_counter_and_a_period() -> None:
    budget = Budget(3, period="week")
    assert budget.key("AUTO_SHORT") == "budget:AUTO_SHORT:week"
    assert budget.start(NOW, "America/New_York").isoformat() == "2026-11-16T05:00:00+00:00"


def _rules(*data: Mapping[str, Any]) -> tuple[Rule, ...]:
    return parse_rules([{"severity": "block", **rule} for rule in data])


EVERY_TYPE = [{"type": name, "severity": "warn"} for name in sorted(RULE_TYPES)]
HOSTILE = "x') OR true --"


def test_parameters_are_bound_and_never_part_of_the_text() -> None:
    rules = _rules(
        {"type": "disposition", "allow": [HOSTILE]}, {"type": "window", "amount": 4711}, {"type": "disposition"}
    )
    compiled = compile_policy(rules, MOMENT)
    assert HOSTILE not in compiled.fail_mask
    assert "4711" not in compiled.fail_mask
    assert compiled.params == {"r0_allow": [HOSTILE], "r1_cut": NOW - timedelta(hours=4711), "r2_allow": []}
    assert all(f"%({name})s" in compiled.fail_mask for name in compiled.params)


def test_the_hash_is_of_the_text_and_not_of_the_parameters() -> None:
    short, long = (compile_policy(_rules({"type": "window", "amount": hours}), MOMENT) for hours in (1, 2))
    other = compile_policy(_rules({"type": "window", "amount": 1, "inclusive": True}), MOMENT)
    assert short.hash == long.hash != other.hash
    assert len(short.hash) == 64


def test_a_bit_keeps_its_place_whatever_the_phases() -> None:
    rules = _rules(*EVERY_TYPE)
    charge, whole = compile_policy(rules, MOMENT, CHARGE_PHASES), compile_policy(rules, MOMENT)
    for place, rule in enumerate(rules):
        bit = f"* {1 << place}::bigint"
        assert bit in whole.fail_mask
        assert (bit in charge.fail_mask) == (rule.phase is Phase.CHARGE)
    assert "i.files" in whole.facts
    assert "i.files" not in charge.facts


def test_an_unknown_fact_fails_passes_or_warns_as_the_rule_says() -> None:
    rules = [
        parse_rule({"type": "window", "severity": "block", "amount": 1, "on_missing": word})
        for word in ("fail", "pass", "warn")
    ]
    compiled = compile_policy(rules, MOMENT)
    assert [part.rpartition(", ")[2].partition(")")[0] for part in compiled.fail_mask.split(" + ")[1:]] == [
        "false",
        "true",
        "true",
    ]
    assert "IS NULL)::int * 4::bigint" in compiled.missing_mask
    assert compiled.missing_mask.count("IS NULL") == 1


def test_masks_tell_what_blocks_and_what_can_be_overridden() -> None:
    severities = ("block", "override", "warn", "block", "recommend")
    rules = parse_rules([{"type": "billed", "severity": word} for word in severities])
    assert masks_of(rules) == (0b01001, 0b00010)


def test_a_policy_of_more_rules_than_a_mask_holds_is_refused() -> None:
    compile_policy(_rules(*[{"type": "billed"}] * 60), MOMENT)
    with pytest.raises(RuleError, match="a policy has at most 60 rules, not 61") as raised:
        compile_policy(_rules(*[{"type": "billed"}] * 61), MOMENT)
    assert raised.value.code == "TOO_MANY_RULES"


def test_a_calendar_that_does_not_exist_is_refused() -> None:
    rule = {"type": "window", "amount": 2, "unit": "business_days", "calendar": "moon"}
    with pytest.raises(RuleError, match='there is no calendar "moon"'):
        compile_policy(_rules(rule), MOMENT)


def test_a_join_that_two_rules_need_is_made_once() -> None:
    due, paid = {"type": "window", "anchor": "invoiced", "amount": 1}, {"type": "invoice_status"}
    assert compile_policy(_rules(due, paid), MOMENT).joins.count("billing_invoice inv") == 1
    assert compile_policy(_rules({"type": "billed"}), MOMENT).joins == ""


def test_two_policies_fit_one_statement() -> None:
    compiled = compile_policy(_rules({"type": "disposition", "allow": ["ok"]}), MOMENT)
    other = compiled.prefixed("b_")
    assert "%(b_r0_allow)s" in other.fail_mask
    assert other.params == {"b_r0_allow": ["ok"]}


GRANTS: list[dict[str, Any]] = [
    {"type": "duplicate_hint", "severity": "route", "queue": "twice"},
    {"type": "billable_guideline", "severity": "recommend", "findings": ["voicemail"]},
    {"type": "duplicate_auto", "severity": "recommend"},
    {"type": "short_call_auto", "severity": "auto_accept", "budget": BUDGET},
    {"type": "small_amount_auto", "severity": "auto_accept", "budget": BUDGET, "micros": 5},
]


def test_the_mask_says_what_is_granted_recommended_and_routed() -> None:
    rules = parse_rules(GRANTS)
    assert granting(rules, 0b11111) == (3, 4)
    assert granting(rules, 0b10111) == (4,)
    assert granting(rules, 0b00111) == ()
    assert (queue_of(rules, 0b00001), queue_of(rules, 0b00010)) == ("twice", "")
    for mask, decision, code in ((0b00110, "reject", "VALID_CALL_GUIDELINE"), (0b01000, "accept", "AUTO_SHORT")):
        found = suggestion_of(rules, mask, {}, NOW)
        assert found is not None
        assert (found["decision"], found["code"]) == (decision, code)
    assert suggestion_of(rules, 0b00001, {}, NOW) is None
