"""Rules as data: what is refused while reading, how a policy compiles, what each rule says, the preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.disputes.eligibility import CHARGE_PHASES, masks_of
from makegood.disputes.policy import (
    CLAIM,
    RULE_TYPES,
    Phase,
    Rule,
    RuleError,
    Severity,
    compile_policy,
    parse_rule,
    parse_rules,
    presets,
)
from makegood.disputes.policy.base import Missing, Moment

NOW = datetime(2026, 11, 20, 15, 2, 11, tzinfo=UTC)
MOMENT = Moment(NOW, {1: "America/New_York", 2: "Asia/Kolkata"})

REFUSED = [
    ({}, 'there is no rule type "None"'),
    ({"type": "vibes", "severity": "block"}, 'there is no rule type "vibes"'),
    ({"type": "billed", "severity": "block", "limit": 3}, 'rule "billed" has no parameter "limit"'),
    ({"type": "window", "severity": "block", "amount": "7"}, 'parameter "amount" of rule "window" cannot be \'7\''),
    ({"type": "window", "severity": "block", "amount": True}, 'parameter "amount" of rule "window" cannot be True'),
    ({"type": "window", "severity": "block", "amount": 1.5}, 'parameter "amount" of rule "window" cannot be 1.5'),
    ({"type": "window", "severity": "block", "inclusive": 1}, 'parameter "inclusive" of rule "window" cannot be 1'),
    ({"type": "window", "severity": "block", "anchor": None}, 'parameter "anchor" of rule "window" cannot be None'),
    (
        {"type": "window", "severity": "block", "anchor": "paid"},
        'a window is anchored at received or billed, not at "paid"',
    ),
    (
        {"type": "window", "severity": "block", "unit": "weeks"},
        'a window is counted in hours, days, business_days, not in "weeks"',
    ),
    (
        {"type": "window", "severity": "block", "amount": 0},
        "a window is longer than nothing; leave the amount out to switch it off",
    ),
    (
        {"type": "never_disputed", "severity": "block", "max": False},
        'parameter "max" of rule "never_disputed" cannot be False',
    ),
    (
        {"type": "disposition", "severity": "warn", "allow": "ok"},
        'parameter "allow" of rule "disposition" cannot be \'ok\'',
    ),
    (
        {"type": "disposition", "severity": "warn", "allow": [1]},
        'parameter "allow" of rule "disposition" cannot be [1]',
    ),
    ({"type": "billed", "severity": "fatal"}, "rule \"billed\": 'fatal' is not a valid Severity"),
    ({"type": "billed"}, "rule \"billed\": 'None' is not a valid Severity"),
    ({"type": "billed", "severity": "block", "on_missing": "?"}, "rule \"billed\": '?' is not a valid Missing"),
]


@pytest.mark.parametrize(("data", "sentence"), REFUSED)
def test_a_rule_that_cannot_be_read_is_refused_in_words(data: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse_rule(data)
    assert str(raised.value) == sentence


def test_one_bad_rule_refuses_the_policy() -> None:
    with pytest.raises(RuleError, match="vibes"):
        parse_rules([{"type": "billed", "severity": "block"}, {"type": "vibes", "severity": "block"}])


@pytest.mark.parametrize("name", sorted(RULE_TYPES))
def test_every_rule_type_is_read_with_its_severity_and_its_defaults(name: str) -> None:
    rule = parse_rule({"type": name, "severity": "warn", "basis": "default"})
    assert isinstance(rule, RULE_TYPES[name])
    assert (rule.type, rule.severity, rule.on_missing) == (name, Severity.WARN, Missing.FAIL)
    assert rule.code.isupper()
    own = {field.name for field in fields(rule)} - {"severity", "on_missing"}
    assert set(rule.limit()) == own


def test_parameters_and_the_meaning_of_unknown_facts_are_kept() -> None:
    rule = parse_rule({"type": "disposition", "severity": "warn", "allow": ["a", "b"], "on_missing": "pass"})
    assert rule.on_missing is Missing.PASS
    assert rule.limit() == {"allow": ("a", "b")}


def _rules(*data: Mapping[str, Any]) -> tuple[Rule, ...]:
    return parse_rules([{"severity": "block", **rule} for rule in data])


EVERY_TYPE = [{"type": name} for name in sorted(RULE_TYPES)]
HOSTILE = "x') OR true --"


def test_parameters_are_bound_and_never_part_of_the_text() -> None:
    rules = _rules(
        {"type": "disposition", "allow": [HOSTILE]}, {"type": "window", "amount": 4711}, {"type": "disposition"}
    )
    compiled = compile_policy(rules, MOMENT)
    assert HOSTILE not in compiled.fail_mask
    assert "4711" not in compiled.fail_mask
    assert compiled.params == {"r0_allow": [HOSTILE], "r1_cutoff": NOW - timedelta(hours=4711), "r2_allow": []}
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
    assert "i." not in charge.fail_mask + charge.facts
    assert "i.files" in whole.facts


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
    with pytest.raises(ValueError, match="a policy has at most 60 rules"):
        compile_policy(_rules(*[{"type": "billed"}] * 61), MOMENT)


RECEIVED = NOW - timedelta(days=8, hours=5)
FACTS: dict[str, Any] = {
    "received_at": RECEIVED.isoformat(),
    "billed_at": RECEIVED.isoformat(),
    "zone": "Asia/Kolkata",
    "open_number": 10003,
    "closed_at": "2026-11-05T10:00:00+00:00",
    "closed_number": 10001,
    "disposition": "no_answer",
    "remaining_micros": 45_000_000,
    "currency": "USD",
}
SENTENCES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"type": "permission"},
        "Disputes are off for this account.",
        "An administrator can switch disputes on for the account.",
    ),
    (
        {"type": "billed"},
        "Only billed items can be disputed.",
        "Nothing was charged for it so far; once it is billed, it can be disputed.",
    ),
    (
        {"type": "no_open_dispute"},
        "Dispute D-10003 is already open.",
        "The open dispute can be followed, edited or withdrawn instead.",
    ),
    (
        {"type": "never_disputed"},
        "Already decided on 5 Nov 2026 (D-10001); the decision is final.",
        "A representative can file it again with a written cause.",
    ),
    (
        {"type": "disposition", "allow": ["completed_with_conversion", "busy"]},
        'Calls with status "no answer" are usually not disputed.',
        "Status is one of: completed with conversion, busy.",
    ),
    (
        {"type": "amount_full"},
        "This program takes the whole item; the reviewer decides whether part of it is credited.",
        "Asked for $45.00.",
    ),
    ({"type": "evidence", "min_files": 1}, "This reason needs 1 supporting file.", "A supporting file is attached."),
    ({"type": "evidence", "min_files": 2}, "This reason needs 2 supporting files.", "A supporting file is attached."),
    (
        {"type": "window", "amount": 168},
        "Received 8 days 5 hours ago; the limit is 7 days.",
        "Submitted before 2026-11-19 10:02 UTC.",
    ),
    (
        {"type": "window", "anchor": "billed", "amount": 30},
        "Billed 8 days 5 hours ago; the limit is 30 hours.",
        "Submitted before 2026-11-13 16:02 UTC.",
    ),
    (
        {"type": "window", "amount": 3, "unit": "business_days"},
        "Received 8 days 5 hours ago; the limit is 3 business days.",
        "Submitted before 2026-11-17 18:30 UTC.",
    ),
    (
        {"type": "window", "amount": 1, "unit": "days"},
        "Received 8 days 5 hours ago; the limit is 1 day.",
        "Submitted before 2026-11-13 18:30 UTC.",
    ),
]


@pytest.mark.parametrize(("data", "message", "way_out"), SENTENCES)
def test_each_rule_says_what_failed_and_what_would_pass(data: Mapping[str, Any], message: str, way_out: str) -> None:
    (rule,) = _rules(data)
    assert rule.message(FACTS, NOW) == message
    assert rule.would_pass_if(FACTS, NOW) == way_out


def test_every_rule_type_has_its_sentence_tried() -> None:
    assert {data["type"] for data, _, _ in SENTENCES} == set(RULE_TYPES)


UNKNOWN = [
    ({"type": "no_open_dispute"}, "A dispute on this item is already open."),
    ({"type": "never_disputed"}, "Already decided; the decision is final."),
    ({"type": "disposition", "allow": ["ok"]}, 'Calls with status "unknown" are usually not disputed.'),
    (
        {"type": "window", "anchor": "billed", "amount": 48},
        "When it was billed is not known, so its window of 2 days cannot be checked.",
    ),
]


@pytest.mark.parametrize(("data", "message"), UNKNOWN)
def test_a_sentence_stays_whole_when_its_fact_is_unknown(data: Mapping[str, Any], message: str) -> None:
    (rule,) = _rules(data)
    assert rule.message({}, NOW) == message


def test_a_window_that_is_off_never_closes() -> None:
    (rule,) = _rules({"type": "window", "anchor": "billed", "amount": None})
    assert rule.closes_at(FACTS) is None
    assert rule.sql(0, MOMENT).sql == "true"


@pytest.mark.parametrize("key", presets.keys())
def test_a_preset_parses_compiles_and_says_where_each_rule_comes_from(key: str) -> None:
    found = presets.preset(key)
    rules = parse_rules(found.rules)
    assert {rule["basis"] for rule in found.rules} <= {"source", "help", "default"}
    assert len(compile_policy(rules, MOMENT).hash) == 64
    assert {phase for rule in rules if (phase := rule.phase) in CLAIM}
    assert set(found.settings["undo_seconds"]) == {"api", "desk", "bulk", "system"}
    assert set(found.settings["decisions"]) <= {"accept", "partial", "reject"}
    for words in (found.reasons, found.findings):
        assert len({word["code"] for word in words}) == len(words) > 0
        assert all(word["label"] for word in words)
    assert all(finding.get("guideline") for finding in found.findings if finding.get("billable"))


def test_the_call_marketplace_is_the_one_of_the_design() -> None:
    found = presets.preset("call_marketplace")
    assert [(rule["type"], rule["severity"]) for rule in found.rules] == [
        ("permission", "block"),
        ("billed", "block"),
        ("no_open_dispute", "block"),
        ("never_disputed", "override"),
        ("amount_full", "block"),
        ("window", "block"),
        ("disposition", "warn"),
        ("evidence", "warn"),
    ]
    assert found.settings["max_rounds"] == 1
    assert found.settings["clawback"] == "proportional"
    assert "HUNG_UP_IMMEDIATELY" in {reason["code"] for reason in found.reasons if not reason.get("active", True)}


def test_a_preset_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        presets.preset("nothing")
