"""Rules as sentences, as forms and side by side: every type and every parameter, complete by the registry."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from makegood.disputes.policy import RULE_TYPES, Phase, Rule, Severity, parse_rule
from makegood.disputes.policy.catalog import own_parameters
from makegood.disputes.policy.contradictions import Known, faults_of
from makegood.disputes.policy.difference import difference
from makegood.disputes.policy.naming import Naming
from makegood.disputes.policy.parameters import (
    PHASES,
    TITLES,
    Kind,
    about_of,
    fields_of,
    severities_of,
    types_by_phase,
)
from makegood.disputes.policy.presets import keys, preset
from makegood.disputes.policy.sentences import DOES, sentence_of, sentence_of_data, sentences_of

SAID = Naming({"SPAM": "Spam", "roofing": "Roofing", "voicemail": "Voicemail", "us": "United States"}, "USD")
SPEAKING: dict[str, dict[str, Any]] = {
    "window": {"amount": 96},
    "duration": {"min_s": 20},
    "disposition": {"allow": ["completed"]},
    "kind": {"allow": ["call"]},
    "billable_guideline": {"findings": ["voicemail"]},
    "evidence": {"min_files": 2},
    "cap_count": {"limit": 5},
    "small_amount_auto": {"micros": 1_000_000},
    "amount_min": {"micros": 1_000_000},
    "window_opens": {"hours": 24},
}
"""What lets a rule of a type speak."""
OTHER: dict[str, Any] = {"tz": {"unit": "days"}, "calendar": {"unit": "business_days"}, "deny": {"allow": []}}
"""What has to stand beside a parameter for it to mean something."""
SILENT = {("window_opens", "tz")}
"""Hours are the same in every zone."""


def rule(kind: str, **params: Any) -> Rule:
    severity = Severity.WARN if RULE_TYPES[kind].is_hint else Severity.BLOCK
    return parse_rule({"type": kind, "severity": severity.value, **params})


@pytest.mark.parametrize("kind", sorted(RULE_TYPES))
def test_every_type_has_a_sentence_a_title_and_a_form(kind: str) -> None:
    usual = sentence_of(rule(kind, **SPEAKING.get(kind, {})), SAID)
    assert usual.endswith(".")
    assert " when " in usual
    assert "None" not in usual
    assert not rule(kind, **SPEAKING.get(kind, {})).oddity()
    assert TITLES[kind]
    assert about_of(RULE_TYPES[kind]).endswith(".")
    assert [field.name for field in fields_of(RULE_TYPES[kind])] == list(own_parameters(RULE_TYPES[kind]))
    assert all(field.label for field in fields_of(RULE_TYPES[kind]))


def changed_value(kind: str, name: str) -> Any:
    """A value of a parameter that is not the usual one."""
    annotation, default = own_parameters(RULE_TYPES[kind])[name]
    field = next(one for one in fields_of(RULE_TYPES[kind]) if one.name == name)
    now = SPEAKING.get(kind, {}).get(name, default)
    if field.kind is Kind.SWITCH:
        return not now
    if field.kind is Kind.CHOICE:
        return next(word for word in get_args(annotation) if word != now)
    if field.kind is Kind.CODES:
        return ["email"]
    if field.kind is Kind.CALENDAR:
        return "us"
    return 7 if field.kind is Kind.NUMBER else 7_000_000


PARAMETERS = [(kind, name) for kind in sorted(RULE_TYPES) for name in own_parameters(RULE_TYPES[kind])]


@pytest.mark.parametrize(("kind", "name"), [pair for pair in PARAMETERS if pair not in SILENT])
def test_every_parameter_changes_the_sentence(kind: str, name: str) -> None:
    beside = {**SPEAKING.get(kind, {}), **OTHER.get(name, {})} if kind != "cap_count" else SPEAKING[kind]
    usual, changed = rule(kind, **beside), rule(kind, **{**beside, name: changed_value(kind, name)})
    assert sentence_of(usual, SAID) != sentence_of(changed, SAID)


def test_menus_hold_every_type_once_and_no_type_rejects() -> None:
    listed = [kind for _, rows in types_by_phase() for kind, _ in rows]
    assert sorted(listed) == sorted(RULE_TYPES)
    assert set(PHASES) == set(Phase)
    assert set(DOES) == set(Severity)
    for kind in RULE_TYPES.values():
        for severity in severities_of(kind):
            data: dict[str, Any] = {"type": kind.type, "severity": severity.value}
            data |= {"on_missing": "pass", "budget": {"count": 1}} if severity is Severity.AUTO_ACCEPT else {}
            assert parse_rule(data).severity is severity


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"type": "window", "amount": 96, "inclusive": True, "severity": "block"},
            "Block when it was received more than 96 hours (4 days) ago.",
        ),
        (
            {"type": "window", "anchor": "period_end", "amount": 3, "unit": "business_days", "calendar": "us",
             "severity": "override"},
            "Block, unless a representative overrides it, when its bill period ended more than 3 business days ago by"
            " United States, counted in the buyer's zone.",
        ),
        (
            {"type": "answered", "severity": "block", "applies_to": ["phone"], "reasons": ["SPAM"],
             "categories": ["roofing"], "origins": ["buyer", "csr"], "on_missing": "warn"},
            "Block when the call was not answered, with the reason Spam, in Roofing, for what came by phone, filed by"
            " buyers or representatives. What is not known only warns.",
        ),
        (
            {"type": "short_call_auto", "severity": "auto_accept", "budget": {"count": 10, "micros": 25_000_000}},
            "Accept without a person when the call lasted under 20 s with no speech. At most 10 times and for $25.00"
            " per customer and month; after that it only recommends.",
        ),
        ({"type": "duplicate_auto", "severity": "recommend", "hours": 24},
         "Recommend to accept when the same number called the same buyer in the 1 day before."),
        ({"type": "billed", "severity": "route", "queue": "billing"},
         'Send to the queue "billing" when it was not billed.'),
        ({"type": "horoscope"}, 'A rule that cannot be read: there is no rule type "horoscope".'),
    ],
)  # fmt: skip
def test_sentences(data: dict[str, Any], sentence: str) -> None:
    assert sentence_of_data(data, SAID) == sentence


@pytest.mark.parametrize("key", keys())
def test_presets_read_as_sentences_and_do_not_contradict_themselves(key: str) -> None:
    found = preset(key)
    assert len(sentences_of(found.rules)) == len(found.rules)
    known = Known(frozenset(one["code"] for one in found.reasons), frozenset(one["code"] for one in found.categories))
    assert not [fault for fault in faults_of(found.rules, known) if fault.stops]


KNOWN = Known(frozenset({"SPAM"}), frozenset({"roofing"}), frozenset({"VOICEMAIL"}), frozenset({"us"}))
DAY: dict[str, Any] = {"type": "window", "amount": 24, "severity": "block"}


@pytest.mark.parametrize(
    ("rules", "place", "sentence", "stops"),
    [
        ([{"type": "horoscope"}], 0, 'There is no rule type "horoscope".', True),
        ([{**DAY, "reasons": ["BOT"]}], 0, 'The program has no reason "BOT".', True),
        ([{**DAY, "categories": ["gutters"]}], 0, 'The program has no category "gutters".', True),
        ([{**DAY, "calendar": "moon"}], 0, 'There is no calendar "moon".', True),
        ([DAY, {"type": "window_opens", "hours": 24, "severity": "override"}], 1,
         "It opens after rule 1 has closed, so that nothing can ever be disputed.", True),
        ([{"type": "window", "unit": "days", "amount": 2, "severity": "block"},
          {"type": "window_opens", "hours": 72, "severity": "block"}], 1,
         "It opens after rule 1 has closed, so that nothing can ever be disputed.", True),
        ([DAY, {**DAY, "amount": 48}], 1, "It can never speak first: rule 1 has closed by then.", False),
        ([{"type": "kind", "allow": ["call"], "severity": "block"},
          {"type": "kind", "allow": ["lead"], "severity": "block"}], 1,
         "Nothing meets both rule 1 and this one, so that nothing can ever be disputed.", True),
        ([{"type": "disposition", "allow": ["a"], "severity": "block"},
          {"type": "disposition", "deny": ["a", "b"], "severity": "block"}], 1,
         "Nothing meets both rule 1 and this one, so that nothing can ever be disputed.", True),
        ([{"type": "duration", "min_s": 60, "severity": "block"},
          {"type": "duration", "max_s": 30, "severity": "block"}], 1,
         "Nothing meets both rule 1 and this one, so that nothing can ever be disputed.", True),
        ([DAY, DAY], 1, "It says the same as rule 1.", False),
        ([{"type": "window", "severity": "block"}], 0, "No length is set, so it is off.", False),
        ([{"type": "evidence", "severity": "warn"}], 0, "No file is asked for.", False),
        ([{"type": "billable_guideline", "findings": ["MOON"], "severity": "warn"}], 0,
         'The program has no finding "MOON"; the rule speaks where the platform says that word.', False),
        ([{"type": "billed", "severity": "route"}], 0, "It names no queue to send to.", False),
    ],
)  # fmt: skip
def test_faults(rules: list[dict[str, Any]], place: int, sentence: str, stops: bool) -> None:  # noqa: FBT001
    found = faults_of(rules, KNOWN)
    assert (place, sentence, stops) in [(fault.place, fault.sentence, fault.stops) for fault in found]


def test_what_fits_together_is_no_fault() -> None:
    rules: list[dict[str, Any]] = [
        DAY,
        {"type": "window_opens", "hours": 23, "severity": "block"},
        {**DAY, "amount": 48, "reasons": ["SPAM"], "categories": ["roofing"]},
        {"type": "window", "unit": "business_days", "amount": 1, "calendar": "us", "severity": "block"},
        {"type": "billable_guideline", "findings": ["voicemail", "missed_call"], "severity": "warn"},
        {"type": "duration", "min_s": 60, "mode": "ineligible_if", "severity": "block"},
    ]
    assert faults_of(rules, KNOWN) == []


def test_a_difference_says_what_was_added_removed_changed_and_moved() -> None:
    billed, full, opened = ({"type": kind, "severity": "block"} for kind in ("billed", "amount_full", "permission"))
    words: dict[str, Any] = {"type": "explanation", "severity": "warn"}
    before: list[dict[str, Any]] = [billed, {**DAY, "basis": "default"}, full, words]
    after: list[dict[str, Any]] = [full, billed, {**DAY, "amount": 48}, opened]
    found = difference(before, after)
    assert found.added == ((4, "Block when disputes are switched off for the account."),)
    assert found.removed == ((4, "Warn when the explanation has fewer than 1 character."),)
    assert [(one.place, one.before, one.after) for one in found.changed] == [
        (3, "Block when it was received 24 hours (1 day) ago or more.",
         "Block when it was received 48 hours (2 days) ago or more."),
    ]  # fmt: skip
    assert [(one.sentence, one.before, one.after) for one in found.moved] == [
        ("Block when only a part of what is left is asked.", 3, 1)
    ]
    same = difference(before, [billed, {**DAY, "anchor": "received"}, full, before[3]])
    assert same.is_none
